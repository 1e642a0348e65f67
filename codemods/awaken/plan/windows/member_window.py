"""Windows between what is looked at and what is changed, where methods or properties of `self` do either.

`if not self.is_ready: ...; self.set_token(token)`: the property reads what the method sets.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from awaken.plan.windows.changes import own_nodes
from awaken.plan.windows.member_state import read_through, state_behind
from awaken.plan.windows.window import changes_behind, looks_before, torn
from awaken.syntax.names import names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation


class _Change(NamedTuple):
    """What is set behind a finding, where, and from which local names."""

    line: int
    places: frozenset[str]
    uses: frozenset[str]


def window_through_members(situation: Situation) -> Reason | None:
    """Why the finding's `await` would open a window that goes through members of `self`, or None.

    Args:
        situation: the finding.
    """
    looks = list(looks_before(situation))
    if not looks:
        return None
    calls = list(_calls_behind(situation))
    direct = [
        _of(situation, change.start, change.place, change.uses)
        for change in changes_behind(situation)
    ]
    for line, places, copies in looks:
        through = read_through(situation, places)
        pairs = [
            *((through, each) for each in direct),
            *((places | through, each) for each in calls),
        ]
        for read, change in pairs:
            met = read & change.places
            if met and (not copies or copies & change.uses):
                code = "read-modify-write" if copies else "check-then-act"
                return torn(code, min(met), line, f"changed on line {change.line}")
    return None


def _of(situation: Situation, start: int, place: str, uses: frozenset[str]) -> _Change:
    return _Change(situation.tree.offsets.line_of(start), frozenset((place,)), uses)


def _calls_behind(situation: Situation) -> Iterator[_Change]:
    """Calls of the object's own methods behind the finding, with what they set."""
    here = situation.tree.span(situation.node).end
    for node in own_nodes(situation.function()):
        if isinstance(node, ast.Call) and situation.tree.span(node).start >= here:
            stored = state_behind(situation, ast.unparse(node.func)).stored
            if stored:
                yield _Change(node.lineno, stored, names_in(node))
