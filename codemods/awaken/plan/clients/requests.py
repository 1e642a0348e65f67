"""The requests of an object: each is judged like a request of its own, and made with the client that is there."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan.await_position import await_position
from awaken.plan.call_text import comment_in_callee
from awaken.plan.fix import Reason
from awaken.plan.http.arguments import given_arguments
from awaken.plan.http.literals import has_query
from awaken.plan.http.native_form import native_form
from awaken.plan.http.request import Request
from awaken.plan.reasons import reason
from awaken.plan.recipes import ClientRequest
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from awaken.catalogue.exchange import Exchange, Verb
    from awaken.plan.clients.converted import Converted, Kind
    from awaken.plan.recipes import NativeRequest, Replacement
    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Span


def requests_as_of(kind: Kind) -> Exchange:
    """How requests of the object are made, where single ones are made with a client of their own."""
    arguments = kind.object.arguments
    if not kind.is_shared:
        # Nobody else uses its connections, so none is waited for.
        arguments = {
            name: replace(each, form="") if each.form == "session-timeout" else each
            for name, each in arguments.items()
        }
    return replace(
        kind.exchange,
        verbs=kind.object.verbs,
        arguments=arguments,
        client_defaults=(),
        call_defaults=(),
    )


def convert_request(converted: Converted, call: ast.Call) -> Reason | None:
    """The request in its new form; a reason where it has none.

    Args:
        converted: gets the request.
        call: the call of the object's method.
    """
    situation = converted.situations.get(Place.of(call))
    if situation is None:
        return _unplanned(converted, call)
    if comment_in_callee(situation.tree, call):
        return reason("comment-in-call")
    position = await_position(situation, call)
    if position.refusal is not None:
        return position.refusal
    if position.generator is not None or position.short_circuit is not None:
        return reason("generator-expression")
    request = Request(situation, requests_as_of(converted.kind), _verb(converted, call))
    found = _translated(converted, request)
    if isinstance(found, Reason):
        return found
    if converted.queries and _may_have_query(request):
        converted.differences.append(reason("query-in-url"))
    receiver = _receiver(situation, call)
    converted.requests.append(ClientRequest(situation.target(), receiver, found))
    return None


def _may_have_query(request: Request) -> bool:
    given = given_arguments(request)
    return given is None or has_query(request.situation, given["url"]) is not False


def _translated(converted: Converted, request: Request) -> NativeRequest | Reason:
    """The request in its new form, with what the client does unasked taken back."""
    found = native_form(request, hoist=False, others=converted.calls)
    if isinstance(found, Reason):
        return found
    if found.recipe.client_arguments:
        return reason("unsupported-argument", f"`{found.recipe.client_arguments[0][0]}`")
    converted.differences += found.differences
    taken_back = tuple(_taken_back(converted, request))
    return replace(found.recipe, call_arguments=(*found.recipe.call_arguments, *taken_back))


def _verb(converted: Converted, call: ast.Call) -> Verb:
    return converted.kind.object.verbs[call.func.attr]  # type: ignore[attr-defined]


def _unplanned(converted: Converted, call: ast.Call) -> Reason:
    """A request that is no finding: it is made by sync code, or somebody wants it to stay."""
    if not converted.scopes.in_coroutine(call):
        return reason("client-in-sync-code", f"line {call.lineno}")
    return reason("client-elsewhere", f"the request in line {call.lineno} stays as it is")


def _taken_back(converted: Converted, request: Request) -> Iterator[tuple[str, str]]:
    """What the client does unasked and this method does not: `head` follows no redirects."""
    given = given_arguments(request) or {}
    spelled = {known.name for name, known in request.exchange.arguments.items() if name in given}
    for each in converted.kind.object.defaults:
        if each.name in request.verb.without and each.name not in spelled:
            yield each.name, "False"


def _receiver(situation: Situation, call: ast.Call) -> str:
    """What stands in front of the method, with the parentheses around it."""
    text = situation.tree.text[situation.tree.span(call).start : situation.tree.span(call.func).end]
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return text.removesuffix(method).rstrip().removesuffix(".").rstrip()


def strangers(converted: Converted) -> list[Place]:
    """Calls that give their response to the same variable as a request of the object, and are none of them."""
    own = {Place.of(each) for each in converted.own}
    return [
        place for each in converted.requests for place in each.request.partners if place not in own
    ]


def with_one_handler(requests: Sequence[ClientRequest]) -> tuple[ClientRequest, ...]:
    """The same requests, where several stand in one `try`: what one of them leaves in a clause, all of them leave."""
    widest: dict[Span, Replacement] = {}
    for each in requests:
        for found in filter(_is_whole, each.request.translations):
            known = widest.get(found.span)
            if known is None or len(found.template) > len(known.template):
                widest[found.span] = found
    return tuple(
        replace(each, request=replace(each.request, translations=_chosen(each.request, widest)))
        for each in requests
    )


def _is_whole(found: Replacement) -> bool:
    """Whether nothing of the old text stays, as with the classes of a clause."""
    return "{}" not in found.template


def _chosen(request: NativeRequest, widest: Mapping[Span, Replacement]) -> tuple[Replacement, ...]:
    return tuple(
        widest[found.span] if _is_whole(found) else found for found in request.translations
    )
