"""Every form of rewritten ORM code, run before and after against Django and SQLite.

The code before runs with Django's guard against blocking switched off; the code after runs with the
guard on, so that one query that is still made on the loop fails the test.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

_HERE = Path(__file__).parent
_SNIPPETS = _HERE / "snippets.py"
_MODELS = _HERE / "shelf_models.py"
_RUNNER = _HERE / "run_snippets.py"
# Django 4.0 has nothing but sync_to_async; the rewritten code still runs on the newest one.
_VERSIONS = ("4.0", "4.1", "4.2", "5.2")


def _names() -> list[str]:
    lines = _SNIPPETS.read_text(encoding="utf-8").splitlines()
    coroutines = [line for line in lines if line.startswith("async def ")]
    return [line.removeprefix("async def ").partition("(")[0] for line in coroutines]


@cache
def _outcomes(version: str) -> dict[str, Any]:
    """What each snippet gave, before and after a rewrite for this version of Django."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        before = root / "before"
        after = root / "after"
        for each in (before, after):
            (each / "shelf").mkdir(parents=True)
            (each / "shelf" / "__init__.py").write_text("", encoding="utf-8")
            (each / "shelf" / "models.py").write_bytes(_MODELS.read_bytes())
            (each / "snippets.py").write_bytes(_SNIPPETS.read_bytes())
        unfixed = _rewrite(after, version)
        found = {name: _run(path) for name, path in (("before", before), ("after", after))}
        return {**found, "unfixed": unfixed, "text": (after / "snippets.py").read_text("utf-8")}


def _rewrite(project: Path, version: str) -> list[str]:
    """Rewrite the snippets in place; gives what was found and not fixed."""
    configuration = override(
        Configuration(), min_severity="low", target_python="3.11", django_version=version
    )
    analysis = analyse([project], root=project, configuration=configuration, jobs=1, cache=False)
    unfixed = []
    for plan in analysis.plans:
        unfixed += [f"{p.finding.place.line}: {p.finding.call}" for p in plan.planned if not p.safe]
        result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
        if result is not None:
            unfixed += [each.reason.message for each in result.dropped]
            (project / plan.source.relative).write_bytes(result.change.after)
    return unfixed


def _run(project: Path) -> dict[str, Any]:
    unsafe = {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"} if project.name == "before" else {}
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    done = subprocess.run(
        [sys.executable, str(_RUNNER)],
        cwd=project,
        env={**environment, **unsafe, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcomes: dict[str, Any] = json.loads(done.stdout)
    return outcomes


@pytest.mark.proof
@pytest.mark.parametrize("version", _VERSIONS)
@pytest.mark.parametrize("name", _names())
def test_a_snippet_does_the_same_before_and_after(name: str, version: str) -> None:
    outcomes = _outcomes(version)
    before, after = outcomes["before"][name], outcomes["after"][name]

    assert after["result"] == before["result"], outcomes["text"]
    assert after["rows"] == before["rows"]
    assert after["queries"] == before["queries"]


@pytest.mark.proof
@pytest.mark.parametrize("version", _VERSIONS)
def test_everything_in_the_snippets_is_fixed(version: str) -> None:
    assert _outcomes(version)["unfixed"] == []


@pytest.mark.proof
def test_the_guard_catches_a_query_on_the_loop() -> None:
    assert "SynchronousOnlyOperation" in _guarded()


@cache
def _guarded() -> str:
    with TemporaryDirectory() as folder:
        project = Path(folder) / "untouched"
        (project / "shelf").mkdir(parents=True)
        (project / "shelf" / "__init__.py").write_text("", encoding="utf-8")
        (project / "shelf" / "models.py").write_bytes(_MODELS.read_bytes())
        (project / "snippets.py").write_bytes(_SNIPPETS.read_bytes())
        return json.dumps(_run(project))


def test_there_is_a_snippet_for_every_form() -> None:
    assert len(_names()) == len(set(_names())) >= 40
