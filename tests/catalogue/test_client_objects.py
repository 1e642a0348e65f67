"""What `[http.object]` tables name is there, on both sides; and what they may not say is refused."""

from __future__ import annotations

import importlib
import inspect
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from awaken.catalogue.exchange import CLIENT, Exchange
from awaken.catalogue.load import CatalogueError, load_catalogue, parse_library

if TYPE_CHECKING:
    from awaken.catalogue.client_object import ClientObject

_TARGETS = {
    "requests.Session": ("httpx", "httpx2"),
    "httpx.Client": ("httpx",),
    "httpx2.Client": ("httpx2",),
}
_ROWS = [
    (session, target)
    for session, targets in _TARGETS.items()
    for target in targets
    if find_spec(session.partition(".")[0]) and find_spec(target)
]


def _object(session: str, target: str) -> tuple[Exchange, ClientObject]:
    exchange = load_catalogue().exchange(f"{session}.get", target)
    assert exchange is not None
    assert exchange.object is not None
    return exchange, exchange.object


def _found(name: str) -> object:
    module, _, rest = name.rpartition(".")
    return getattr(importlib.import_module(module), rest)


@pytest.mark.parametrize(("session", "target"), _ROWS)
def test_what_makes_and_what_is_done_with_an_object_is_there(session: str, target: str) -> None:
    _, known = _object(session, target)
    assert all(callable(_found(name)) for name in known.makes)
    made = _found(session)()  # type: ignore[operator]
    assert all(callable(getattr(made, name)) for name in known.verbs)
    assert all(hasattr(made, name) for name in known.members)
    for name, verb in known.verbs.items():
        parameters = list(inspect.signature(getattr(made, name)).parameters)
        assert tuple(parameters[: len(verb.parameters)]) == verb.parameters
    given = inspect.signature(_found(session)).parameters  # type: ignore[arg-type]
    assert known.options.keys() <= given.keys() | {"proxies"}


@pytest.mark.parametrize(("session", "target"), _ROWS)
def test_the_client_can_do_the_same(session: str, target: str) -> None:
    exchange, known = _object(session, target)
    client = _found(known.client.replace(CLIENT, target))
    given = inspect.signature(client).parameters  # type: ignore[arg-type]
    assert {each.name for each in known.defaults} <= given.keys()
    assert known.certificates_unless & {exchange.opening.certificates}
    options = {each.name for each in known.members.values() if each.form == "option"}
    assert options <= given.keys()
    others = {each.name for each in known.members.values()} - options
    made = client()  # type: ignore[operator]
    assert all(hasattr(made, name) for name in (*others, *known.verbs))


def test_an_unknown_way_of_writing_a_member_is_refused() -> None:
    exchange = {
        "targets": ["bee"],
        "session": "acme.Session",
        "context": "{client}.context()",
        "opening": {"name": "Client", "variable": "client", "certificates": "verify"},
        "object": {"client": "{client}.Client", "members": {"close": {"form": "closes"}}},
    }
    with pytest.raises(CatalogueError, match='"closes" is not known here; did you mean "close"'):
        parse_library({"library": {"name": "acme"}, "http": [exchange]}, source="acme.toml")
