"""A file that uses anyio is rewritten so that it runs on asyncio and on trio."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = """\
import subprocess
import sys
import time

import anyio


async def beat(ticks):
    while True:
        ticks.append(time.monotonic())
        await anyio.sleep(0.01)


async def work(path):
    time.sleep(0.2)
    done = subprocess.run(["sh", "-c", "sleep 0.2; echo done"], capture_output=True, text=True)
    with open(path) as f:
        text = f.read()
    return done.stdout.strip(), text.count("beat")


async def main():
    ticks = []
    async with anyio.create_task_group() as group:
        group.start_soon(beat, ticks)
        await anyio.sleep(0.05)
        result = await work(__file__)
        await anyio.sleep(0.05)
        group.cancel_scope.cancel()
    stall = max(later - earlier for earlier, later in zip(ticks, ticks[1:]))
    print(result, "stalled" if stall > 0.15 else "went on")


anyio.run(main, backend=sys.argv[1])
"""


def _run(path: Path, backend: str) -> str:
    command = [sys.executable, str(path), backend]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.proof
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_it_runs_on_both_and_no_longer_stalls(backend: str, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(_PROGRAM)
    assert _run(path, backend).strip() == "('done', 3) stalled"
    analysis = analyse([path], root=tmp_path, configuration=Configuration(), jobs=1)
    (plan,) = analysis.plans
    result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert result is not None
    path.write_bytes(result.change.after)
    answers = {_run(path, backend).strip() for _ in range(3)}  # a busy machine may stall us once
    assert any(answer.endswith("went on") for answer in answers)
    assert all(answer.startswith("('done', 3)") for answer in answers), answers
