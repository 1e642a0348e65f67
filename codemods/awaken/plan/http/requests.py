"""Requests: native where behaviour is kept, else in a thread; partners go together."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.plan.await_position import await_position
from awaken.plan.call_text import comment_in_callee
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.http.arguments import translate_arguments
from awaken.plan.http.awaited_members import awaited_name
from awaken.plan.http.handlers import translate_handlers
from awaken.plan.http.helpers import definition_of
from awaken.plan.http.members import translate_response
from awaken.plan.http.request import Request
from awaken.plan.http.statement import must_hoist, must_name
from awaken.plan.offload import plan_offload
from awaken.plan.reasons import reason
from awaken.plan.recipes import NativeRequest
from awaken.plan.runners.foreign_loop import EventLoop, event_loop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.definition import Definition
    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Place

Option = Fix | Reason


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The native form of a request, before its partners are known."""

    recipe: NativeRequest
    differences: tuple[Reason, ...]


def plan_requests(situations: Sequence[Situation]) -> list[list[Option]]:
    """The options of every HTTP finding of a file, in the same order.

    Args:
        situations: the findings of the rule `http` in one file.
    """
    natives = [_native(situation) for situation in situations]
    _refuse_shared_statements(situations, natives)
    _settle_partners(situations, natives)
    return [
        _options(situation, native) for situation, native in zip(situations, natives, strict=True)
    ]


def _options(situation: Situation, native: _Candidate | Reason) -> list[Option]:
    thread = list(_in_thread(situation))
    if _streams(situation):
        return thread
    if isinstance(native, Reason):
        # Of a client that is not requests', only what a thread can do is worth saying.
        return thread if thread and native.code == "not-known" else [native, *thread]
    description = f"await a request of `{native.recipe.client}.{native.recipe.opening.name}`"
    difference = native.differences[0] if native.differences else None
    fix = Fix(Strategy.NATIVE, description, native.recipe, difference)
    if difference is None:
        return [fix]
    return [difference, *thread, fix]


def _in_thread(situation: Situation) -> list[Option]:
    if _streams(situation):
        return [reason("lazy-result")]
    return list(plan_offload(situation))


def _streams(situation: Situation) -> bool:
    """`stream=True`: the body is read later, on the loop."""
    return any(
        keyword.arg == "stream"
        and not (isinstance(keyword.value, ast.Constant) and not keyword.value.value)
        for keyword in getattr(situation.node, "keywords", ())
    )


def _native(situation: Situation) -> _Candidate | Reason:
    request = _request(situation)
    if isinstance(request, Reason):
        return request
    if comment_in_callee(situation.tree, situation.call):
        return reason("comment-in-call")
    position = await_position(situation, situation.call)
    if position.refusal is not None:
        return position.refusal
    named = request.exchange.opening.read
    hoist = must_name(situation) if named else must_hoist(situation)
    if isinstance(hoist, Reason):
        return hoist
    return _translated(request, hoist)


def _request(situation: Situation) -> Request | Reason:
    exchange = situation.exchange()
    if exchange is None or situation.finding.entry.result is not Result.VALUE:
        return reason("not-known")
    verb = exchange.verb(situation.finding.call)
    if verb is None:
        return reason("session")
    settings = situation.settings
    configured = settings.no_http_client == "client-configured"
    # The async client is there in every version of a library that has one of its own.
    if settings.http_client == "thread" and (configured or not exchange.own):
        return reason(settings.no_http_client)
    if exchange.only_asyncio and event_loop(situation) is not EventLoop.ASYNCIO:
        return reason("foreign-loop")
    return Request(situation, exchange, verb)


def _translated(request: Request, hoist: bool) -> _Candidate | Reason:
    situation = request.situation
    arguments = translate_arguments(request)
    if arguments.refusal is not None:
        return arguments.refusal
    uses = translate_response(request, hoisted=hoist)
    if uses.refusal is not None:
        return uses.refusal
    handlers = translate_handlers(request, uses.uses, uses.partners, uses.name)
    opening = request.exchange.opening
    recipe = NativeRequest(
        target=situation.target(),
        client=request.client,
        opening=opening,
        context=arguments.context,
        bundle=request.exchange.bundle,
        method=arguments.method,
        first=arguments.first,
        client_arguments=tuple(arguments.client),
        call_arguments=tuple(arguments.call),
        translations=(*arguments.translations, *uses.translations, *handlers.translations),
        raises=tuple(uses.raises),
        hoist=hoist,
        partners=uses.partner_places(),
        name=uses.name,
        helpers=_helpers(
            request, (*arguments.helpers, *uses.helpers, *filter(None, [opening.helper]))
        ),
        awaited=tuple(filter(None, (awaited_name(opening.read), *uses.awaited))),
    )
    found = (*arguments.differences, *uses.differences, *handlers.differences)
    return _Candidate(recipe, (*found, *_elsewhere(request)))


def _helpers(request: Request, names: Sequence[str]) -> tuple[tuple[str, Definition], ...]:
    return tuple((name, definition_of(request, name)) for name in dict.fromkeys(names))


def _elsewhere(request: Request) -> Iterator[Reason]:
    """What the rest of the project expects of the request."""
    exchange = request.exchange
    if exchange.exceptions and request.situation.handled_by_callers(exchange):
        yield reason("caller-handles")
    for word in exchange.altered_by:
        if request.situation.surroundings.mentions(word):
            yield reason("altered-everywhere", f"`{word}`")
    replaced = request.situation.replaced_in_tests()
    if replaced is not None:
        yield replaced


def _refuse_shared_statements(
    situations: Sequence[Situation], natives: list[_Candidate | Reason]
) -> None:
    """Two requests in one statement would share a client, and its cookies."""
    by_statement: dict[ast.stmt, list[int]] = {}
    for number, situation in enumerate(situations):
        if isinstance(natives[number], _Candidate):
            by_statement.setdefault(situation.tree.statement(situation.node), []).append(number)
    for numbers in by_statement.values():
        if len(numbers) > 1:
            for number in numbers:
                natives[number] = reason("repeated-request")


def _settle_partners(situations: Sequence[Situation], natives: list[_Candidate | Reason]) -> None:
    """A variable holds responses of one library: all requests that set it are converted, or none.

    Those with a difference pull their partners along into it.
    """
    numbers = {situation.finding.place: number for number, situation in enumerate(situations)}
    changed = True
    while changed:
        changed = False
        for number, native in enumerate(natives):
            if isinstance(native, _Candidate):
                settled = _settled(native, natives, numbers)
                if settled != native:
                    natives[number] = settled
                    changed = True


def _settled(
    native: _Candidate, natives: list[_Candidate | Reason], numbers: dict[Place, int]
) -> _Candidate | Reason:
    differences = list(native.differences)
    for place in native.recipe.partners:
        partner = natives[numbers[place]] if place in numbers else reason("response-escapes")
        if isinstance(partner, Reason):
            return partner
        differences.extend(each for each in partner.differences if each not in differences)
    return _Candidate(native.recipe, tuple(differences))
