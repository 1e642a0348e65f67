"""Async views of a project, asked before and after they are rewritten, by nobody and by a logged-in user.

What is not there yet runs with Django's guard against blocking switched off, which is what a sync view would answer;
the code after runs with the guard on. Besides this Python's Django, those of the interpreters that `AWAKEN_DJANGOS`
names (separated by `:`) are asked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from tests.django.snippets import rewrite_snippets, run_snippets
from tests.fixture_case import FIXTURES

_PROJECT = FIXTURES / "views"
_PYTHONS = [sys.executable, *filter(None, os.environ.get("AWAKEN_DJANGOS", "").split(":"))]


def _paths() -> list[str]:
    lines = (_PROJECT / "shop" / "urls.py").read_text(encoding="utf-8").splitlines()
    asked = lines[lines.index("ASKED = {") + 1 : lines.index("}", lines.index("ASKED = {"))]
    return [line.split('"')[1] for line in asked]


_REFUSAL = "You cannot call this from an async"
_EVERYBODY = {"nobody", "member"}
# Who may ask for these as they are: nothing takes a query there.
_FINE = {
    "rendered_if_any": _EVERYBODY,
    "rendered_if_any?no=1": {"nobody"},
    "plain": _EVERYBODY,
    "as_dict": _EVERYBODY,
    "books": _EVERYBODY,
    "new_book": _EVERYBODY,
}


@cache
def _version(python: str) -> str:
    command = "import django; print('%d.%d' % django.VERSION[:2])"
    return subprocess.check_output([python, "-c", command], text=True).strip()


@cache
def _before(python: str, *, guarded: bool) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        project = Path(shutil.copytree(_PROJECT, folder, dirs_exist_ok=True))
        return run_snippets(project, guarded=guarded, python=python, script="run_views.py")


@cache
def _after(python: str) -> tuple[dict[str, Any], list[str], str]:
    """What the rewritten views answer, what was not fixed in them, and their text."""
    with TemporaryDirectory() as folder:
        project = Path(shutil.copytree(_PROJECT, folder, dirs_exist_ok=True))
        unfixed = rewrite_snippets(project, _version(python), severity="low")
        text = (project / "shop" / "views.py").read_text(encoding="utf-8")
        return (
            run_snippets(project, guarded=True, python=python, script="run_views.py"),
            unfixed,
            text,
        )


@pytest.mark.proof
@pytest.mark.parametrize("python", _PYTHONS, ids=_version)
@pytest.mark.parametrize("path", _paths())
def test_a_view_answers_the_same_before_and_after(path: str, python: str) -> None:
    answers, _, text = _after(python)

    assert answers[path] == _before(python, guarded=False)[path], text


@pytest.mark.proof
@pytest.mark.parametrize("python", _PYTHONS, ids=_version)
def test_everything_in_the_views_is_fixed(python: str) -> None:
    _, unfixed, _ = _after(python)

    assert unfixed == []


@pytest.mark.proof
@pytest.mark.parametrize("python", _PYTHONS, ids=_version)
@pytest.mark.parametrize("path", _paths())
def test_django_refuses_the_view_as_it_was(path: str, python: str) -> None:
    answers = _before(python, guarded=True)[path]
    refused = {who for who in answers if _REFUSAL in answers[who]["answer"]}

    assert refused == _EVERYBODY - _FINE.get(path, set())
