"""Every way to read what may not be there, run before and after against Django and SQLite.

The code before runs with Django's guard against blocking switched off; the code after runs with the guard on. It gives
the same, and asks the database no more often.
"""

from __future__ import annotations

import shutil
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from tests.django.snippets import rewrite_snippets, run_snippets
from tests.fixture_case import FIXTURES

_PROJECT = FIXTURES / "lazy_reads"
_needs_nested_comprehensions = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="an await in a nested comprehension needs Python 3.11"
)
_WITHOUT_LATE_QUERIES = frozenset(
    ("assigned", "behind_a_local_function", "of_a_helper_that_loads", "prefetched_later")
)
_VERSIONS = ("4.0", "4.2", "5.2")


def _names() -> list[str]:
    lines = (_PROJECT / "snippets.py").read_text(encoding="utf-8").splitlines()
    coroutines = [line for line in lines if line.startswith("async def ")]
    return [line.removeprefix("async def ").partition("(")[0] for line in coroutines]


@cache
def _before(*, guarded: bool) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        project = Path(shutil.copytree(_PROJECT, folder, dirs_exist_ok=True))
        return run_snippets(project, guarded=guarded)


@cache
def _after(version: str, *, unsafe: bool = False) -> tuple[dict[str, Any], list[str], str]:
    """What the rewritten snippets do, what was not fixed in them, and their text."""
    with TemporaryDirectory() as folder:
        project = Path(shutil.copytree(_PROJECT, folder, dirs_exist_ok=True))
        unfixed = rewrite_snippets(project, version, unsafe=unsafe)
        text = (project / "snippets.py").read_text(encoding="utf-8")
        return run_snippets(project, guarded=True), unfixed, text


def _coroutine(text: str, name: str) -> str:
    start = text.index(f"async def {name}(")
    return text[start : text.find("\n\n\n", start)]


@pytest.mark.proof
@_needs_nested_comprehensions
@pytest.mark.parametrize("version", _VERSIONS)
@pytest.mark.parametrize("name", _names())
def test_a_snippet_gives_the_same_and_asks_no_more(name: str, version: str) -> None:
    before = _before(guarded=False)[name]
    outcomes, _, text = _after(version)
    after = outcomes[name]

    assert (after["result"], after["rows"]) == (before["result"], before["rows"]), text
    assert after["queries"] <= before["queries"], _coroutine(text, name)


@pytest.mark.proof
@_needs_nested_comprehensions
@pytest.mark.parametrize("version", _VERSIONS)
def test_everything_in_the_snippets_is_fixed(version: str) -> None:
    _, unfixed, _ = _after(version)

    assert unfixed == []


@pytest.mark.proof
@_needs_nested_comprehensions
def test_what_is_read_earlier_makes_a_difference_only_where_something_is_written() -> None:
    before = _before(guarded=False)
    after, _, _ = _after("5.2", unsafe=True)

    differing = {name for name in _names() if after[name]["result"] != before[name]["result"]}
    assert differing == {
        *("written_in_between", "written_in_the_loop"),
        *("of_a_method_behind_a_write", "in_a_text_behind_a_write"),
    }


@pytest.mark.proof
@pytest.mark.parametrize("name", sorted(set(_names()) - _WITHOUT_LATE_QUERIES))
def test_django_refuses_every_snippet_as_it_was(name: str) -> None:
    assert "SynchronousOnlyOperation" in _before(guarded=True)[name]["result"]
