"""Where the client of a request lives, if the project wants it to live on behind the request."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan import since
from awaken.plan.await_position import await_position
from awaken.plan.http.client_arguments import has_usual_client, may_go_without, spelled_out
from awaken.plan.http.helpers import definition_of
from awaken.plan.http.lifespan import lifespan_yield
from awaken.plan.http.literals import literal
from awaken.plan.reasons import reason
from awaken.plan.recipes import ALONE, ClientOwner, NativeRequest, Replacement
from awaken.plan.runners.foreign_loop import EventLoop, event_loop

if TYPE_CHECKING:
    from awaken.plan.fix import Reason
    from awaken.plan.http.request import Request

_FUNCTION, _LIFESPAN = "function", "lifespan"


def client_owner(request: Request) -> ClientOwner | Reason | None:
    """What gives the client, as the configuration asks for it; None where a client of its own is asked for.

    Args:
        request: the request.

    Returns:
        The owner, or why there can be none.
    """
    situation, sharing = request.situation, request.exchange.sharing
    if situation.settings.http_client_scope == _FUNCTION:
        return None
    if sharing is None or not sharing.lasting or situation.in_cell:
        return reason("client-scope")
    if event_loop(situation) is not EventLoop.ASYNCIO:
        return reason("client-scope", "the loop may be another than asyncio's")
    definition = definition_of(request, sharing.lasting)
    if situation.settings.http_client_scope != _LIFESPAN:
        return ClientOwner(definition)
    closing = lifespan_yield(situation)
    if closing is None:
        return reason("client-scope", "no lifespan of an application in this file")
    if situation.settings.target_python < since.ACLOSING:
        return reason("client-scope", "closing it needs Python 3.10")
    return ClientOwner(definition, closing)


def can_be_alone(request: Request) -> bool:
    """Whether a client that sees to itself may stand in place of the library, as part of an expression.

    Args:
        request: the request.
    """
    sharing = request.exchange.sharing
    position = await_position(request.situation, request.call)
    anywhere = position.generator is None and position.short_circuit is None
    return anywhere and sharing is not None and bool(sharing.alone)


def alone(request: Request, recipe: NativeRequest) -> NativeRequest | None:
    """A request of a client that makes no other one, and closes itself; None where it asks for another client.

    Args:
        request: the request, which `can_be_alone`.
        recipe: the request with a client around its statement.
    """
    sharing = request.exchange.sharing
    told = _of_usual_client(request, recipe)
    if told is None or sharing is None:
        return None
    return replace(told, owner=ClientOwner(definition_of(request, sharing.alone), given=ALONE))


def _of_usual_client(request: Request, recipe: NativeRequest) -> NativeRequest | None:
    """A request of the client that all requests of its library have, which is told what it wants of its own."""
    exchange = request.exchange
    arguments = {each.name: each.text for each in exchange.client_defaults}
    certified = recipe.context == exchange.context
    usual = has_usual_client(recipe, exchange) and may_go_without(recipe, exchange, arguments)
    if not certified or not usual:
        return None
    told = spelled_out(recipe, request.call, exchange, arguments)
    return replace(told, client_arguments=tuple(arguments.items()))


def owned(request: Request, recipe: NativeRequest, owner: ClientOwner) -> NativeRequest | Reason:
    """A request of a client that is there, for one of its own.

    Args:
        request: the request.
        recipe: the request with a client of its own.
        owner: what gives the other client.
    """
    told = _of_usual_client(request, recipe)
    limited = _unlimited_wait(request, recipe)
    if told is None or limited is None:
        return reason("client-scope", "no other request has these arguments of a client")
    return replace(told, translations=limited, owner=owner)


def _unlimited_wait(request: Request, recipe: NativeRequest) -> tuple[Replacement, ...] | None:
    """The translations, with no limit for the wait for a connection; None where another one is in the way."""
    sharing = request.exchange.sharing
    given = (keyword.value for keyword in request.call.keywords if keyword.arg == "timeout")
    value = next(given, None)
    if value is None or sharing is None or not sharing.timeout or _is_unlimited(request, value):
        return recipe.translations
    span = request.situation.tree.span(value)
    if any(span.overlaps(each.span) for each in recipe.translations):
        return None
    return (*recipe.translations, Replacement(span, sharing.timeout))


def _is_unlimited(request: Request, value: ast.expr) -> bool:
    """`None`, and limits for connecting and reading alone."""
    seen = literal(request.situation, value)
    return isinstance(seen, ast.Tuple) or (isinstance(seen, ast.Constant) and seen.value is None)
