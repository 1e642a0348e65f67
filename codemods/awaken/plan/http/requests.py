"""Requests: native where behaviour is kept, else in a thread; partners go together."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.plan.await_position import await_position
from awaken.plan.call_text import comment_in_callee
from awaken.plan.clients.objects import plan_objects
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.handles.opening import may_be_held
from awaken.plan.http.client_owner import alone, can_be_alone, client_owner, owned
from awaken.plan.http.native_form import Candidate, native_form
from awaken.plan.http.request import Request, is_read_at_once, is_stream
from awaken.plan.http.statement import is_entered, must_hoist, must_name
from awaken.plan.offload import hop_whole, plan_offload, runner_of
from awaken.plan.reasons import foremost, reason
from awaken.plan.recipes import ClientOwner, NativeRequest
from awaken.plan.runners.foreign_loop import EventLoop, event_loop

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from awaken.catalogue.exchange import Exchange
    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Place

Option = Fix | Reason


def plan_requests(situations: Sequence[Situation]) -> list[list[Option]]:
    """The options of every HTTP finding of a file, in the same order.

    Args:
        situations: the findings of the rule `http` in one file.
    """
    objects = plan_objects(situations)
    natives = [
        reason("session") if situation.finding.place in objects else _native(situation)
        for situation in situations
    ]
    _separate_in_statements(situations, natives)
    _settle_partners(situations, natives)
    return [
        _options(situation, objects.get(situation.finding.place, native))
        for situation, native in zip(situations, natives, strict=True)
    ]


def _options(situation: Situation, native: Candidate | Fix | Reason) -> list[Option]:
    if isinstance(native, Fix):
        difference = native.difference
        return [native] if difference is None else [difference, native, *_in_thread(situation)]
    thread = list(_in_thread(situation))
    if isinstance(native, Reason):
        # Of a client that is not requests', only what a thread can do is worth saying.
        hidden = thread and native.code == "not-known"
        return thread if hidden else _in_order(situation, [native], thread)
    lasts = native.recipe.owner is not None and not native.recipe.owner.alone
    whose = "the module's " if lasts else ""
    name = f"{native.recipe.client}.{native.recipe.opening.name}"
    description = f"await a request of {whose}`{name}`"
    difference = foremost(native.differences)
    fix = Fix(Strategy.NATIVE, description, native.recipe, difference)
    if difference is None:
        return [*([native.note] if native.note else []), fix]
    return [*_in_order(situation, [difference], thread), fix]


def _in_order(situation: Situation, native: list[Option], thread: list[Option]) -> list[Option]:
    """What is said first is why there is no better fix: of the thread, where that is the one to be had."""
    asked = situation.settings.strategies
    held = (not asked or Strategy.THREAD.value in asked) and any(
        isinstance(each, Reason) and may_be_held(each) for each in thread
    )
    asks = _prefers_native(situation) and not held
    asks = asks or any(isinstance(each, Fix) for each in thread)
    return [*native, *thread] if asks else [*thread, *native]


def _prefers_native(situation: Situation) -> bool:
    return situation.finding.entry.strategies[:1] == (Strategy.NATIVE.value,)


def _in_thread(situation: Situation) -> list[Option]:
    exchange, member = situation.exchange(), situation.tree.parent(situation.node)
    if (
        situation.finding.entry.result is Result.HANDLE
        and isinstance(member, ast.Attribute)
        and exchange is not None
        and is_read_at_once(situation, exchange)
    ):
        return [hop_whole(situation, runner_of(situation), member, materialise=False)]
    return list(plan_offload(situation))


def _is_whole(situation: Situation, exchange: Exchange) -> bool:
    """Whether the body of the response is there when the call is done, or when its expression is."""
    entry = situation.finding.entry
    if is_stream(situation, exchange):
        return False
    if entry.result is Result.VALUE or entry.returns in exchange.responses:
        return True
    return entry.result is Result.HANDLE and is_read_at_once(situation, exchange)


def native_with(situation: Situation, others: Iterable[ast.Call]) -> NativeRequest | Reason:
    """The native form of a request that is converted with other ones, or not at all.

    Args:
        situation: the request.
        others: the other requests: an exception that they raised is nobody's any more.
    """
    native = _native(situation, others)
    return native.recipe if isinstance(native, Candidate) else native


def _native(situation: Situation, others: Iterable[ast.Call] = ()) -> Candidate | Reason:
    if situation.finding.place in situation.hopped:
        return reason("awaited-in-hop")
    request = _request(situation)
    if isinstance(request, Reason):
        return request
    if comment_in_callee(situation.tree, situation.call):
        return reason("comment-in-call")
    position = await_position(situation, situation.call)
    if position.refusal is not None:
        return position.refusal
    if is_entered(situation) and request.exchange.responses and not request.exchange.opening.read:
        return native_form(request, hoist=False, others=others)
    owner = client_owner(request)
    if isinstance(owner, ClientOwner) and position.generator is None:
        lasting = _with_lasting_client(request, others, owner)
        if isinstance(lasting, Candidate):
            return lasting
        owner = lasting
    named = request.exchange.opening.read
    hoist = must_name(situation) if named else must_hoist(situation)
    if isinstance(hoist, Reason):
        return _alone(request, others) or hoist
    candidate = native_form(request, hoist=hoist, others=others)
    note = owner if isinstance(owner, Reason) else None
    return replace(candidate, note=note) if isinstance(candidate, Candidate) else candidate


def _alone(request: Request, others: Iterable[ast.Call]) -> Candidate | None:
    """With a client that sees to itself, where no statement can stand around the request; None where there is none."""
    if not can_be_alone(request):
        return None
    candidate = native_form(request, hoist=False, others=others)
    if isinstance(candidate, Reason):
        return None
    recipe = alone(request, candidate.recipe)
    return replace(candidate, recipe=recipe) if recipe is not None else None


def _with_lasting_client(
    request: Request, others: Iterable[ast.Call], owner: ClientOwner
) -> Candidate | Reason:
    """With a client that is there already, the statement needs nothing around it."""
    candidate = native_form(request, hoist=False, others=others)
    if isinstance(candidate, Reason):
        return candidate
    recipe = owned(request, candidate.recipe, owner)
    return recipe if isinstance(recipe, Reason) else replace(candidate, recipe=recipe)


def _request(situation: Situation) -> Request | Reason:
    exchange = situation.exchange()
    if exchange is None or not _is_whole(situation, exchange):
        return reason("not-known")
    verb = exchange.verb(situation.finding.call)
    if verb is None:
        return reason("session")
    return no_client(situation, exchange) or Request(situation, exchange, verb)


def no_client(situation: Situation, exchange: Exchange) -> Reason | None:
    """Why there is no async client for a request of a library, or None."""
    if not _is_wanted(situation, exchange):
        return reason("not-known")
    settings = situation.settings
    configured = settings.no_http_client == "client-configured"
    # The async client is there in every version of a library that has one of its own.
    if settings.http_client == "thread" and (configured or not exchange.own):
        return reason(settings.no_http_client)
    if exchange.only_asyncio and event_loop(situation) is not EventLoop.ASYNCIO:
        return reason("foreign-loop")
    return None


def _is_wanted(situation: Situation, exchange: Exchange) -> bool:
    """Where the catalogue names the thread first, the client has to be there, or the form to be asked for."""
    preferred = _prefers_native(situation)
    settings = situation.settings
    has_client = exchange.client(settings.http_client) in settings.asked_for
    return preferred or has_client or Strategy.NATIVE.value in settings.strategies


def _separate_in_statements(
    situations: Sequence[Situation], natives: list[Candidate | Reason]
) -> None:
    """Two requests in one statement would share a client, and its cookies: each has one that closes itself, or none."""
    by_statement: dict[ast.stmt, list[int]] = {}
    for number, situation in enumerate(situations):
        native = natives[number]
        if isinstance(native, Candidate) and native.recipe.owner is None:
            by_statement.setdefault(situation.tree.statement(situation.node), []).append(number)
    for numbers in by_statement.values():
        if len(numbers) > 1:
            for number in numbers:
                request = _request(situations[number])
                apart = _alone(request, ()) if isinstance(request, Request) else None
                natives[number] = apart or reason("repeated-request")


def _settle_partners(situations: Sequence[Situation], natives: list[Candidate | Reason]) -> None:
    """A variable holds responses of one library: all requests that set it are converted, or none.

    Those with a difference pull their partners along into it.
    """
    numbers = {situation.finding.place: number for number, situation in enumerate(situations)}
    changed = True
    while changed:
        changed = False
        for number, native in enumerate(natives):
            if isinstance(native, Candidate):
                settled = _settled(native, natives, numbers)
                if settled != native:
                    natives[number] = settled
                    changed = True


def _settled(
    native: Candidate, natives: list[Candidate | Reason], numbers: dict[Place, int]
) -> Candidate | Reason:
    differences = list(native.differences)
    for place in native.recipe.partners:
        partner = natives[numbers[place]] if place in numbers else reason("response-escapes")
        if isinstance(partner, Reason):
            return partner
        differences.extend(each for each in partner.differences if each not in differences)
    return replace(native, differences=tuple(differences))
