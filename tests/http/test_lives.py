"""A client lives otherwise than a session: each difference that keeps one from being safe is a real one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.http.recording_server import Server, recording_server

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUNNER = Path(__file__).with_name("run_programs.py")
_CLOSED = """\
import requests


async def first(url):
    session = requests.Session()
    one = session.get(f"{url}/json").status_code
    session.close()
    return [one, session.get(f"{url}/json").status_code]
"""
_LEFT = """\
import asyncio

import requests


async def _fetch(session: requests.Session, url):
    session.get(url).raise_for_status()


async def first(url):
    tasks = []
    with requests.Session() as session:
        tasks.append(asyncio.create_task(_fetch(session, f"{url}/json")))
    return [each is None for each in await asyncio.gather(*tasks)]
"""
_TWO_LOOPS = """\
import requests

SESSION = requests.Session()


async def first(url):
    return SESSION.get(f"{url}/json").status_code


async def second(url):
    return SESSION.get(f"{url}/json").status_code
"""
_ROWS = [
    pytest.param(_CLOSED, "used-when-closed", "first", id="closed"),
    pytest.param(_LEFT, "used-when-closed", "first", id="left"),
    pytest.param(_TWO_LOOPS, "one-loop", "second", id="two-loops"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with recording_server() as running:
        yield running


@pytest.mark.proof
@pytest.mark.parametrize(("text", "code", "program"), _ROWS)
def test_a_client_does_not_live_as_a_session_does(
    tmp_path: Path, server: Server, text: str, code: str, program: str
) -> None:
    (tmp_path / "app.py").write_text(text)
    configuration = override(Configuration(), http_client="httpx", target_python="3.11")
    analysis = analyse([tmp_path], root=tmp_path, configuration=configuration, jobs=1, cache=False)
    (plan,) = analysis.plans
    found = (each.unsafe.difference for each in plan.planned if each.unsafe)
    assert {each.code for each in found if each} == {code}
    safe = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert safe is None or "AsyncClient" not in safe.change.after.decode()
    done = rewrite(analysis, plan, groups_of(plan, unsafe=True))
    assert done is not None
    assert not done.dropped
    before = _run(tmp_path / "app.py", server)
    (tmp_path / "after.py").write_bytes(done.change.after)
    after = _run(tmp_path / "after.py", server)
    assert "value" in before[program]
    assert after[program] == {"error": "RuntimeError"}


def _run(path: Path, server: Server) -> dict[str, dict[str, object]]:
    done = subprocess.run(
        [sys.executable, _RUNNER, path, f"{server.url}/{path.stem}"],
        capture_output=True,
        check=True,
        text=True,
    )
    found: dict[str, dict[str, object]] = json.loads(done.stdout)
    return found
