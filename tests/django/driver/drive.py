"""Makes every request, as each user, by each transport."""

from __future__ import annotations

import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.backends.signals import connection_created
from tests.django.driver.asked import Request, requests, works_on
from tests.django.driver.rows import fill, forget_cached, kept, make_tables, open_connections, rows
from tests.django.driver.transports import by_async_client, by_client
from tests.django.driver.watching import Seen, watch

from django import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.django.driver.transports import Response

    Transport = Callable[[Request, str], Response]


def drive(project: Path, users: list[str], transports: list[str]) -> dict[str, Any]:
    """Make all requests of a project that Django is set up for.

    Args:
        project: its folder.
        users: of `anonymous` and `ada`.
        transports: of `client`, `async` and `uvicorn`.

    Returns:
        What was answered and noticed, by transport, name of the request, and user; and, as `open`,
        how many connections to PostgreSQL the server left open.
    """
    _forget_the_disk()
    make_tables()
    fill()
    seen = watch()
    found = {
        name: request for name, request in requests(project).items() if works_on(name, VERSION)
    }
    asked = [(name, each, request) for name, request in found.items() for each in users]
    outcomes: dict[str, Any] = {}
    # The server goes first: what the async client leaves open would be taken for its connections.
    if "uvicorn" in transports:
        # It takes more than Django to serve.
        served = import_module("tests.django.driver.served").served
        with served() as by_socket:
            outcomes["uvicorn"] = _all(asked, by_socket, seen)
            if connection.vendor == "postgresql":
                outcomes["open"] = _settled()
    if "async" in transports:
        outcomes["async"] = _all(asked, by_async_client, seen)
    if "client" in transports:
        outcomes["client"] = _all(asked, by_client, seen)
    return outcomes


def _all(asked: list[tuple[str, str, Request]], transport: Transport, seen: Seen) -> dict[str, Any]:
    outcomes: dict[str, Any] = {}
    for name, who, request in asked:
        outcomes.setdefault(name, {})[who] = _outcome(request, who, transport, seen)
    return outcomes


def _outcome(request: Request, who: str, transport: Transport, seen: Seen) -> dict[str, Any]:
    if seen.written:
        fill()
    forget_cached()
    seen.forget()
    response = transport(request, who).plain()
    noticed = {
        "queries": seen.queries,
        "refused": seen.refused,
        "stalled": sorted(seen.stalled),
        "raised": list(seen.raised),
        "warned": list(seen.warned),
    }
    answer = {
        "response": response,
        "logged": list(seen.logged),
        "rows": rows() if seen.written else None,
        "kept": kept(),
    }
    return {"answer": answer} | noticed


def _settled() -> int:
    """How many connections are still open when the server has had time to close them."""
    for _ in range(20):
        number = open_connections()
        if not number:
            break
        time.sleep(0.1)
    return number


def _forget_the_disk() -> None:
    """Nobody needs these rows after a crash; waiting for the disk is most of the time."""

    def made(connection: Any, **_: object) -> None:
        if connection.vendor == "sqlite":
            connection.connection.execute("PRAGMA synchronous = OFF")
            connection.connection.execute("PRAGMA journal_mode = MEMORY")

    connection_created.connect(made, weak=False)
