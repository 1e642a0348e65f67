"""`offload = "app.aio.run_blocking"`: what it may name, and where that is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

_HELPERS = """\
import asyncio

LIMIT = asyncio.Semaphore(4)


async def limited(func, *args, **kwargs):
    async with LIMIT:
        return await asyncio.to_thread(func, *args, **kwargs)


async def plain(func):
    return await asyncio.to_thread(func)


async def asks(func, timeout, *args):
    return await asyncio.wait_for(asyncio.to_thread(func, *args), timeout)


class Pool:
    pass
"""
_BLOCKING = "import os\n\n\nasync def size(path):\n    return os.stat(path)\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "app"\nrequires-python = ">=3.10"\ndependencies = ["acme-aio"]\n'
    )
    (tmp_path / "aio.py").write_text(_HELPERS)
    (tmp_path / "app.py").write_text(_BLOCKING)
    return tmp_path


def _rewritten(project: Path, offload: str) -> str:
    configuration = Configuration(min_severity="low", offload=offload)
    analysis = analyse([project], root=project, configuration=configuration, jobs=1, cache=False)
    (plan,) = (each for each in analysis.plans if each.source.relative == "app.py")
    done = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert done is not None
    assert not done.dropped
    assert "aio" not in done.requires
    return done.change.after.decode()


@pytest.mark.parametrize(
    ("offload", "imported", "call"),
    [
        ("aio.limited", "from aio import limited", "await limited(os.stat, path)"),
        ("aio.plain", "from aio import plain", "await plain(functools.partial(os.stat, path))"),
        ("asyncio.to_thread", "import asyncio", "await asyncio.to_thread(os.stat, path)"),
        (
            "fastapi.concurrency.run_in_threadpool",
            "from fastapi.concurrency import run_in_threadpool",
            "await run_in_threadpool(os.stat, path)",
        ),
        ("asyncer.asyncify", "from asyncer import asyncify", "await asyncify(os.stat)(path)"),
        ("acme_aio.run", "from acme_aio import run", "await run(os.stat, path)"),
    ],
)
def test_it_is_imported_and_called(project: Path, offload: str, imported: str, call: str) -> None:
    text = _rewritten(project, offload)
    assert imported in text.splitlines()
    assert f"    return {call}\n" in text


def test_an_import_that_would_go_in_a_circle_is_not_made(project: Path) -> None:
    (project / "between.py").write_text("import app\n")
    (project / "aio.py").write_text(f"import between\n{_HELPERS}")
    assert "await asyncio.to_thread(os.stat, path)" in _rewritten(project, "aio.limited")


def test_an_import_for_type_checkers_makes_no_circle(project: Path) -> None:
    guarded = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import app\n"
    (project / "aio.py").write_text(f"{guarded}{_HELPERS}")
    assert "await limited(os.stat, path)" in _rewritten(project, "aio.limited")


@pytest.mark.parametrize(
    ("offload", "message"),
    [
        ("aio.lost", "there is no function `lost` in aio.py"),
        ("aio.Pool", "there is no function `Pool` in aio.py"),
        ("aio.asks", "must take the callable as its first parameter, and nothing else"),
        ("nowhere.run", "in no module of the project and in none of its dependencies"),
        ("run", "in no module of the project and in none of its dependencies"),
    ],
)
def test_what_cannot_be_called_is_refused_at_once(
    project: Path, offload: str, message: str
) -> None:
    with pytest.raises(ConfigurationError, match="offload") as caught:
        _rewritten(project, offload)
    assert message in caught.value.message
