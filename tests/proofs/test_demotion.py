"""What FastAPI, Starlette and Django run in a thread when it is a plain function: found out by running it.

`plan/sync/registrars.py` lists these kinds.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Security, WebSocket
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

pytestmark = pytest.mark.filterwarnings("ignore")
_VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Noted:
    """A plain function that notes whether it runs on a loop."""

    def __init__(self) -> None:
        self.on_loop: bool | None = None

    def note(self) -> Any:
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            self.on_loop = True
            return PlainTextResponse("done")
        self.on_loop = False
        return PlainTextResponse("done")


async def _empty() -> None:
    """A route that does nothing."""


def _decorated(verb: str) -> Callable[[Callable[..., Any]], ASGIApp]:
    def register(plain: Callable[..., Any]) -> ASGIApp:
        app, router = FastAPI(), APIRouter()
        getattr(router, verb)("/")(plain)
        app.include_router(router)
        return app

    return register


def _api_route(plain: Callable[..., Any]) -> ASGIApp:
    app = FastAPI()
    app.api_route("/", methods=["GET"])(plain)
    return app


def _add_api_route(plain: Callable[..., Any]) -> ASGIApp:
    app = FastAPI()
    app.add_api_route("/", plain)
    return app


def _dependency(plain: Callable[..., Any]) -> ASGIApp:
    app = FastAPI(dependencies=[Depends(lambda: bool(plain()))])
    app.add_api_route("/", _empty)
    return app


def _security(plain: Callable[..., Any]) -> ASGIApp:
    app = FastAPI(dependencies=[Security(lambda: bool(plain()))])
    app.add_api_route("/", _empty)
    return app


def _fastapi_handler(plain: Callable[..., Any]) -> ASGIApp:
    app = FastAPI()
    app.exception_handler(ValueError)(lambda _request, _error: plain())
    app.add_api_route("/", lambda: int("no number"))
    return app


def _starlette_route(plain: Callable[..., Any]) -> ASGIApp:
    return Starlette(routes=[Route("/", lambda _request: plain())])


def _starlette_add_route(plain: Callable[..., Any]) -> ASGIApp:
    app = Starlette()
    app.add_route("/", lambda _request: plain())
    return app


def _starlette_handler(plain: Callable[..., Any]) -> ASGIApp:
    app = Starlette(routes=[Route("/", lambda _request: int("no number"))])
    app.add_exception_handler(ValueError, lambda _request, _error: plain())
    return app


_IN_A_THREAD = {
    **{verb: _decorated(verb) for verb in _VERBS},
    "api_route": _api_route,
    "add_api_route": _add_api_route,
    "Depends": _dependency,
    "Security": _security,
    "exception_handler": _fastapi_handler,
    "Route": _starlette_route,
    "add_route": _starlette_add_route,
    "add_exception_handler": _starlette_handler,
}


@pytest.mark.parametrize("kind", _IN_A_THREAD)
def test_a_plain_function_of_this_kind_runs_in_a_thread(kind: str) -> None:
    noted = Noted()
    app = _IN_A_THREAD[kind](noted.note)
    with TestClient(app, raise_server_exceptions=False) as client:
        client.request(kind.upper() if kind in _VERBS else "GET", "/")
    assert noted.on_loop is False


def test_a_plain_function_cannot_be_a_websocket_route() -> None:
    noted = Noted()
    app = FastAPI()

    @app.websocket("/")
    def route(_: WebSocket) -> None:
        noted.note()

    with TestClient(app) as client, pytest.raises(TypeError), client.websocket_connect("/"):
        pass
    assert noted.on_loop is True


def test_a_plain_function_cannot_be_middleware() -> None:
    noted = Noted()
    app = FastAPI()
    app.middleware("http")(lambda _request, _call_next: noted.note())
    with TestClient(app) as client, pytest.raises(TypeError):
        client.get("/")
    assert noted.on_loop is True


def test_a_plain_function_runs_on_the_loop_at_startup() -> None:
    noted = Noted()
    app = FastAPI()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        app.on_event("startup")(lambda: noted.note() and None)
    with TestClient(app):
        pass
    assert noted.on_loop is True


_DJANGO = """
import asyncio
from django.conf import settings
from django.http import HttpResponse
from django.test import AsyncClient
from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="s")
import django
django.setup()
from ninja import NinjaAPI, Router
on_loop = []

def note(request):
    try:
        asyncio.get_running_loop()
        on_loop.append(True)
    except RuntimeError:
        on_loop.append(False)
    return HttpResponse()

async def waiting(request):
    return HttpResponse()

api, router = NinjaAPI(), Router()
api.get("plain")(lambda request: note(request))
api.get("waiting")(waiting)
router.post("below")(lambda request: note(request))
api.add_router("router", router)
urlpatterns = [
    path("path", note),
    re_path("^re_path$", never_cache(require_GET(note))),
    path("ninja/", api.urls),
]

async def ask():
    client = AsyncClient()
    for url in ("/path", "/re_path", "/ninja/plain"):
        assert (await client.get(url)).status_code == 200, url
    assert (await client.post("/ninja/router/below")).status_code == 200

asyncio.run(ask())
print(on_loop)
"""


def test_plain_views_of_django_run_in_a_thread() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _DJANGO], check=False, capture_output=True, text=True
    )
    assert done.stdout.strip() == str([False] * 4), done.stderr
