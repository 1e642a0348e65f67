"""The arguments of a client that makes more than one request: what all of them want, and what one of them is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from awaken.catalogue.exchange import Exchange
    from awaken.plan.recipes import NativeRequest


def has_usual_client(recipe: NativeRequest, exchange: Exchange) -> bool:
    """Whether a request asks nothing of its client but what all requests of its library do, certificates apart."""
    usual = {(each.name, each.text) for each in exchange.client_defaults}
    return usual.issuperset(recipe.client_arguments)


def may_go_without(recipe: NativeRequest, exchange: Exchange, arguments: Mapping[str, str]) -> bool:
    """Whether a request can be told otherwise than a client of these arguments, where its own one would be."""
    missing = arguments.keys() - dict(recipe.client_arguments).keys()
    return exchange.sharing is not None and missing <= exchange.sharing.request.keys()


def spelled_out(
    recipe: NativeRequest, call: ast.Call, exchange: Exchange, arguments: Mapping[str, str]
) -> NativeRequest:
    """A request with what its own client would not have been told.

    Args:
        recipe: the request.
        call: what it was.
        exchange: how it is made.
        arguments: those of the client that it gets.
    """
    if exchange.sharing is None:
        return recipe
    own = dict(recipe.client_arguments).keys() | _given(call, exchange)
    missing = [
        (name, text)
        for name, text in exchange.sharing.request.items()
        if name in arguments and name not in own
    ]
    return replace(recipe, call_arguments=(*recipe.call_arguments, *missing))


def _given(call: ast.Call, exchange: Exchange) -> set[str]:
    """What a request is given by name, as the client calls it."""
    names = (keyword.arg for keyword in call.keywords)
    return {exchange.arguments[name].name for name in names if name in exchange.arguments}
