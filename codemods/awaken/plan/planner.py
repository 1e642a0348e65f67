"""One plan for each finding of a file: what its rule and its catalogue entry allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from awaken.catalogue.schema import Waiting
from awaken.detect.finding import Shape
from awaken.plan.boundary import plan_boundary
from awaken.plan.critical_section import held_around
from awaken.plan.differences import difference_around
from awaken.plan.django import plan_django
from awaken.plan.executor_block import plan_executor_block
from awaken.plan.fix import Fix, PlannedFinding, Reason, Strategy
from awaken.plan.foreign_loop import EventLoop, event_loop
from awaken.plan.future_wait import plan_future_wait
from awaken.plan.handed_state import handed_state
from awaken.plan.http.requests import plan_requests
from awaken.plan.loop_twins import Twin, moved_away, twins_in, worthwhile_twins
from awaken.plan.neighbours import join_neighbours
from awaken.plan.offload import plan_offload
from awaken.plan.own_thread import plan_own_thread
from awaken.plan.reasons import reason
from awaken.plan.recipes import SwapObject
from awaken.plan.shared_hops import share_hops
from awaken.plan.situation import Situation
from awaken.plan.strategies import Options, asked_for, with_demotions
from awaken.plan.swap import plan_swap

if TYPE_CHECKING:
    from awaken.detect.finding import Finding

# Plans the findings of one rule in one file together; gives the options of each, in order.
Planner: TypeAlias = Callable[[Sequence[Situation]], list[Options]]


def _each(plan: Callable[[Situation], object]) -> Planner:
    """A planner whose findings do not depend on each other."""

    def plan_all(situations: Sequence[Situation]) -> list[Options]:
        return [list(plan(situation)) for situation in situations]  # type: ignore[call-overload]

    return plan_all


# Calls into the project are planned alike, whatever blocks at their end.
_BOUNDARY = "boundary"
_PLANNERS: dict[str, Planner] = {
    _BOUNDARY: _each(plan_boundary),
    "sleep": _each(plan_swap),
    "offload": _each(plan_offload),
    "http": plan_requests,
    "django": _each(plan_django),
    # What may wait for long has planners of its own, whatever rule reports it.
    Waiting.FUTURE.value: _each(plan_future_wait),
    Waiting.OWN_THREAD.value: _each(plan_own_thread),
    Waiting.AT_EXIT.value: _each(plan_executor_block),
}


def plan_findings(situations: Sequence[Situation]) -> list[PlannedFinding]:
    """The safe and the unsafe fix of each finding of a file, or the reason why it has none."""
    twins = twins_in(situations)
    while True:
        planned = _planned(situations, twins)
        staying = tuple(twin for twin in twins if not moved_away(twin, planned))
        if len(staying) == len(twins):
            return planned
        twins = staying


def _planned(situations: Sequence[Situation], twins: Sequence[Twin]) -> list[PlannedFinding]:
    """The same, where some objects of threads become asyncio's."""
    by_place = {place: twin for twin in twins for place in twin.uses}
    freed = frozenset(place for twin in twins for place in twin.freed)
    situations = [replace(each, freed=freed) for each in situations] if freed else situations
    options: dict[int, Options] = {}
    by_rule: dict[str, list[int]] = {}
    for number, situation in enumerate(situations):
        twin = by_place.get(situation.finding.place)
        refusal = _refusal(situation) if twin is None else None
        if twin is not None:
            options[number] = [twin.fix]
        elif refusal is not None:
            options[number] = [refusal]
        else:
            by_rule.setdefault(_kind(situation.finding), []).append(number)
    for rule, numbers in by_rule.items():
        planner = _PLANNERS.get(rule, _each(plan_offload))
        found = planner([situations[number] for number in numbers])
        options.update(zip(numbers, found, strict=True))
    planned = [
        _settle(situation, asked_for(situation, options[number]))
        for number, situation in enumerate(situations)
    ]
    planned = worthwhile_twins(planned, situations)
    joined = join_neighbours(situations, planned)
    return share_hops(with_demotions(situations, joined), situations)


def _kind(finding: Finding) -> str:
    """Which planner a finding is for."""
    if finding.into:
        return _BOUNDARY
    return finding.entry.waits.value if finding.entry.waits else finding.rule


def _refusal(situation: Situation) -> Reason | None:
    """What rules every fix out, whatever the rule."""
    finding = situation.finding
    if finding.shape is Shape.CALLBACK or not situation.home.is_async:
        return reason("sync-callback")
    if finding.entry.refuse and not finding.entry.waits and not finding.into:
        return reason(finding.entry.refuse)
    loop = event_loop(situation)
    if loop is EventLoop.FOREIGN or (loop is EventLoop.EITHER and finding.rule == "django"):
        return reason("foreign-loop")
    return held_around(situation)


def _settle(situation: Situation, options: Options) -> PlannedFinding:
    reasons = [option for option in options if isinstance(option, Reason)]
    fixes = [option for option in options if isinstance(option, Fix)]
    why = reasons[0] if reasons else None
    if not fixes:
        return PlannedFinding(situation.finding, reason=why)
    if any(isinstance(fix.recipe, SwapObject) for fix in fixes):
        return PlannedFinding(situation.finding, fixes[0])  # it opens no window
    around = difference_around(situation)
    fixes = [
        replace(fix, difference=fix.difference or around or _of_option(situation, fix))
        for fix in fixes
    ]
    safe = next((fix for fix in fixes if fix.difference is None), None)
    unsafe = next((fix for fix in fixes if fix.difference is not None), None)
    if why is None and unsafe is not None and safe is None:
        why = unsafe.difference
    return PlannedFinding(situation.finding, safe, unsafe, why)


def _of_option(situation: Situation, fix: Fix) -> Reason | None:
    return handed_state(situation, fix) or _patched(situation, fix)


def _patched(situation: Situation, fix: Fix) -> Reason | None:
    """Tests that patch the call would no longer reach it; in a thread it is the same call."""
    native = fix.strategy is Strategy.NATIVE
    return reason("patched-in-tests") if native and situation.is_patched() else None
