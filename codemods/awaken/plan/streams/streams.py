"""Requests whose body is read later: `async with client.stream(...)` around all that is done with the response."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.detect.finding import Shape
from awaken.plan.call_text import comment_in_callee
from awaken.plan.fix import Fix, PlannedFinding, Reason, Strategy
from awaken.plan.handlers.handlers import translate_handlers
from awaken.plan.handles.opening import is_left
from awaken.plan.http.arguments import translate_arguments
from awaken.plan.http.native_form import expected_elsewhere, helpers_of
from awaken.plan.http.request import Request, is_stream
from awaken.plan.http.requests import no_client
from awaken.plan.reasons import foremost, reason
from awaken.plan.recipes import (
    HopBlock,
    HopExpression,
    IteratedStream,
    NativeRequest,
    ReadItems,
    StreamRequest,
    single_recipes,
)
from awaken.plan.runners.foreign_loop import EventLoop, event_loop
from awaken.plan.streams.stream_errors import reading_differences
from awaken.plan.streams.stream_place import StreamPlace, stream_place
from awaken.plan.streams.stream_uses import StreamUses, stream_uses
from awaken.plan.windows.critical_section import held_around
from awaken.plan.windows.differences import difference_around
from awaken.syntax.positions import Place, encloses
from awaken.syntax.suites import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.situation import Situation

_WAITS = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)


@dataclass(frozen=True, slots=True)
class Stream:
    """A request whose body is read later, in the client's form.

    Attributes:
        numbers: the findings that it answers: the request first, then what reads.
        fix: the form.
        besides: the other findings in loops over its items that nothing waits in: one hop could take all of them along.
    """

    numbers: tuple[int, ...]
    fix: Fix
    besides: frozenset[int]


def streams_in(
    situations: Sequence[Situation],
) -> tuple[list[Stream], dict[int, Reason]]:
    """The streams of a file that have a form of the client's, and why others have none.

    Args:
        situations: the findings of the file.
    """
    streams, refused = [], {}
    for number, situation in enumerate(situations):
        finding = situation.finding
        if finding.into or finding.shape is not Shape.CALL:
            continue
        if finding.entry.result not in (Result.HANDLE, Result.CONTEXT):
            continue
        if not _may_be_native(situation):
            continue
        found = _stream(situations, number)
        if isinstance(found, Stream):
            streams.append(found)
        elif found is not None:
            refused[number] = found
    return streams, refused


def better_native(streams: Sequence[Stream], planned: Sequence[PlannedFinding]) -> list[Stream]:
    """The streams for which the client's form is better than a thread: where no loop takes a hop for each item.

    Args:
        streams: the streams of a file, those that may be converted.
        planned: what would be done about its findings alone.
    """
    native = {
        number
        for number, each in enumerate(planned)
        if each.safe is not None and each.safe.strategy is Strategy.NATIVE
    }
    native.update(number for stream in streams for number in stream.numbers)
    hops = {n for n, each in enumerate(planned) if each.best is not None or is_left(each)} - native
    return [stream for stream in streams if stream.besides.isdisjoint(hops)]


def prefers_native(situation: Situation) -> bool:
    """Whether a project wants the library's own form rather than a thread, where both are there."""
    asked = situation.settings.strategies
    ranked = [each for each in asked if each in (Strategy.NATIVE.value, Strategy.THREAD.value)]
    return not asked or ranked[:1] == [Strategy.NATIVE.value]


def answered(planned: Sequence[PlannedFinding], streams: Sequence[Stream]) -> list[PlannedFinding]:
    """The findings, those of some streams with their form; what would carry a part of one to a thread is not done."""
    found = list(planned)
    for stream in streams:
        for number, each in enumerate(found):
            if number in stream.numbers:
                found[number] = PlannedFinding(each.finding, stream.fix)
            elif any(_carries(each, found[reader]) for reader in stream.numbers):
                found[number] = PlannedFinding(each.finding, reason=reason("open-handle"))
    return found


def _carries(planned: PlannedFinding, other: PlannedFinding) -> bool:
    """Whether a finding is answered by a hop that takes another one along."""
    return any(
        isinstance(fix.recipe, (HopBlock, HopExpression))
        and encloses(fix.recipe.target.place, other.finding.place)
        for fix in (planned.safe, planned.unsafe)
        if fix is not None
    )


def offered(planned: Sequence[PlannedFinding], stream: Stream) -> list[PlannedFinding]:
    """The findings with a form that makes a difference beside what is safe, if nothing else depends on that."""
    found = list(planned)
    safe = [each.safe.recipe for number in stream.numbers if (each := found[number]).safe]
    others = [each for number, each in enumerate(found) if number not in stream.numbers]
    if any(each.safe and each.safe.recipe in safe for each in others):
        return found
    for number in stream.numbers:
        why = stream.fix.difference
        found[number] = replace(found[number], unsafe=stream.fix, reason=why)
    return found


def is_done(planned: Sequence[PlannedFinding], stream: Stream) -> bool:
    """Whether every finding of a stream has a safe fix, or goes along with one that has, and none is a hop an item."""
    safe = [replace(each, unsafe=None) for each in planned]
    return all(
        any(_carries(each, safe[number]) for each in safe)
        or ((fix := safe[number].safe) is not None and not _steps(fix))
        for number in stream.numbers
    )


def _steps(fix: Fix) -> bool:
    return any(isinstance(part, ReadItems) for part in single_recipes(fix.recipe))


def _may_be_native(situation: Situation) -> bool:
    asked = situation.settings.strategies
    if asked and Strategy.NATIVE.value not in asked:
        return False
    return situation.home.is_async and event_loop(situation) is not EventLoop.FOREIGN


def _stream(situations: Sequence[Situation], number: int) -> Stream | Reason | None:
    situation = situations[number]
    exchange = situation.exchange()
    verb = exchange.verb(situation.finding.call) if exchange is not None else None
    if exchange is None or verb is None or not exchange.streamed:
        return None
    if not is_stream(situation, exchange):
        return None
    missing = no_client(situation, exchange)
    if missing is not None:
        return missing
    if comment_in_callee(situation.tree, situation.call):
        return reason("comment-in-call")
    place = stream_place(situation)
    if isinstance(place, Reason):
        return place
    request = Request(situation, exchange, verb)
    uses = stream_uses(request, place)
    if uses.refusal is not None:
        return uses.refusal
    return _in_clients_form(situations, number, request, place, uses)


def _in_clients_form(
    situations: Sequence[Situation],
    number: int,
    request: Request,
    place: StreamPlace,
    uses: StreamUses,
) -> Stream | Reason:
    situation = request.situation
    arguments = translate_arguments(request)
    if arguments.refusal is not None:
        return arguments.refusal
    handlers = translate_handlers(_closed(request), uses.response, (), arguments.given["url"])
    if uses.refusal is not None:
        return uses.refusal
    numbers = [number, *_entering(situations, number), *_readers(situations, uses)]
    waits = [situation, *_waits(situations, situation, uses)]
    held = next((found for each in waits if (found := held_around(each))), None)
    if held is not None:
        return held
    differences = [
        *arguments.differences,
        *uses.response.differences,
        *handlers.differences,
        *reading_differences(request, uses.reading, arguments.given),
        *expected_elsewhere(request, uses.response),
        *(found for each in waits if (found := difference_around(each))),
    ]
    unseen = [each for each in uses.loops if each.node not in {s.node for s in situations}]
    if unseen:
        return reason("response-member", "a loop that is not to be changed")
    rewritten = NativeRequest(
        target=situation.target(),
        client=request.client,
        opening=request.exchange.opening,
        context=arguments.context,
        verified=arguments.verified,
        bundle=request.exchange.bundle,
        method=arguments.method,
        first=arguments.first,
        client_arguments=tuple(arguments.client),
        call_arguments=tuple(arguments.call),
        translations=(
            *arguments.translations,
            *uses.response.translations,
            *handlers.translations,
        ),
        raises=tuple(uses.response.raises),
        hoist=False,
        name=place.name,
        helpers=helpers_of(
            request,
            (*arguments.helpers, *uses.response.helpers, request.exchange.opening.helper),
        ),
    )
    recipe = StreamRequest(
        target=situation.target(),
        request=rewritten,
        place=place_of(place.statements),
        entered=place.entered,
        loops=tuple(
            IteratedStream(
                Place.of(each.node), Place.of(each.generator) if each.generator else None
            )
            for each in uses.loops
        ),
        reads=tuple(Place.of(each) for each in uses.reads),
        awaited=tuple((Place.of(call), name) for call, name in uses.awaited),
    )
    description = (
        f"read it from `{request.client}.{request.exchange.opening.name}.{arguments.method}`"
    )
    difference = foremost(tuple(differences))
    fix = Fix(Strategy.NATIVE, description, recipe, difference)
    besides = {n for each in uses.loops for n in _besides(situations, each.node, numbers)}
    return Stream(tuple(numbers), fix, frozenset(besides))


def _closed(request: Request) -> Request:
    """The request for handlers: the response in an exception has been closed, and its body was never read."""
    exchange = request.exchange
    members = {
        name: each for name, each in exchange.members.items() if name not in exchange.streamed
    }
    unread = exchange.error_members - exchange.streamed.keys()
    return replace(request, exchange=replace(exchange, members=members, error_members=unread))


def _waits(
    situations: Sequence[Situation], request: Situation, uses: StreamUses
) -> Iterator[Situation]:
    """Where else an `await` will stand: the findings there, or what a finding would be."""
    found = {each.node: each for each in situations}
    for node in dict.fromkeys([*uses.reading, *(call for call, _ in uses.awaited)]):
        here = replace(request.finding, place=Place.of(node))
        yield found.get(node) or replace(request, node=node, finding=here)


def _entering(situations: Sequence[Situation], number: int) -> Iterator[int]:
    """What the `with` around a request blocks on besides."""
    for other, situation in enumerate(situations):
        if situation.finding.shape is Shape.ENTER and situation.node is situations[number].node:
            yield other


def _readers(situations: Sequence[Situation], uses: StreamUses) -> Iterator[int]:
    for number, situation in enumerate(situations):
        if situation.node in uses.reading:
            yield number


def _besides(
    situations: Sequence[Situation], node: ast.expr, numbers: Sequence[int]
) -> Iterator[int]:
    """What else blocks in a loop over the items, if nothing in it waits."""
    statement = situations[numbers[0]].tree.statement(node)
    if any(isinstance(each, _WAITS) for each in ast.walk(statement)):
        return
    place = Place.of(statement)
    for number, each in enumerate(situations):
        if number not in numbers and encloses(place, each.finding.place):
            yield number
