"""One client for a module: requests know nothing of each other, loops share nothing, and an application closes it."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from tests.http.recording_server import Server, recording_server

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLIENTS = tuple(name for name in ("httpx", "httpx2") if find_spec(name))
_VISIT = """\
import requests


async def visit(url):
    one = requests.get(f"{url}/redirect/2", timeout=20)
    other = requests.get(f"{url}/json", timeout=20)
    return one.cookies["c"], one.ok, other.json()
"""
_APPLICATION = """\
from contextlib import asynccontextmanager

import requests
from fastapi import FastAPI

opened = []


@asynccontextmanager
async def lifespan(app):
    opened.append(app)
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def root(url: str):
    return requests.get(f"{url}/redirect/1", timeout=20).json()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with recording_server() as running:
        yield running


@pytest.fixture(scope="module", params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxies, and no certificates of the machine's own."""
    own = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    for name in [name for name in os.environ if "proxy" in name.lower() or name in own]:
        monkeypatch.delenv(name)


def _rewritten(folder: Path, client: str, scope: str, text: str) -> Any:
    """The module after the rewrite."""
    path = folder / f"rewritten_{scope}.py"
    path.write_text(text)
    configuration = override(
        Configuration(), http_client=client, http_client_scope=scope, target_python="3.11"
    )
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)
    (plan,) = analysis.plans
    done = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert done is not None
    assert not done.dropped
    path.write_bytes(done.change.after)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def _visit(module: Any, url: str, run: str, count: int) -> list[Any]:
    return await asyncio.gather(*(module.visit(f"{url}/{run}/{each}") for each in range(count)))


def _cookies(server: Server, run: str) -> list[list[str | None]]:
    """The cookies of each visitor's requests."""
    return [
        [each.headers.get("cookie") for each in asked]
        for name, asked in server.asked.items()
        if name.startswith(f"{run}/")
    ]


# The hops of one request know of each other, and no request knows of another.
_OWN = [None, "hop2=1", "hop1=1; hop2=1", None]


@pytest.mark.proof
@pytest.mark.parametrize("scope", ["function", "module"])
def test_many_at_a_time_have_cookies_of_their_own(
    server: Server, client: str, scope: str, tmp_path: Path
) -> None:
    module = _rewritten(tmp_path, client, scope, _VISIT)
    run = f"many_{client}_{scope}"
    found = asyncio.run(_visit(module, server.url, run, 30))
    assert found == [("1", True, {"ok": True, "rest": [], "items": [1, 2, 3]})] * 30
    assert _cookies(server, run) == [_OWN] * 30


@pytest.mark.proof
def test_each_loop_has_a_client_of_its_own(server: Server, client: str, tmp_path: Path) -> None:
    module = _rewritten(tmp_path, client, "module", _VISIT)
    for number in range(3):
        asyncio.run(_visit(module, server.url, f"loops_{client}_{number}", 3))

    def again(number: int) -> int:
        run = f"threads_{client}_{number}"
        return len(asyncio.run(_visit(module, server.url, run, 3)))

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(again, range(8))) == [3] * 8
    assert _cookies(server, f"loops_{client}_2") == [_OWN] * 3
    assert _cookies(server, f"threads_{client}_7") == [_OWN] * 3


@pytest.mark.proof
@pytest.mark.skipif(sys.version_info < (3, 10), reason="`aclosing` is of Python 3.10")
def test_the_end_of_the_application_closes_its_client(
    server: Server, client: str, tmp_path: Path
) -> None:
    pytest.importorskip("fastapi")
    from fastapi.testclient import TestClient  # noqa: PLC0415

    module = _rewritten(tmp_path, client, "lifespan", _APPLICATION)
    url = f"{server.url}/application_{client}/root"
    for _ in range(2):
        with TestClient(module.app) as visitor:
            assert visitor.get("/", params={"url": url}).json()["rest"] == ["end"]
            (used,) = module._HttpClient._of_loops.values()
            assert not used.is_closed
        assert used.is_closed
    assert len(module.opened) == 2
    # Without its lifespan, and each time on a loop of its own, the application answers as well.
    for _ in range(2):
        assert TestClient(module.app).get("/", params={"url": url}).json()["ok"]
