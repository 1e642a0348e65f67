"""Async views of a project, asked before and after they are rewritten, by nobody and by a logged-in user.

What is not there yet runs with Django's guard against blocking switched off, which is what a sync view would answer;
the code after runs with the guard on. Besides this Python's Django, those of the interpreters that `AWAKEN_DJANGOS`
names (separated by `:`) are asked.
"""

from __future__ import annotations

import json
import os
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
        return _run(project, python, guarded=guarded)


@cache
def _after(python: str) -> tuple[dict[str, Any], list[str], str]:
    """What the rewritten views answer, what was not fixed in them, and their text."""
    with TemporaryDirectory() as folder:
        project = Path(shutil.copytree(_PROJECT, folder, dirs_exist_ok=True))
        unfixed = _rewrite(project, _version(python))
        text = (project / "shop" / "views.py").read_text(encoding="utf-8")
        return _run(project, python, guarded=True), unfixed, text


def _rewrite(project: Path, version: str) -> list[str]:
    """Rewrite the views in place; gives what was found and not fixed."""
    configuration = override(
        Configuration(), min_severity="low", target_python="3.11", django_version=version
    )
    analysis = analyse([project], root=project, configuration=configuration, jobs=1, cache=False)
    unfixed = []
    for plan in analysis.plans:
        unfixed += [
            f"{p.finding.place.line}: {p.finding.call}: {p.reason.code if p.reason else None}"
            for p in plan.planned
            if not p.safe
        ]
        result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
        if result is not None:
            unfixed += [each.reason.message for each in result.dropped]
            (project / plan.source.relative).write_bytes(result.change.after)
    return unfixed


def _run(project: Path, python: str, *, guarded: bool) -> dict[str, Any]:
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    if not guarded:
        environment["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    done = subprocess.run(
        [python, "run_views.py"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


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
