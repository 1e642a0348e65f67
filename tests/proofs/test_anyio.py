"""A file that uses anyio is rewritten so that it runs on asyncio and on trio; one that uses trio, on trio."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration
from tests.proofs.server import slow_server

if TYPE_CHECKING:
    from pathlib import Path

_WORK = """\
import contextvars
import subprocess
import sys
import time

import {loop}

NAME = contextvars.ContextVar("NAME", default="nobody")


class Wrong(Exception):
    pass


def named(*, word):
    time.sleep(0.2)
    return word, NAME.get()


def fails():
    time.sleep(0.2)
    raise Wrong("wrong")


async def beat(ticks):
    while True:
        ticks.append(time.monotonic())
        await {loop}.sleep(0.01)


async def caught():
    try:
        fails()
    except Wrong as error:
        return repr(error)


async def work(path):
    NAME.set("somebody")
    time.sleep(0.2)
    done = subprocess.run(["sh", "-c", "sleep 0.2; echo done"], capture_output=True, text=True)
    await {loop}.sleep(0)
    with open(path) as f:
        text = f.read()
    await {loop}.sleep(0)
    found = named(word="word")
    return done.stdout.strip(), text.count("beat"), found, await caught()


async def main():
    ticks = []
    async with {group} as group:
        group.start_soon(beat, ticks)
        await {loop}.sleep(0.05)
        result = await work(__file__)
        await {loop}.sleep(0.05)
        group.cancel_scope.cancel()
    stall = max(later - earlier for earlier, later in zip(ticks, ticks[1:]))
    print(result, "stalled" if stall > 0.15 else "went on")


"""
_ANYIO = _WORK.format(loop="anyio", group="anyio.create_task_group()")
_TRIO = _WORK.format(loop="trio", group="trio.open_nursery()")
_PROGRAMS = {
    "anyio on asyncio": f'{_ANYIO}anyio.run(main, backend="asyncio")\n',
    "anyio on trio": f'{_ANYIO}anyio.run(main, backend="trio")\n',
    "trio": f"{_TRIO}trio.run(main)\n",
}
_ANSWER = "('done', 3, ('word', 'somebody'), \"Wrong('wrong')\")"

_REQUEST = """\
import requests
import trio


async def main():
    await trio.sleep(0)
    print(requests.get("http://127.0.0.1:PORT/").status_code)


trio.run(main)
"""


def _run(path: Path) -> str:
    command = [sys.executable, str(path)]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout


@pytest.mark.proof
@pytest.mark.parametrize("name", _PROGRAMS)
def test_it_no_longer_stalls(name: str, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(_PROGRAMS[name])
    assert _run(path).strip() == f"{_ANSWER} stalled"
    analysis = analyse([path], root=tmp_path, configuration=Configuration(), jobs=1)
    (plan,) = analysis.plans
    assert all(each.safe for each in plan.planned)
    result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert result is not None
    path.write_bytes(result.change.after)
    answers = {_run(path).strip() for _ in range(3)}  # a busy machine may stall us once
    assert any(answer.endswith("went on") for answer in answers)
    assert all(answer.startswith(_ANSWER) for answer in answers), answers


@pytest.mark.proof
def test_a_request_on_trio(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    with slow_server() as port:
        path.write_text(_REQUEST.replace("PORT", str(port)))
        before = _run(path)
        analysis = analyse([path], root=tmp_path, configuration=Configuration(), jobs=1)
        (plan,) = analysis.plans
        result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
        assert result is not None
        path.write_bytes(result.change.after)
        assert "httpx.AsyncClient" in path.read_text()
        assert _run(path) == before
