"""Three ways to make a request: Django's client, its async client, and a socket."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn
from config.asgi import application
from django.test import AsyncClient, Client
from tests.django.driver.rows import SESSION_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.django.driver.asked import Request

_TOKEN = "t" * 32
_PATIENCE = 30.0  # seconds
_HEADERS = (
    *("content-type", "location", "vary", "etag", "allow", "cache-control", "expires"),
    *("content-disposition", "x-shop", "x-books"),
)
_DATES = ("expires",)


@dataclass(frozen=True)
class Response:
    """What a browser would notice of a response."""

    status: int
    body: str
    headers: dict[str, str]
    cookies: dict[str, list[str]]

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def _cookies(who: str) -> str:
    token = f"csrftoken={_TOKEN}"
    return token if who == "anonymous" else f"{token}; sessionid={SESSION_KEY}"


def by_client(request: Request, who: str) -> Response:
    """Through `django.test.Client`: how sync code answers."""

    client = Client(raise_request_exception=False)
    client.cookies.load(_cookies(who))
    got = _called(client, request)
    return _response(got.status_code, b"".join(got), dict(got.items()), got.cookies)


def by_async_client(request: Request, who: str) -> Response:
    """Through `django.test.AsyncClient`, in a loop of its own."""
    return asyncio.run(asyncio.wait_for(_by_async_client(request, who), _PATIENCE))


async def _by_async_client(request: Request, who: str) -> Response:

    client = AsyncClient(raise_request_exception=False)
    client.cookies.load(_cookies(who))
    got = await _called(client, request)
    body = b"".join([part async for part in got]) if got.streaming else got.content
    return _response(got.status_code, body, dict(got.items()), got.cookies)


def _called(client: Any, request: Request) -> Any:
    if request.method == "GET":
        return client.get(request.path)
    return client.post(request.path, request.data)


@contextmanager
def served() -> Iterator[Callable[[Request, str], Response]]:
    """Through a socket, from uvicorn, in a thread of this process that can be looked into."""

    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    client = httpx.Client(base_url=address, timeout=_PATIENCE, trust_env=False)

    def by_socket(request: Request, who: str) -> Response:
        got = client.request(
            request.method,
            request.path,
            data=request.data or None,
            headers={"cookie": _cookies(who), "x-csrftoken": _TOKEN},
        )
        client.cookies.clear()
        cookies = SimpleCookie()
        for line in got.headers.get_list("set-cookie"):
            cookies.load(line)
        return _response(got.status_code, got.content, dict(got.headers), cookies)

    try:
        yield by_socket
    finally:
        client.close()
        server.should_exit = True
        thread.join()


def _response(status: int, body: bytes, headers: dict[str, str], cookies: Any) -> Response:
    lowered = {name.lower(): value for name, value in headers.items()}
    kept = {name: lowered[name] for name in _HEADERS if name in lowered}
    kept |= {name: "a date" for name in _DATES if name in kept}
    shown = {
        name: ["set" if morsel.value else "deleted", str(morsel["max-age"]), morsel["samesite"]]
        for name, morsel in sorted(cookies.items())
        if str(morsel["path"])
    }
    return Response(status, body.decode("utf-8", "replace"), kept, shown)
