"""State that a coroutine looks at, and that the function it calls then sets, with a new `await` in between."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.reasons import reason
from awaken.plan.windows.member_state import read_through
from awaken.plan.windows.window import looks_before
from awaken.syntax.names import names_in

if TYPE_CHECKING:
    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation
    from awaken.plan.threads.other_thread import Verdict


def window_into(situation: Situation, verdict: Verdict) -> Reason | None:
    """The difference that the `await` makes to `if self.x is None: self.load()`, or None.

    Args:
        situation: the call.
        verdict: what the functions that are called store to.
    """
    stored = verdict.stored if _is_own(situation) else _variables(verdict.stored)
    if not stored:
        return None
    for line, places, copies in looks_before(situation):
        met = (places | read_through(situation, places)) & stored
        if met and (not copies or copies & names_in(situation.node)):
            place = min(met)
            here = situation.finding.place.line
            detail = (
                f"W-ATOMIC: `{place}` is read on line {line} and set by the call on line {here}"
            )
            return reason("check-then-act", detail)
    return None


def _is_own(situation: Situation) -> bool:
    """Whether a method of the same object is called."""
    call = situation.node
    func = call.func if isinstance(call, ast.Call) else call
    return (
        isinstance(func, ast.Attribute)
        and isinstance(func.value, ast.Name)
        and func.value.id in ("self", "cls")
    )


def _variables(places: frozenset[str]) -> frozenset[str]:
    return frozenset(place for place in places if not place.startswith("self."))
