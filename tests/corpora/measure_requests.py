"""200 requests of one coroutine: as it was, offloaded, and with the async clients that a rewrite gives it.

`python -m tests.corpora.measure_requests` prints a table in Markdown, in about two minutes. What is run is what awaken
writes. The server is another process that answers after 50 ms. Each cell gives the time of all requests and the longest
silence of the loop meanwhile, the least of a few tries: once where all begin at the same moment, as in a
`gather`, and once where they come one after the other within a second, as visitors do.
"""

from __future__ import annotations

import asyncio
import os
import platform
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override
from tests.corpora.measure_defaults import Cost, cost

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

_COUNT = 200
_SECOND = 1.0
_ROUNDS = 3
_PROGRAM = """\
import requests


async def fetch(url):
    return requests.get(url).json()
"""
_SERVER = """\
import asyncio

BODY = b'{"items": [1, 2, 3]}'
HEAD = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(BODY)


async def answer(reader, writer):
    try:
        while await reader.readuntil(b"\\r\\n\\r\\n"):
            await asyncio.sleep(0.05)
            writer.write(HEAD + BODY)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
"""


@dataclass(frozen=True, slots=True)
class _Form:
    """A way of making the request.

    Attributes:
        name: as shown.
        client: `http-client` of the configuration, or empty for the program as it was.
        scope: `http-client-scope` of the configuration.
        threads: how many threads there are, or 0 for as many as Python gives.
    """

    name: str
    client: str = ""
    scope: str = "function"
    threads: int = 0


def _forms() -> Iterator[_Form]:
    yield _Form("in a thread", "thread")
    yield _Form(f"in a thread, {_COUNT} of them", "thread", threads=_COUNT)
    for client in filter(find_spec, ("httpx", "httpx2")):
        yield _Form(f"{client}, a client for each", client)
        yield _Form(f"{client}, one for the module", client, "module")


@contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
        finally:
            process.kill()


def _rewritten(folder: Path, form: _Form) -> Any:
    """The module that awaken makes of the program."""
    path = folder / f"{form.client or 'before'}_{form.scope}" / "program.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(_PROGRAM)
    if form.client:
        configuration = override(
            Configuration(),
            http_client=form.client,
            http_client_scope=form.scope,
            target_python=f"{sys.version_info[0]}.{sys.version_info[1]}",
        )
        root = path.parent
        analysis = analyse([root], root=root, configuration=configuration, jobs=1, cache=False)
        (plan,) = analysis.plans
        done = rewrite(analysis, plan, groups_of(plan, unsafe=False))
        assert done is not None
        path.write_bytes(done.change.after)
    spec = spec_from_file_location(f"program_{form.client}_{form.scope}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def _at_once(fetch: Callable[[str], Awaitable[object]], url: str) -> object:
    return await asyncio.gather(*(fetch(url) for _ in range(_COUNT)))


async def _as_they_come(fetch: Callable[[str], Awaitable[object]], url: str) -> object:
    async def later(number: int) -> object:
        await asyncio.sleep(number * _SECOND / _COUNT)
        return await fetch(url)

    return await asyncio.gather(*(later(number) for number in range(_COUNT)))


async def _least(form: Callable[[], Awaitable[object]]) -> Cost:
    """Of more tries than others get: what these take is mostly waiting, and a busy machine shows."""
    found = [await cost(form) for _ in range(_ROUNDS)]
    return Cost(min(each.wall for each in found), min(each.silence for each in found))


async def _measured(form: _Form, fetch: Callable[[str], Awaitable[object]], url: str) -> None:
    if form.threads:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(form.threads))
    await fetch(url)  # what only the first one does
    once = await _least(lambda: _at_once(fetch, url))
    coming = await _least(lambda: _as_they_come(fetch, url))
    print(f"| {form.name} | {once} | {coming} |", flush=True)  # noqa: T201


def main() -> None:
    for name in [name for name in os.environ if "proxy" in name.lower()]:
        del os.environ[name]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores.", end=" ")  # noqa: T201
    print(f"{_COUNT} requests, milliseconds: all of them / the longest silence of the loop.")  # noqa: T201
    print("\n| requests | at the same moment | within a second |\n| --- | ---: | ---: |")  # noqa: T201
    with _server() as url, tempfile.TemporaryDirectory() as folder:
        for form in _forms():
            asyncio.run(_measured(form, _rewritten(Path(folder), form).fetch, url))


if __name__ == "__main__":
    main()
