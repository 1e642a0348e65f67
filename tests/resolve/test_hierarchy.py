"""Which methods a call through a base class may run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.resolve.values import ANYTHING, Instance
from tests.resolve.project import SmallProject

if TYPE_CHECKING:
    from pathlib import Path

_FILES = {
    "base.py": """
        import abc
        class Store(abc.ABC):
            @abc.abstractmethod
            def load(self): ...
            def save(self):
                return self.load()
            def close(self):
                raise NotImplementedError("later")
            def flush(self):
                '''Nothing to do.'''
        class Unrelated:
            def load(self): return 0
    """,
    "near.py": """
        from base import Store as Kept
        class Disk(Kept):
            def load(self): return 1
        class Index(Disk["x"]):
            load = Disk.load
            def save(self): ...
    """,
    "app/far.py": """
        import near
        class Remote(near.Disk):
            def load(self): return 2
        class Store:
            class Inner(near.Kept):
                def load(self): return 3
    """,
    "protocols.py": """
        from typing import Protocol
        class Reader(Protocol):
            def read_all(self): ...
            def rewind(self): ...
        class Cached(Reader, Protocol):
            def drop(self): ...
    """,
    "readers.py": """
        class Both:
            def read_all(self): return 1
            def rewind(self): return 2
        class More(Both):
            def read_all(self): return 3
        class OnlyOne:
            def read_all(self): return 4
        def read_all(): ...
        def rewind(): ...
    """,
}
_OVERRIDES = {
    "base.py:Store.load": [
        "near.py:Disk.load",
        "app/far.py:Remote.load",
        "app/far.py:Store.Inner.load",
    ],
    "base.py:Store.save": ["near.py:Index.save"],
    "near.py:Disk.load": ["app/far.py:Remote.load"],
    "app/far.py:Remote.load": [],
    "base.py:Unrelated.load": [],
    "protocols.py:Reader.read_all": ["readers.py:Both.read_all", "readers.py:More.read_all"],
    "protocols.py:Reader.rewind": ["readers.py:Both.rewind"],
    "readers.py:read_all": [],
}
_ABSTRACT = {
    "base.py:Store.load": True,
    "base.py:Store.close": True,
    "base.py:Store.flush": False,
    "base.py:Store.save": False,
    "near.py:Disk.load": False,
    "protocols.py:Reader.rewind": True,
    "readers.py:Both.rewind": False,
    "readers.py:rewind": False,
}


@pytest.mark.parametrize("name", _OVERRIDES)
def test_what_a_call_may_run_instead(name: str, tmp_path: Path) -> None:
    project = SmallProject(tmp_path, _FILES)
    found = project.hierarchy.overrides(project.defined(name))
    assert sorted(project.names(found)) == sorted(_OVERRIDES[name])


def test_only_what_the_class_of_the_object_may_be_counts(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, _FILES)
    load, near = project.defined("base.py:Store.load"), project.defined("near.py:Index")
    assert project.names(project.hierarchy.overrides(load, near)) == []
    near = project.defined("near.py:Disk")
    assert "app/far.py:Remote.load" in project.names(project.hierarchy.overrides(load, near))


def test_a_method_of_another_base_counts(tmp_path: Path) -> None:
    text = """
        class Base:
            def load(self): ...
        class Mixin:
            def load(self): return 1
        class Both(Mixin, Base): pass
    """
    project = SmallProject(tmp_path, {"main.py": text})
    found = project.hierarchy.overrides(project.defined("main.py:Base.load"))
    assert project.names(found) == ["main.py:Mixin.load"]


def test_a_method_for_type_checkers_is_none(tmp_path: Path) -> None:
    text = """
        from typing import TYPE_CHECKING
        class Base:
            if TYPE_CHECKING:
                def load(self): ...
        class Near(Base):
            def load(self): return 1
    """
    project = SmallProject(tmp_path, {"main.py": text})
    members = project.bench.resolver.members
    assert members.of_instance(Instance(project.defined("main.py:Base")), "load") == ANYTHING


@pytest.mark.parametrize("name", _ABSTRACT)
def test_what_is_there_to_be_overridden(name: str, tmp_path: Path) -> None:
    project = SmallProject(tmp_path, _FILES)
    assert project.hierarchy.is_abstract(project.defined(name)) is _ABSTRACT[name]


def test_the_answer_depends_on_the_files_of_the_subclasses(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, _FILES)
    function = project.defined("base.py:Store.load")
    resolver = project.bench.resolver
    for _ in range(2):
        resolver.touched = set()
        project.hierarchy.overrides(function)
        assert {"near.py", "app/far.py"} <= resolver.touched
