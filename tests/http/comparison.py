"""Modules of programs: rewritten for a client, and run in a process of their own against a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

CLIENTS = tuple(name for name in ("httpx", "httpx2") if find_spec(name))
_RUNNER = Path(__file__).with_name("run_programs.py")


class Server(Protocol):
    """A running server that remembers what every `<run>/<program>` asked it."""

    url: str
    asked: dict[str, list[Any]]


@dataclass(frozen=True)
class Outcome:
    """What a module of programs did.

    Attributes:
        results: value or error of each program, by its name.
        asked: what reached the server, by program.
    """

    results: dict[str, dict[str, Any]]
    asked: dict[str, list[Any]]


@dataclass(frozen=True)
class Rewritten:
    """The programs after the rewrite, and the strategies chosen for each of them."""

    text: str
    strategies: dict[str, set[str]]


def run_programs(server: Server, folder: Path, run: str, text: str) -> Outcome:
    """Run every coroutine of a module.

    Args:
        server: what they ask.
        folder: where the module is written.
        run: the name under which the server remembers what they ask.
        text: the module.
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


def rewritten_for(client: str, folder: Path, source: str) -> Rewritten:
    """Rewrite a module of programs.

    Args:
        client: the library of the client.
        folder: an empty folder.
        source: the module.
    """
    (folder / "programs.py").write_text(source)
    configuration = override(Configuration(), http_client=client, target_python="3.11")
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)
    (plan,) = analysis.plans
    done = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert done is not None
    assert not done.dropped
    strategies: dict[str, set[str]] = {}
    for planned in plan.planned:
        if planned.finding.rule == "http":
            name = planned.finding.function.split(".")[1]
            fix = planned.safe
            strategies.setdefault(name, set()).add(fix.strategy.value if fix else "none")
    return Rewritten(done.change.after.decode(), strategies)
