"""What frameworks call the functions and methods that are given a route, and which thread plain ones then run in.

Found out by running them (`tests/proofs/test_demotion.py`): routes, dependencies and exception handlers are run in a
thread when they are plain functions. WebSocket routes and middleware must be coroutines, and what is called at
startup runs on the loop either way.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from awaken.resolve.decorator_names import ROUTERS

if TYPE_CHECKING:
    from collections.abc import Mapping


class Home(str, Enum):
    """Where a framework runs a plain function."""

    POOL = "pool"
    """In any thread of a pool."""
    DJANGO = "django"
    """In the thread of the request, to which its database connections belong."""


class Given(NamedTuple):
    """Which argument of a call is the function.

    Attributes:
        position: where it stands.
        keyword: its name.
        home: where it then runs.
    """

    position: int
    keyword: str
    home: Home = Home.POOL


OBJECTS: Mapping[str, Home] = {
    **{name: Home.POOL for name in ROUTERS if name.startswith(("fastapi.", "starlette."))},
    "starlette.routing.Router": Home.POOL,
    "ninja.NinjaAPI": Home.DJANGO,
    "ninja.Router": Home.DJANGO,
    "ninja.main.NinjaAPI": Home.DJANGO,
    "ninja.router.Router": Home.DJANGO,
}
"""Classes whose methods register functions."""

DECORATORS = frozenset(
    (
        *("get", "put", "post", "delete", "options", "head", "patch", "trace"),
        *("api_route", "route", "exception_handler", "api_operation"),
    )
)
"""Methods of those that register the function they decorate."""

METHODS: Mapping[str, Given] = {
    "add_api_route": Given(1, "endpoint"),
    "add_route": Given(1, "endpoint"),
    "add_exception_handler": Given(1, "handler"),
}
"""Methods of those that are given it."""

FUNCTIONS: Mapping[str, Given] = {
    **{
        f"fastapi.{module}{name}": Given(0, "dependency")
        for module in ("", "params.", "param_functions.")
        for name in ("Depends", "Security")
    },
    "fastapi.routing.APIRoute": Given(1, "endpoint"),
    "starlette.routing.Route": Given(1, "endpoint"),
    **{
        f"django.{name}": Given(1, "view", Home.DJANGO)
        for name in ("urls.path", "urls.re_path", "urls.conf.path", "urls.conf.re_path")
    },
}
"""Functions that are given it."""

WRAPPERS = (
    "django.contrib.admin.views.decorators.",
    "django.contrib.auth.decorators.",
    "django.views.decorators.",
)
"""Where decorators are defined that take coroutine functions and plain ones alike."""
