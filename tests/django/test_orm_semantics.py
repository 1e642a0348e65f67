"""Every form of rewritten ORM code, run before and after against Django and SQLite.

The code before runs with Django's guard against blocking switched off; the code after runs with the
guard on, so that one query that is still made on the loop fails the test.
"""

from __future__ import annotations

import re
import shutil
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from tests.django.snippets import rewrite_snippets, run_snippets
from tests.fixture_case import FIXTURES

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
        return run_snippets(project, guarded=guarded)


@cache
def _after(version: str) -> tuple[dict[str, Any], list[str], str]:
    """What the rewritten snippets do, what was not fixed in them, and their text."""
    with TemporaryDirectory() as folder:
        project = Path(shutil.copytree(_PROJECT, folder, dirs_exist_ok=True))
        unfixed = rewrite_snippets(project, version, severity="low")
        text = "\n\n\n".join(_text(project, module) for module in _MODULES)
        return run_snippets(project, guarded=True), unfixed, text


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
