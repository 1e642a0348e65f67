"""One plan for each finding of a file: what its rule and its catalogue entry allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from awaken.catalogue.schema import Waiting
from awaken.detect.finding import Shape
from awaken.plan.advice.django_misuse import plan_django_misuse
from awaken.plan.advice.gathering import plan_gathering
from awaken.plan.advice.misuse import (
    plan_coroutine_in_thread,
    plan_early_call,
    plan_forgotten_await,
)
from awaken.plan.alternatives import with_alternatives
from awaken.plan.blocks.neighbours import join_neighbours
from awaken.plan.blocks.shared_hops import share_hops
from awaken.plan.boundary import plan_boundary
from awaken.plan.clients.together import torn_objects, with_one_verdict
from awaken.plan.cpu import CPU, needs_process, plan_cpu
from awaken.plan.fix import Fix, PlannedFinding, Reason, Strategy
from awaken.plan.handles.async_files import use_async_files
from awaken.plan.handles.held import hold_handles
from awaken.plan.http.covered import cover_reads
from awaken.plan.http.read_in_hops import read_in_hops
from awaken.plan.http.requests import plan_requests
from awaken.plan.http.shared_client import share_clients
from awaken.plan.loop.planner import plan_loops, plan_waits
from awaken.plan.native.clients import plan_client
from awaken.plan.native.native_call import plan_native_call
from awaken.plan.native.swap import plan_swap
from awaken.plan.offload import plan_offload
from awaken.plan.orm.planner import plan_django
from awaken.plan.orm.relations.joins import joins_in
from awaken.plan.orm.transactions.open_cursors import join_cursors
from awaken.plan.orm.transactions.query_blocks import join_queries
from awaken.plan.reasons import reason
from awaken.plan.recipes import JoinRelated, RemoveCall, RenameCall
from awaken.plan.runners.foreign_loop import EventLoop, event_loop
from awaken.plan.situation import Situation
from awaken.plan.strategies import Options, asked_for, with_demotions
from awaken.plan.streams.streams import (
    answered,
    better_native,
    is_done,
    offered,
    prefers_native,
    streams_in,
)
from awaken.plan.waits.executor_block import plan_executor_block
from awaken.plan.waits.future_wait import plan_future_wait
from awaken.plan.waits.loop_twins import Twin, moved_away, twins_in, worthwhile_twins
from awaken.plan.waits.own_thread import plan_own_thread
from awaken.plan.windows.critical_section import held_around
from awaken.plan.windows.differences import difference_around
from awaken.plan.windows.handed_state import handed_state

# Plans the findings of one rule in one file together; gives the options of each, in order.
Planner: TypeAlias = Callable[[Sequence[Situation]], list[Options]]


def _each(plan: Callable[[Situation], object]) -> Planner:
    """A planner whose findings do not depend on each other."""

    def plan_all(situations: Sequence[Situation]) -> list[Options]:
        return [list(plan(situation)) for situation in situations]  # type: ignore[call-overload]

    return plan_all


def _plan_call(situation: Situation) -> Options:
    """The async form and the thread; where the catalogue names the thread first, the form has to be asked for."""
    entry = situation.finding.entry
    preferred = entry.strategies[:1] == (Strategy.NATIVE.value,)
    asked = preferred or Strategy.NATIVE.value in situation.settings.strategies
    native = [plan_native_call(situation)] if entry.native is not None and asked else []
    client = plan_client(situation)
    native += [client] if client is not None else []
    found = any(isinstance(each, Fix) for each in native)
    # Why a thread would not do is of no interest where none is needed.
    threads = plan_offload(situation)
    return [*native, *(each for each in threads if isinstance(each, Fix) or not found)]


# Calls into the project are planned alike, whatever blocks at their end.
_BOUNDARY = "boundary"
# These fail on the loop, where no thread would help; each says itself what is left to do.
_LOOP = "loop"
# It may be a coroutine that the thread runs.
_WAIT = "concurrent.futures.Future.result"
_PLANNERS: dict[str, Planner] = {
    _BOUNDARY: _each(plan_boundary),
    "sleep": _each(plan_swap),
    "offload": _each(_plan_call),
    "http": plan_requests,
    _LOOP: plan_loops,
    _WAIT: plan_waits,
    "django": _each(plan_django),
    CPU: _each(plan_cpu),
    "sequential-awaits": _each(plan_gathering),
    "client-per-call": _each(lambda _: [reason("made-once")]),
    "unbounded-offload": _each(lambda _: [reason("pool-size")]),
    "coroutine-not-taken": _each(lambda _: [reason("plain-function-wanted")]),
    "django-settings": _each(lambda _: [reason("settings-are-yours")]),
    "connection-held": _each(lambda _: [reason("whose-connection")]),
    "called-early": _each(plan_early_call),
    "not-awaited": _each(plan_forgotten_await),
    "coroutine-in-thread": _each(plan_coroutine_in_thread),
    "django-misuse": _each(plan_django_misuse),
    # What may wait for long has planners of its own, whatever rule reports it.
    Waiting.FUTURE.value: _each(plan_future_wait),
    Waiting.OWN_THREAD.value: _each(plan_own_thread),
    Waiting.AT_EXIT.value: _each(plan_executor_block),
}


def plan_findings(situations: Sequence[Situation]) -> list[PlannedFinding]:
    """The safe and the unsafe fix of each finding of a file, or the reason why it has none."""
    twins = twins_in(situations)
    certain = _settled(situations, [twin for twin in twins if twin.one_loop])
    if all(twin.one_loop for twin in twins):
        return certain
    return with_alternatives(certain, _settled(situations, twins), reason("one-loop"))


def _settled(situations: Sequence[Situation], twins: Sequence[Twin]) -> list[PlannedFinding]:
    """The plan with as many objects of the loop, and as many async clients, as it lets stay whole."""
    while True:
        planned = _planned(situations, twins)
        staying = [twin for twin in twins if not moved_away(twin, planned)]
        torn = torn_objects(planned)
        if len(staying) == len(twins) and not torn:
            return planned
        twins = staying
        situations = [replace(each, staying=each.staying | torn) for each in situations]


def _planned(situations: Sequence[Situation], twins: Sequence[Twin]) -> list[PlannedFinding]:
    """The same, where some objects of threads become asyncio's."""
    while True:
        planned = _planned_once(situations, twins)
        hopped = read_in_hops(situations, planned)
        if all(hopped <= each.hopped for each in situations):
            return planned
        situations = [replace(each, hopped=each.hopped | hopped) for each in situations]


def _planned_once(situations: Sequence[Situation], twins: Sequence[Twin]) -> list[PlannedFinding]:
    by_place = {place: twin for twin in twins for place in twin.uses}
    freed = frozenset(place for twin in twins for place in twin.freed)
    situations = [replace(each, freed=freed) for each in situations] if freed else situations
    options: dict[int, Options] = {}
    by_rule: dict[str, list[int]] = {}
    for number, situation in enumerate(situations):
        if situation.finding.place in by_place:
            continue
        refusal = _refusal(situation)
        if refusal is not None:
            options[number] = [refusal]
        else:
            by_rule.setdefault(_planner_of(situation), []).append(number)
    for rule, numbers in by_rule.items():
        planner = _PLANNERS.get(rule, _each(plan_offload))
        found = planner([situations[number] for number in numbers])
        options.update(zip(numbers, found, strict=True))
    asked = [number for numbers in by_rule.values() for number in numbers]
    for number, join in zip(asked, joins_in([situations[each] for each in asked]), strict=True):
        options[number] = [*join, *options[number]]
    planned = [
        _settle(situation, asked_for(situation, options[number]))
        if number in options
        # It opens no window.
        else PlannedFinding(situation.finding, by_place[situation.finding.place].fix)
        for number, situation in enumerate(situations)
    ]
    planned = cover_reads(planned)
    planned = use_async_files(situations, with_one_verdict(worthwhile_twins(planned, situations)))
    shared = share_hops(with_demotions(situations, _joined(situations, planned)), situations)
    return share_clients(situations, shared)


def _joined(
    situations: Sequence[Situation], planned: Sequence[PlannedFinding]
) -> list[PlannedFinding]:
    """The plan with what goes together: streams in the client's form, neighbours, and handles with their uses.

    One hop for a loop is better than an `async for` with a hop for each item.
    """
    streams, refused = streams_in(situations)
    safe = [each for each in streams if each.fix.difference is None]
    native = better_native(safe, planned) if safe and prefers_native(situations[0]) else []
    while True:
        found = answered(planned, native)
        found = hold_handles(situations, join_neighbours(situations, found))
        found = join_queries(situations, join_cursors(situations, found))
        left = [each for each in safe if each not in native and not is_done(found, each)]
        if not left:
            break
        native += left
    for stream in streams:
        found = offered(found, stream) if stream not in safe else found
    for number, why in refused.items():
        found[number] = replace(found[number], reason=found[number].reason or why)
    return found


def _planner_of(situation: Situation) -> str:
    finding = situation.finding
    if finding.into and finding.call == _WAIT:
        return _WAIT
    if finding.rule == CPU or needs_process(situation):
        return CPU
    if finding.into and finding.entry.refuse != "running-loop":
        return _BOUNDARY
    waits = finding.entry.waits if finding.rule != _LOOP else None
    return waits.value if waits is not None else finding.rule


def _refusal(situation: Situation) -> Reason | None:
    """What rules every fix out, whatever the rule."""
    finding = situation.finding
    if finding.entry.everywhere or finding.shape is Shape.VALUE:
        return None
    if finding.shape is Shape.CALLBACK or not situation.home.is_async:
        return reason("sync-callback")
    if finding.into and situation.in_cell:
        return reason("running-loop")
    told = finding.entry.refuse and not finding.entry.waits
    if told and not finding.into and finding.rule != _LOOP:
        return reason(finding.entry.refuse or "not-known")
    loop = event_loop(situation)
    django = finding.rule == "django" and loop is not EventLoop.ASYNCIO
    if loop is EventLoop.FOREIGN or django:
        return reason("foreign-loop")
    return held_around(situation)


def _settle(situation: Situation, options: Options) -> PlannedFinding:
    reasons = [option for option in options if isinstance(option, Reason)]
    fixes = [option for option in options if isinstance(option, Fix)]
    why = reasons[0] if reasons else None
    if not fixes:
        return PlannedFinding(situation.finding, reason=why)
    around = difference_around(situation) if any(map(_waits, fixes)) else None
    fixes = [
        fix.but(fix.difference or (around if _waits(fix) else None) or _of_option(situation, fix))
        for fix in fixes
    ]
    safe = next((fix for fix in fixes if fix.difference is None), None)
    unsafe = next((fix for fix in fixes if fix.difference is not None), None)
    if why is None and unsafe is not None and safe is None:
        why = unsafe.difference
    return PlannedFinding(situation.finding, safe, unsafe, why)


def _waits(fix: Fix) -> bool:
    """Whether a fix puts an `await` where the finding stands."""
    return not isinstance(fix.recipe, (JoinRelated, RemoveCall, RenameCall))


def _of_option(situation: Situation, fix: Fix) -> Reason | None:
    return handed_state(situation, fix) or _patched(situation, fix)


def _patched(situation: Situation, fix: Fix) -> Reason | None:
    """Tests that patch the call would no longer reach it; in a thread it is the same call."""
    gone = fix.strategy in (Strategy.NATIVE, Strategy.AWAIT, Strategy.PROCESS)
    return situation.replaced_in_tests() if gone else None
