"""Programs before and after a rewrite: what each gives, and what it asks a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.http.programs.program import Program
    from tests.http.recording_server import Asked

CLIENTS = tuple(name for name in ("httpx", "httpx2") if find_spec(name))
_RUNNER = Path(__file__).with_name("run_programs.py")


class Recorder(Protocol):
    """A server that keeps what it is asked, by `<run>/<program>`."""

    @property
    def url(self) -> str: ...

    @property
    def asked(self) -> Mapping[str, list[Any]]: ...


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


def run_programs(server: Recorder, folder: Path, run: str, text: str) -> Outcome:
    """Run a module of programs in a process of its own.

    Args:
        server: what they ask.
        folder: where the module is put.
        run: its name, which keeps its requests apart from others.
        text: its source.
    """
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


def rewrite_programs(
    folder: Path, text: str, client: str, scope: str = "function", **settings: object
) -> Rewritten:
    """Rewrite a module of programs, by safe fixes alone.

    Args:
        folder: of the project that it is the only module of.
        text: its source.
        client: the library of the async client.
        scope: how long the client lives (`http-client-scope`).
        settings: of the configuration, besides.
    """
    (folder / "programs.py").write_text(text)
    configuration = override(
        Configuration(),
        http_client=client,
        http_client_scope=scope,
        target_python="3.11",
        **settings,
    )
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)
    (plan,) = analysis.plans
    done = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert done is not None
    assert not done.dropped, done.dropped
    strategies: dict[str, set[str]] = {}
    for planned in plan.planned:
        if planned.finding.rule == "http":
            name = _program_of(planned.finding.function.partition(".<locals>")[0])
            fix = planned.safe
            strategies.setdefault(name, set()).add(fix.strategy.value if fix else "none")
    return Rewritten(done.change.after.decode(), strategies)


def _program_of(function: str) -> str:
    """The program that a function belongs to: itself, or the one that `_fetch_name` is there for."""
    *owners, last = function.split(".")
    name = next((each for each in owners if each.startswith("_")), last)
    return name.split("_", 2)[2] if name.startswith("_") else name


def check_program(program: Program, before: Outcome, after: Outcome, rewritten: Rewritten) -> None:
    """Assert that a program was rewritten as planned and does what it did, down to the wire."""
    assert rewritten.strategies[program.name] == set(program.strategy.split())
    was, now = before.results[program.name], after.results[program.name]
    if program.error is None:
        assert "value" in was, was
        assert now == was
    else:
        assert (was, now) == ({"error": program.error[0]}, {"error": program.error[1]})
    asked = before.asked.get(program.name, [])
    assert after.asked.get(program.name, []) == [
        each
        for each in asked
        for _ in range(2 if program.again and _is_of(each, program.again) else 1)
    ]


def _is_of(asked: Asked, path: str) -> bool:
    return (asked.method, asked.path) == ("GET", path)
