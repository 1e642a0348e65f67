"""Transactions, cursors and neighbouring queries, run before and after on SQLite and on PostgreSQL.

The code before runs with Django's guard against blocking switched off; the code after runs with the guard on. The
queries must be the same, in the same order, and no transaction may be left open.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from tests.django.bookshop import Django, djangos, missing
from tests.django.postgres_server import binaries, postgres
from tests.fixture_case import FIXTURES

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

_PROJECT = FIXTURES / "transactions"
_STRATEGIES = ("native", "block")
_TIMEOUT = 120.0  # seconds


def _names(module: str) -> list[str]:
    lines = (_PROJECT / f"{module}.py").read_text(encoding="utf-8").splitlines()
    coroutines = [line for above, line in pairwise(lines) if above == "@snippet"]
    return [line.removeprefix("async def ").partition("(")[0] for line in coroutines]


@cache
def _outcomes(django: Django, database: str) -> dict[str, dict[str, Any]]:
    """What every snippet did: as it was, with the guard, and with each strategy."""
    installed = binaries()
    if database == "sqlite" or installed is None:
        return _all(django, None)
    with postgres(installed) as port:
        return _all(django, port)


def _all(django: Django, port: int | None) -> dict[str, dict[str, Any]]:
    found = {
        "before": _run(_PROJECT, django, port, guarded=False),
        "refused": _run(_PROJECT, django, port, guarded=True),
        "today": _run(_PROJECT, django, port, guarded=True, module="meant"),
    }
    with TemporaryDirectory() as folder:
        project = Path(shutil.copytree(_PROJECT, folder, dirs_exist_ok=True))
        _rewrite(project, django.version, "native", unsafe=True)
        found["meant"] = _run(project, django, port, guarded=True, module="meant")
    for strategy in _STRATEGIES:
        with TemporaryDirectory() as folder:
            project = Path(shutil.copytree(_PROJECT, folder, dirs_exist_ok=True))
            unfixed = _rewrite(project, django.version, strategy)
            outcomes = _run(project, django, port, guarded=True)
            found[strategy] = outcomes | {"unfixed": unfixed}
    return found


def _rewrite(project: Path, version: str, strategy: str, *, unsafe: bool = False) -> list[str]:
    """Rewrite the snippets in place; gives what was found and not fixed."""
    configuration = override(
        Configuration(),
        min_severity="low",
        target_python="3.11",
        django_version=version,
        strategies_django=strategy,
    )
    analysis = analyse([project], root=project, configuration=configuration, jobs=1, cache=False)
    unfixed = []
    for plan in analysis.plans:
        if plan.source.relative == "snippets.py":
            left = [each.finding for each in plan.planned if not each.safe]
            unfixed += [f"{each.place.line}: {each.call}" for each in left]
        result = rewrite(analysis, plan, groups_of(plan, unsafe=unsafe))
        if result is not None:
            unfixed += [each.reason.message for each in result.dropped]
            (project / plan.source.relative).write_bytes(result.change.after)
    return unfixed


def _run(
    project: Path, django: Django, port: int | None, *, guarded: bool, module: str = "snippets"
) -> dict[str, Any]:
    unwanted = ("DJANGO_", "PYTHONPATH")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    if not guarded:
        environment["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    if port is not None:
        environment["POSTGRES_PORT"] = str(port)
    with TemporaryDirectory() as folder:
        copied = Path(shutil.copytree(project, folder, dirs_exist_ok=True))
        done = subprocess.run(
            [django.python, "run_snippets.py", module],
            cwd=copied,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    outcomes: dict[str, Any] = json.loads(done.stdout)
    return outcomes


def _databases(django: Django) -> list[str]:
    """SQLite comes with Python; PostgreSQL is asked where it is there."""
    return ["sqlite", *(["postgres"] if missing(django, "postgres") is None else [])]


_on_each = pytest.mark.parametrize(
    ("django", "database"),
    [
        pytest.param(django, database, id=f"{django.version}-{database}")
        for django in djangos()
        for database in _databases(django)
    ],
)


@pytest.mark.proof
@_on_each
@pytest.mark.parametrize("strategy", _STRATEGIES)
@pytest.mark.parametrize("name", _names("snippets"))
def test_a_snippet_does_the_same_before_and_after(
    name: str, strategy: str, django: Django, database: str
) -> None:
    outcomes = _outcomes(django, database)

    assert outcomes[strategy][name] == outcomes["before"][name]
    assert not outcomes[strategy][name]["open"]


@pytest.mark.proof
@_on_each
@pytest.mark.parametrize("strategy", _STRATEGIES)
def test_everything_in_the_snippets_is_fixed(strategy: str, django: Django, database: str) -> None:
    assert _outcomes(django, database)[strategy]["unfixed"] == []


@pytest.mark.proof
@_on_each
@pytest.mark.parametrize("name", _names("snippets"))
def test_django_refuses_every_snippet_as_it_was(name: str, django: Django, database: str) -> None:
    assert "SynchronousOnlyOperation" in _outcomes(django, database)["refused"][name]["result"]


@pytest.mark.proof
@_on_each
@pytest.mark.parametrize("name", _names("meant"))
def test_what_was_meant_is_what_it_does(name: str, django: Django, database: str) -> None:
    outcomes = _outcomes(django, database)
    today, meant = outcomes["today"][name], outcomes["meant"][name]

    assert today["today"] in today["result"]
    assert meant["result"] == meant["expected"]
    assert not meant["open"]
