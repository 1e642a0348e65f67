"""Requests before and after: the same value, the same errors, the same bytes on the wire."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.http.programs import PROGRAMS, SOURCE, Program
from tests.http.recording_server import Asked, Server, recording_server

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENTS = tuple(name for name in ("httpx", "httpx2") if find_spec(name))
_RUNNER = Path(__file__).with_name("run_programs.py")


@dataclass(frozen=True)
class Outcome:
    """What a module of programs did.

    Attributes:
        results: value or error of each program, by its name.
        asked: what reached the server, by program.
    """

    results: dict[str, dict[str, Any]]
    asked: dict[str, list[Asked]]


@dataclass(frozen=True)
class Rewritten:
    """The programs after the rewrite, and the strategies chosen for each of them."""

    text: str
    strategies: dict[str, set[str]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with recording_server() as running:
        yield running


def _run(server: Server, folder: Path, run: str, text: str) -> Outcome:
    path = folder / f"{run}.py"
    path.write_text(text)
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        [sys.executable, _RUNNER, path, f"{server.url}/{run}"],
        capture_output=True,
        check=True,
        env=environment,
        text=True,
    )
    prefix = f"{run}/"
    asked = {
        key.removeprefix(prefix): found
        for key, found in server.asked.items()
        if key.startswith(prefix)
    }
    return Outcome(json.loads(done.stdout), asked)


@pytest.fixture(scope="module")
def before(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return _run(server, tmp_path_factory.mktemp("before"), "before", SOURCE)


@pytest.fixture(scope="module", params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def rewritten(client: str, tmp_path_factory: pytest.TempPathFactory) -> Rewritten:
    folder = tmp_path_factory.mktemp("project")
    (folder / "programs.py").write_text(SOURCE)
    configuration = override(Configuration(), http_client=client, target_python="3.11")
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)
    (plan,) = analysis.plans
    done = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert done is not None
    assert not done.dropped
    strategies: dict[str, set[str]] = {}
    for planned in plan.planned:
        if planned.finding.rule == "http":
            name = planned.finding.function.partition(".<locals>")[0].rpartition(".")[2]
            fix = planned.safe
            strategies.setdefault(name, set()).add(fix.strategy.value if fix else "none")
    return Rewritten(done.change.after.decode(), strategies)


@pytest.fixture(scope="module")
def after(
    server: Server, client: str, rewritten: Rewritten, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    return _run(server, tmp_path_factory.mktemp("after"), f"after_{client}", rewritten.text)


@pytest.mark.proof
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_rewritten_request_does_what_it_did(
    program: Program, before: Outcome, after: Outcome, rewritten: Rewritten
) -> None:
    assert rewritten.strategies[program.name] == {program.strategy}
    was, now = before.results[program.name], after.results[program.name]
    if program.error is None:
        assert "value" in was, was
        assert now == was
    else:
        assert (was, now) == ({"error": program.error[0]}, {"error": program.error[1]})
    asked = before.asked.get(program.name, [])
    assert after.asked.get(program.name, []) == asked


def test_no_program_is_skipped(before: Outcome) -> None:
    assert set(before.results) == {program.name for program in PROGRAMS}
    assert len(PROGRAMS) >= 40
