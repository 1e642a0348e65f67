"""The requests of an object: each is judged like a request of its own, and made with the client that is there."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan.await_position import await_position
from awaken.plan.call_text import comment_in_callee
from awaken.plan.http.arguments import translate_arguments
from awaken.plan.http.handlers import Handlers, translate_handlers
from awaken.plan.http.literals import has_query
from awaken.plan.http.members import translate_response
from awaken.plan.http.request import Request
from awaken.plan.http.response import ResponseUses, follow_response
from awaken.plan.reasons import reason
from awaken.plan.recipes import ClientRequest, NativeRequest
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from awaken.catalogue.exchange import Exchange, Verb
    from awaken.plan.clients.converted import Converted, Kind
    from awaken.plan.fix import Reason
    from awaken.plan.http.argument_forms import Arguments
    from awaken.plan.recipes import Replacement
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
    arguments = translate_arguments(request)
    if arguments.refusal is not None:
        return arguments.refusal
    _without_defaults(converted, request, arguments)
    if converted.queries and has_query(situation, arguments.given["url"]) is not False:
        converted.differences.append(reason("query-in-url"))
    uses = _response(converted, request)
    if uses.refusal is not None:
        return uses.refusal
    converted.requests.append(_in_new_form(converted, request, arguments, uses))
    converted.differences += [
        *arguments.differences,
        *uses.differences,
        *_elsewhere(converted, request),
    ]
    return None


def _verb(converted: Converted, call: ast.Call) -> Verb:
    return converted.kind.object.verbs[call.func.attr]  # type: ignore[attr-defined]


def _unplanned(converted: Converted, call: ast.Call) -> Reason:
    """A request that is no finding: it is made by sync code, or somebody wants it to stay."""
    if not converted.scopes.in_coroutine(call):
        return reason("client-in-sync-code", f"line {call.lineno}")
    return reason("client-elsewhere", f"the request in line {call.lineno} stays as it is")


def _without_defaults(converted: Converted, request: Request, arguments: Arguments) -> None:
    """What the client does unasked and this method does not: `head` follows no redirects."""
    for each in converted.kind.object.defaults:
        spelled = {
            known.name
            for name, known in request.exchange.arguments.items()
            if name in arguments.given
        }
        if each.name in request.verb.without and each.name not in spelled:
            arguments.call.append((each.name, "False"))


def _response(converted: Converted, request: Request) -> ResponseUses:
    if not converted.kind.object.same_library:
        return translate_response(request, hoisted=False)
    found = follow_response(request)
    found.refusal = None
    found.differences.clear()
    for node in found.uses:
        parent = request.situation.tree.parent(node)
        if isinstance(parent, ast.Attribute) and parent.attr in converted.kind.exchange.members:
            # What is named there is what the client's response cannot do.
            found.refusal = reason("response-member", f"`.{parent.attr}`")
    return found


def _in_new_form(
    converted: Converted, request: Request, arguments: Arguments, uses: ResponseUses
) -> ClientRequest:
    situation = request.situation
    handlers = Handlers()
    if not converted.kind.object.same_library:
        partners = (*uses.partners, *converted.own)
        handlers = translate_handlers(request, uses.uses, partners, uses.name)
        converted.differences += handlers.differences
    native = NativeRequest(
        target=situation.target(),
        client=converted.kind.client,
        method=arguments.method,
        first=arguments.first,
        client_arguments=(),
        call_arguments=tuple(arguments.call),
        translations=(*arguments.translations, *uses.translations, *handlers.translations),
        raises=tuple(uses.raises),
        hoist=False,
        partners=uses.partner_places(),
        name=uses.name,
    )
    return ClientRequest(situation.target(), _receiver(situation, request.call), native)


def _receiver(situation: Situation, call: ast.Call) -> str:
    """What stands in front of the method, with the parentheses around it."""
    text = situation.tree.text[situation.tree.span(call).start : situation.tree.span(call.func).end]
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return text.removesuffix(method).rstrip().removesuffix(".").rstrip()


def _elsewhere(converted: Converted, request: Request) -> Iterator[Reason]:
    """What the rest of the project expects of the request."""
    same = converted.kind.object.same_library
    if not same and request.situation.handled_by_callers(request.exchange):
        yield reason("caller-handles")
    if request.situation.is_patched():
        yield reason("patched-in-tests")


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
        for found in each.request.translations:
            known = widest.get(found.span)
            if known is None or len(found.template) > len(known.template):
                widest[found.span] = found
    return tuple(
        replace(each, request=replace(each.request, translations=_chosen(each.request, widest)))
        for each in requests
    )


def _chosen(request: NativeRequest, widest: Mapping[Span, Replacement]) -> tuple[Replacement, ...]:
    return tuple(widest[found.span] for found in request.translations)
