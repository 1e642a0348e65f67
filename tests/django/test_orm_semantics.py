"""Every form of rewritten ORM code, run before and after against Django and SQLite.

The code before runs with Django's guard against blocking switched off; the code after runs with the
guard on, so that one query that is still made on the loop fails the test.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from tests.fixture_case import FIXTURES

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

_PROJECT = FIXTURES / "orm"
_MODULES = ("snippets", "evaluations", "relations")
_COROUTINE = re.compile(r"async def (\w+)\(\):")
_needs_nested_comprehensions = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="an await in a nested comprehension needs Python 3.11"
)
_WITHOUT_QUERIES = {"negative_index", "mails"}
# Django 4.0 has nothing but sync_to_async; what is written for it runs on the newest one too.
_VERSIONS = ("4.0", "4.1", "4.2", "5.2")


def _names() -> list[str]:
    blocks = [block for module in _MODULES for block in _text(_PROJECT, module).split("\n\n\n")]
    found = [_COROUTINE.match(block) for block in blocks if "    yield " not in block]
    return [match[1] for match in found if match is not None]


def _text(project: Path, module: str) -> str:
    return (project / f"{module}.py").read_text(encoding="utf-8")


@cache
def _before(*, guarded: bool) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        project = Path(shutil.copytree(_PROJECT, folder, dirs_exist_ok=True))
        return _run(project, guarded=guarded)


@cache
def _after(version: str) -> tuple[dict[str, Any], list[str], str]:
    """What the rewritten snippets do, what was not fixed in them, and their text."""
    with TemporaryDirectory() as folder:
        project = Path(shutil.copytree(_PROJECT, folder, dirs_exist_ok=True))
        unfixed = _rewrite(project, version)
        text = "\n\n\n".join(_text(project, module) for module in _MODULES)
        return _run(project, guarded=True), unfixed, text


def _rewrite(project: Path, version: str) -> list[str]:
    """Rewrite the snippets in place; gives what was found and not fixed."""
    configuration = override(
        Configuration(), min_severity="low", target_python="3.11", django_version=version
    )
    analysis = analyse([project], root=project, configuration=configuration, jobs=1, cache=False)
    unfixed = []
    for plan in analysis.plans:
        if plan.source.relative == "run_snippets.py":
            continue  # it looks at both threads
        unfixed += [f"{p.finding.place.line}: {p.finding.call}" for p in plan.planned if not p.safe]
        result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
        if result is not None:
            unfixed += [each.reason.message for each in result.dropped]
            (project / plan.source.relative).write_bytes(result.change.after)
    return unfixed


def _run(project: Path, *, guarded: bool) -> dict[str, Any]:
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    if not guarded:
        environment["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    done = subprocess.run(
        [sys.executable, "run_snippets.py"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcomes: dict[str, Any] = json.loads(done.stdout)
    return outcomes


def _coroutine(text: str, name: str) -> str:
    start = text.index(f"async def {name}(")
    return text[start : text.find("\n\n\n", start)]


@pytest.mark.proof
@_needs_nested_comprehensions
@pytest.mark.parametrize("version", _VERSIONS)
@pytest.mark.parametrize("name", _names())
def test_a_snippet_does_the_same_before_and_after(name: str, version: str) -> None:
    before = _before(guarded=False)[name]
    outcomes, _, text = _after(version)

    assert outcomes[name] == before, _coroutine(text, name)


@pytest.mark.proof
@_needs_nested_comprehensions
@pytest.mark.parametrize("version", _VERSIONS)
def test_everything_in_the_snippets_is_fixed(version: str) -> None:
    _, unfixed, _ = _after(version)

    assert unfixed == []


@pytest.mark.proof
@pytest.mark.parametrize("name", sorted(set(_names()) - _WITHOUT_QUERIES))
def test_django_refuses_every_snippet_as_it_was(name: str) -> None:
    assert "SynchronousOnlyOperation" in _before(guarded=True)[name]["result"]
