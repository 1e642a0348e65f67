"""Rewrites a small project of snippets, and runs it with Django's guard against queries on the loop on or off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from pathlib import Path

_GUARD_OFF = "DJANGO_ALLOW_ASYNC_UNSAFE"


def rewrite_snippets(
    project: Path, version: str, *, unsafe: bool = False, severity: str = "medium"
) -> list[str]:
    """Rewrite the project in place; gives what was found and not fixed.

    Args:
        project: its folder. The files called `run_...` stay as they are: they look at both threads.
        version: the oldest Django that the code is written for.
        unsafe: whether unsafe fixes are made, too.
        severity: the least that is looked at.
    """
    configuration = override(
        Configuration(), min_severity=severity, target_python="3.11", django_version=version
    )
    analysis = analyse([project], root=project, configuration=configuration, jobs=1, cache=False)
    unfixed = []
    for plan in analysis.plans:
        if plan.source.path.name.startswith("run_"):
            continue
        unfixed += [f"{p.finding.place.line}: {p.finding.call}" for p in plan.planned if not p.safe]
        result = rewrite(analysis, plan, groups_of(plan, unsafe=unsafe))
        if result is not None:
            unfixed += [each.reason.message for each in result.dropped]
            (project / plan.source.relative).write_bytes(result.change.after)
    return unfixed


def run_snippets(
    project: Path, *, guarded: bool, python: str = sys.executable, script: str = "run_snippets.py"
) -> dict[str, Any]:
    """What the project's script prints, which is JSON.

    Args:
        project: its folder.
        guarded: whether a query on the loop raises.
        python: the interpreter, which has Django.
        script: what is run.
    """
    environment = {key: value for key, value in os.environ.items() if key != _GUARD_OFF}
    if not guarded:
        environment[_GUARD_OFF] = "1"
    done = subprocess.run(
        [python, script], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    outcomes: dict[str, Any] = json.loads(done.stdout)
    return outcomes
