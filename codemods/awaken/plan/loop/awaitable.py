"""Whether what is given to a loop can be awaited: a coroutine, a task or a future."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from awaken.index.terms import Attr, Call
from awaken.resolve.values import Awaitable, External, Instance, Unknown, Value, is_none

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.index.terms import Term
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver

# Coroutine functions, and what gives a future of the loop that runs:
# https://docs.python.org/3/library/asyncio-api-index.html, https://anyio.readthedocs.io/en/stable/api.html
_ASYNCIO = (
    *("gather", "open_connection", "open_unix_connection", "shield", "sleep"),
    *("create_subprocess_exec", "create_subprocess_shell", "start_server"),
    *("start_unix_server", "to_thread", "wait", "wait_for", "wrap_future"),
)
_ANYIO = (
    *("connect_tcp", "connect_unix", "create_tcp_listener", "create_udp_socket", "getaddrinfo"),
    *("getnameinfo", "open_file", "open_process", "run_process", "sleep", "sleep_forever"),
    *("sleep_until", "to_process.run_sync", "to_thread.run_sync"),
)
_FUNCTIONS = frozenset(
    (*(f"asyncio.{name}" for name in _ASYNCIO), *(f"anyio.{name}" for name in _ANYIO))
)
_METHODS = {
    "asyncio.AbstractEventLoop": (
        *("connect_accepted_socket", "connect_read_pipe", "connect_write_pipe"),
        *("create_connection", "create_datagram_endpoint", "create_server"),
        *("create_unix_connection", "create_unix_server", "getaddrinfo", "getnameinfo"),
        *("run_in_executor", "shutdown_asyncgens", "shutdown_default_executor", "sock_accept"),
        *("sock_connect", "sock_recv", "sock_recv_into", "sock_sendall", "sock_sendfile"),
        *("sendfile", "start_tls", "subprocess_exec", "subprocess_shell"),
    ),
    "asyncio.Barrier": ("wait",),
    "asyncio.Condition": ("acquire", "wait", "wait_for"),
    "asyncio.Event": ("wait",),
    "asyncio.Lock": ("acquire",),
    "asyncio.Queue": ("get", "join", "put"),
    "asyncio.Semaphore": ("acquire",),
}
_FUTURE = "asyncio.Future"
_PROMISED = frozenset(
    f"{module}.{name}"
    for module in ("collections.abc", "typing")
    for name in ("Awaitable", "Coroutine")
)


class Certainty(Enum):
    """What is known of an expression that somebody wants to await."""

    COROUTINE = "coroutine"
    """It runs on whatever loop awaits it."""
    FUTURE = "future"
    """It can be awaited, on the loop that it belongs to."""
    UNKNOWN = "unknown"
    NEVER = "never"


def certainty(resolver: Resolver, term: Term, where: Where) -> Certainty:
    """What is known of the value of a term at a place."""
    if isinstance(term, Call) and _makes_coroutine(resolver, term, where):
        return Certainty.COROUTINE
    return _least(_of(resolver, value) for value in resolver.values(term, where))


def _makes_coroutine(resolver: Resolver, call: Call, where: Where) -> bool:
    """Whether a call is one of asyncio's own coroutine functions; what those give belongs to the loop that runs."""
    functions = resolver.values(call.func, where)
    if functions and all(isinstance(f, External) and f.name in _FUNCTIONS for f in functions):
        return True
    if not isinstance(call.func, Attr):
        return False
    receivers = resolver.values(call.func.base, where)
    return bool(receivers) and all(
        call.func.name in methods_of(resolver, receiver) for receiver in receivers
    )


def methods_of(resolver: Resolver, value: Value) -> frozenset[str]:
    """The coroutine methods of an object of asyncio."""
    if not isinstance(value, Instance) or not isinstance(value.of, External):
        return frozenset()
    known = (each.name for each in resolver.catalogue.ancestry(value.of.name))
    return frozenset(name for kind in known for name in _METHODS.get(kind, ()))


def _of(resolver: Resolver, value: Value) -> Certainty:
    if isinstance(value, Awaitable):
        return Certainty.COROUTINE
    if isinstance(value, Instance):
        return _of_instance(resolver, value)
    unclear = isinstance(value, Unknown) or is_none(value)
    return Certainty.UNKNOWN if unclear else Certainty.NEVER


def _of_instance(resolver: Resolver, value: Instance) -> Certainty:
    """Objects of the project, and of libraries, may have an `__await__`."""
    if not isinstance(value.of, External):
        return Certainty.UNKNOWN
    if value.of.name.startswith("builtins."):
        return Certainty.NEVER
    if value.of.name in _PROMISED:
        return Certainty.COROUTINE
    known = (each.name for each in resolver.catalogue.ancestry(value.of.name))
    return Certainty.FUTURE if _FUTURE in known else Certainty.UNKNOWN


def _least(found: Iterable[Certainty]) -> Certainty:
    kinds = set(found)
    for kind in (Certainty.NEVER, Certainty.UNKNOWN, Certainty.FUTURE):
        if kind in kinds:
            return kind
    return Certainty.COROUTINE if kinds else Certainty.UNKNOWN
