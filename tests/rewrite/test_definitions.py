"""A function that rewritten code calls: put below the imports once, found again, never over a name of the file."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from awaken.discover.reading import decode_source
from awaken.index.reading import parse_source
from awaken.plan.definition import Definition
from awaken.project.configuration import Configuration
from awaken.rewrite.definitions import definition
from awaken.rewrite.edit import apply_edits
from awaken.rewrite.insertions import insertions
from awaken.rewrite.names import Names
from awaken.rewrite.workspace import Workspace
from awaken.workbench import Workbench

if TYPE_CHECKING:
    from pathlib import Path

POOL = Definition(
    "_pool",
    textwrap.dedent(
        """\
        @functools.cache
        def _pool():
            return ProcessPoolExecutor(
                max_workers=os.cpu_count(),
            )"""
    ).replace("ProcessPoolExecutor", "concurrent.futures.ProcessPoolExecutor"),
    ("functools.cache", "concurrent.futures.ProcessPoolExecutor", "os.cpu_count"),
)
TEXT = """\
@functools.cache
def _pool():
    return ProcessPoolExecutor(
        max_workers=os.cpu_count(),
    )
"""
IMPORTS = "import functools\nimport os\nfrom concurrent.futures import ProcessPoolExecutor\n"


def added(folder: Path, text: str, times: int = 1) -> tuple[str, str]:
    """The name that the file gives the function, and the file with it."""
    path = folder / "a.py"
    path.write_bytes(text.encode())
    bench = Workbench(folder, Configuration())
    parsed = parse_source(decode_source(text.encode(), path=path, relative="a.py"), "a")
    bench.adopt(parsed.index)
    space = Workspace(parsed.tree, Names(parsed.tree, parsed.index, bench.resolver))
    names = {definition(space, POOL) for _ in range(times)}
    assert len(names) == 1
    return names.pop(), apply_edits(text, insertions(space.tree, space.names, space.newline))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1\n", f"{IMPORTS}\n\n{TEXT}\n\nx = 1\n"),
        ('"""Doc."""\n\nx = 1\n', f'"""Doc."""\n\n{IMPORTS}\n\n{TEXT}\n\nx = 1\n'),
        (
            "import functools\nimport os\nx = 1\n",
            f"{IMPORTS}\n\n{TEXT}\n\nx = 1\n",
        ),
        (
            "import functools\nimport os\n\n\ndef f():\n    pass\n",
            f"{IMPORTS}\n\n{TEXT}\n\ndef f():\n    pass\n",
        ),
        ("import functools\nimport os", f"{IMPORTS}\n\n{TEXT}".removesuffix("\n")),
    ],
    ids=["nothing", "docstring", "imports", "a function below", "no newline at the end"],
)
def test_it_stands_below_the_imports(tmp_path: Path, before: str, after: str) -> None:
    assert added(tmp_path, before) == ("_pool", after)


def test_two_recipes_share_one(tmp_path: Path) -> None:
    assert added(tmp_path, "x = 1\n", times=2)[1].count("def _pool") == 1


def test_what_an_earlier_run_has_left_is_found(tmp_path: Path) -> None:
    once = added(tmp_path, "x = 1\n")[1]
    assert added(tmp_path, once) == ("_pool", once)


def test_a_name_that_is_taken_anywhere_in_the_file_is_not_used(tmp_path: Path) -> None:
    name, text = added(tmp_path, "def f():\n    _pool = 1\n")
    assert name == "_pool_2"
    assert "def _pool_2():" in text
    assert added(tmp_path, text) == ("_pool_2", text)


def test_another_function_of_that_name_is_left_alone(tmp_path: Path) -> None:
    before = f"{IMPORTS}\n\n{TEXT.replace('os.cpu_count()', '3')}"
    name, text = added(tmp_path, before)
    assert name == "_pool_2"
    assert text.count("ProcessPoolExecutor(") == 2


def test_one_that_is_bound_again_later_is_not_taken_for_it(tmp_path: Path) -> None:
    once = added(tmp_path, "x = 1\n")[1]
    assert added(tmp_path, f"{once}_pool = None\n")[0] == "_pool_2"


def test_it_is_spelled_as_the_file_spells_it(tmp_path: Path) -> None:
    text = added(tmp_path, "import os as system\nfrom functools import cache\n\nx = 1\n")[1]
    assert "@cache\ndef _pool():" in text
    assert "max_workers=system.cpu_count()" in text
    assert "import os\n" not in text


def test_newlines_and_indentation_are_those_of_the_file(tmp_path: Path) -> None:
    text = added(tmp_path, "def f():\r\n\tpass\r\n")[1]
    assert "\r\n\treturn ProcessPoolExecutor(\r\n\t\tmax_workers=" in text
    assert text.count("\n") == text.count("\r\n")
