"""Requests of urllib3 stay its own, in a thread: it asks again, which no async client does in its place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.http.differential import rewrite_programs, run_programs
from tests.http.recording_server import recording_server

if TYPE_CHECKING:
    from tests.http.differential import Outcome

_PROGRAMS = """
import asyncio
import json

import urllib3

POOL = urllib3.PoolManager()


async def asked_again(url):
    return urllib3.request("GET", f"{url}/closed").status


async def asked_once(url):
    return POOL.request("GET", f"{url}/closed", retries=False).status


async def redirected(url):
    return POOL.request("GET", f"{url}/redirect/3").status


async def redirected_too_often(url):
    return POOL.request("GET", f"{url}/redirect/4").status


async def posted_again(url):
    return POOL.request("POST", f"{url}/redirect/1", body=b"a").status


async def fields(url):
    return POOL.request("GET", f"{url}/json", fields={"a": "1", "b": None}).json()


async def streamed(url):
    answer = POOL.request("GET", f"{url}/json", preload_content=False)
    found = [chunk.decode() for chunk in answer.stream(8)]
    answer.release_conn()
    return found


async def across_awaits(url):
    answer = POOL.request("GET", f"{url}/json", preload_content=False)
    await asyncio.sleep(0)
    first = answer.read(4).decode()
    await asyncio.sleep(0)
    rest = []
    for chunk in answer.stream(16):
        await asyncio.sleep(0)
        rest.append(chunk.decode())
    return [answer.status, first, rest]


async def loaded(url):
    pool = urllib3.PoolManager(headers={"X-Test": "a"})
    answer = pool.request("POST", f"{url}/json", json={"a": 1})
    return [answer.status, answer.reason, json.loads(answer.data.decode()), answer.headers["etag"]]
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Outcome]:
    folder = tmp_path_factory.mktemp("urllib3")
    (folder / "project").mkdir()
    rewritten = rewrite_programs(folder / "project", _PROGRAMS, "httpx")
    assert set().union(*rewritten.strategies.values()) == {"thread", "block"}
    with recording_server() as server:
        before = run_programs(server, folder, "before", _PROGRAMS)
        after = run_programs(server, folder, "after", rewritten.text)
    return before, after


@pytest.mark.proof
def test_a_thread_keeps_all_of_it(outcomes: tuple[Outcome, Outcome]) -> None:
    before, after = outcomes
    assert after == before
    assert before.results["asked_again"] == {"error": "MaxRetryError"}
    assert before.results["asked_once"] == {"error": "ProtocolError"}


@pytest.mark.proof
def test_the_client_would_ask_and_be_sent_on_otherwise(outcomes: tuple[Outcome, Outcome]) -> None:
    asked = outcomes[0].asked
    assert len(asked["asked_again"]) == 4
    assert [each.path for each in asked["redirected_too_often"]][-1:] == ["/redirect/1"]
    assert [each.method for each in asked["posted_again"]] == ["POST", "POST"]
    with recording_server() as server:
        asyncio.run(_with_httpx(f"{server.url}/run"))
        assert len(server.asked["run/closed"]) == 1
        assert [each.method for each in server.asked["run/posted"]] == ["POST", "GET"]


async def _with_httpx(url: str) -> None:
    async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(f"{url}/closed/closed")
        await client.post(f"{url}/posted/redirect/1", content=b"a")
