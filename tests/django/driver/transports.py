"""Two ways to make a request without a socket: Django's client, and its async client."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.test import AsyncClient, Client
from tests.django.driver.rows import SESSION_KEY

if TYPE_CHECKING:
    from tests.django.driver.asked import Request

TOKEN = "t" * 32
PATIENCE = 30.0  # seconds
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


def cookies_of(who: str) -> str:
    token = f"csrftoken={TOKEN}"
    return token if who == "anonymous" else f"{token}; sessionid={SESSION_KEY}"


def by_client(request: Request, who: str) -> Response:
    """Through `django.test.Client`: how sync code answers."""

    client = Client(raise_request_exception=False)
    client.cookies.load(cookies_of(who))
    got = _called(client, request)
    return response_of(got.status_code, b"".join(got), dict(got.items()), got.cookies)


def by_async_client(request: Request, who: str) -> Response:
    """Through `django.test.AsyncClient`, in a loop of its own."""
    return asyncio.run(asyncio.wait_for(_by_async_client(request, who), PATIENCE))


async def _by_async_client(request: Request, who: str) -> Response:

    client = AsyncClient(raise_request_exception=False)
    client.cookies.load(cookies_of(who))
    got = await _called(client, request)
    try:
        body = b"".join([part async for part in got]) if got.streaming else got.content
    except Exception as error:  # noqa: BLE001 - what a server would do is to hang up
        return broken(error)
    return response_of(got.status_code, body, dict(got.items()), got.cookies)


def broken(error: Exception) -> Response:
    """A response whose body ends in the middle."""
    return Response(0, type(error).__name__, {}, {})


def _called(client: Any, request: Request) -> Any:
    if request.method == "GET":
        return client.get(request.path)
    if request.method == "POST":
        return client.post(request.path, request.data)
    return client.generic(request.method, request.path)


def response_of(status: int, body: bytes, headers: dict[str, str], cookies: Any) -> Response:
    lowered = {name.lower(): value for name, value in headers.items()}
    kept = {name: lowered[name] for name in _HEADERS if name in lowered}
    kept |= {name: "a date" for name in _DATES if name in kept}
    shown = {
        name: ["set" if morsel.value else "deleted", str(morsel["max-age"]), morsel["samesite"]]
        for name, morsel in sorted(cookies.items())
        if str(morsel["path"])
    }
    return Response(status, body.decode("utf-8", "replace"), kept, shown)
