"""A loop that a coroutine runs itself: `asyncio.run(fetch())` to `await fetch()`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.await_position import await_position
from awaken.plan.fix import Reason
from awaken.plan.loop.awaitable import Certainty
from awaken.plan.loop.failure import counted_on
from awaken.plan.loop.loops import Made, loop_of, mentions
from awaken.plan.loop.nesting import shares_context
from awaken.plan.loop.runs import Given, given_to_loop
from awaken.plan.reasons import reason
from awaken.plan.recipes import Awaited

if TYPE_CHECKING:
    from awaken.plan.situation import Situation


@dataclass(frozen=True, slots=True)
class Run:
    """A call that runs a loop, as it would be awaited.

    Attributes:
        call: the call.
        awaited: what is written in its place.
        difference: what remains different, or None.
        holder: the variable that holds the loop, or empty.
    """

    call: ast.Call
    awaited: Awaited
    difference: Reason | None
    holder: str = ""


def read_run(situation: Situation) -> Run | Reason:
    """The call of a finding, which fails where a loop runs, as it would be awaited; or why it cannot be."""
    given = given_to_loop(situation)
    if isinstance(given, Reason):
        return given
    refusal, difference = counted_on(situation)
    refusal = refusal or _bound_elsewhere(situation, given)
    if refusal is not None:
        return refusal
    if given.known is Certainty.UNKNOWN:
        difference = difference or reason("not-known-awaitable")
    difference = difference or shares_context(situation)
    return awaited(situation, given, difference, holder=holder_of(situation.call))


def awaited(
    situation: Situation, given: Given, difference: Reason | None, *, holder: str = ""
) -> Run | Reason:
    """`await` of what is given, where one can stand."""
    position = await_position(situation, situation.call)
    if position.refusal is not None:
        return position.refusal
    target = situation.target(generator=position.generator)
    recipe = Awaited(target, given.pieces, given.name)
    return Run(situation.call, recipe, difference, holder)


def holder_of(call: ast.Call) -> str:
    """The variable whose method a call is; empty where it is none."""
    func = call.func
    known = isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name)
    return func.value.id if known else ""  # type: ignore[attr-defined]


def _bound_elsewhere(situation: Situation, given: Given) -> Reason | None:
    """Why what is given belongs to another loop than the one that runs."""
    func = situation.call.func
    if not isinstance(func, ast.Attribute) or not _has_loop(situation):
        return None
    if loop_of(situation, func.value) is Made.RUNNING:
        return None
    name = holder_of(situation.call)
    handed = bool(name) and any(mentions(node, name) for node in given.kept)
    return reason("other-loop") if handed or given.known is Certainty.FUTURE else None


def _has_loop(situation: Situation) -> bool:
    return situation.finding.call == "asyncio.AbstractEventLoop.run_until_complete"
