"""Loops that are run on the loop: each run awaited, and what only a loop of its own was there for removed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from awaken.plan.boundary import plan_boundary
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.loop.clearing import clearing, closes
from awaken.plan.loop.direct import Run, read_run
from awaken.plan.loop.helpers import read_helper
from awaken.plan.loop.loops import Made, loop_of
from awaken.plan.loop.nesting import plan_nesting
from awaken.plan.loop.renamed import plan_renamed
from awaken.plan.loop.threadsafe import CALL, read_wait
from awaken.plan.reasons import reason
from awaken.plan.recipes import AwaitCoroutines, gaps
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.situation import Situation

_Options: TypeAlias = "list[Fix | Reason]"
_RUNNER = "asyncio.Runner.run"


def plan_loops(situations: Sequence[Situation]) -> list[_Options]:
    """The fix of each run of a loop, in order; runs of one loop that goes with them share theirs."""
    runs = [_read(each) for each in situations]
    planned: list[_Options] = []
    for situation, run in zip(situations, runs, strict=True):
        if situation.finding.entry.native is not None and not situation.finding.into:
            planned.append([plan_renamed(situation)])
        elif isinstance(run, Reason):
            planned.append([run])
        else:
            planned.append([_fix(situation, run, _together(situation, run, situations, runs))])
    for number, situation in enumerate(situations):
        if situation.finding.entry.everywhere:
            planned[number] = [plan_nesting(situation, situations, planned)]
    return [
        _with_what_goes(each, options, planned)
        for each, options in zip(situations, planned, strict=True)
    ]


def _with_what_goes(
    situation: Situation, options: _Options, planned: Sequence[_Options]
) -> _Options:
    """The fix that takes away the text in which a finding stands, if one does."""
    offsets = situation.tree.offsets
    span = offsets.span_of(situation.finding.place)
    for fix in (fix for options in planned for fix in options if isinstance(fix, Fix)):
        if isinstance(fix.recipe, AwaitCoroutines):
            gone = [*fix.recipe.removed]
            for run in fix.recipe.runs:
                gone += gaps(run, offsets.span_of(run.target.place))
            if any(part.contains(span) for part in gone):
                return [fix]
    return options


def _read(situation: Situation) -> Run | Reason:
    if situation.finding.into:
        return read_helper(situation)
    return read_wait(situation) if situation.finding.call == CALL else read_run(situation)


def plan_waits(situations: Sequence[Situation]) -> list[_Options]:
    """The same for functions of the project that run a coroutine in a thread, and wait for that."""
    planned: list[_Options] = []
    for situation in situations:
        run = read_helper(situation)
        if isinstance(run, Run):
            planned.append([_fix(situation, run, [run])])
        else:
            planned.append(list(plan_boundary(situation)))
    return planned


def _together(
    situation: Situation,
    run: Run,
    situations: Sequence[Situation],
    runs: Sequence[Run | Reason],
) -> list[Run]:
    """All runs of the loop that a run is one of."""
    if not run.holder:
        return [run]
    return [
        other
        for each, other in zip(situations, runs, strict=True)
        if isinstance(other, Run)
        and other.holder == run.holder
        and each.home.number == situation.home.number
    ]


def _fix(situation: Situation, run: Run, together: list[Run]) -> Fix | Reason:
    cleared = None
    if run.holder and not situation.in_cell:
        cleared = clearing(situation, run.holder, together)
    if cleared is None:
        if situation.finding.call == _RUNNER and run.holder:
            return reason("runner-stays")
        if _is_closed(situation, run.holder):
            return reason("running-loop-closed", f"`{run.holder}.close()`")
        recipe = AwaitCoroutines(run.awaited.target, (run.awaited,))
        return Fix(Strategy.AWAIT, _told(run), recipe, run.difference)
    difference = next((each.difference for each in together if each.difference), None)
    awaited = tuple(each.awaited for each in together)
    recipe = AwaitCoroutines(awaited[0].target, awaited, cleared.removed, cleared.unwrapped)
    return Fix(Strategy.AWAIT, _told(run), recipe, difference)


def _is_closed(situation: Situation, holder: str) -> bool:
    """Whether the loop that runs is closed in the function, which fails before and after."""
    if not holder or not isinstance(situation.call.func, ast.Attribute):
        return False
    around = situation.tree.module if situation.in_cell else situation.function()
    return loop_of(situation, situation.call.func.value) is Made.RUNNING and any(
        closes(node, holder) for node in walk(around)
    )


def _told(run: Run) -> str:
    name = run.awaited.name
    return f"await `{name}` on the loop that runs" if name else "await it on the loop that runs"
