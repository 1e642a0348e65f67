"""Neighbouring statements that block: together they become one function and one hop.

Where no statements can be joined, the calls in one expression may be.

A stretch is made of whole statements of one suite. Every one of them blocks, or is cheap and stands between two that
do. What has a better form of its own (`asyncio.sleep`, an async client, Django's own methods) ends it.

Two threads may run the function at once, as two processes always could: a file that was looked for may be gone
when it is opened. That is no new difference, since no `await` stands in between any more. What one coroutine looks
at and changes in memory, or reads from a file and writes back, was one step on the loop; its members carry
that difference, and the stretch takes it over from them.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.plan.blocks.block import in_coroutine
from awaken.plan.blocks.carried_statements import refusal_of
from awaken.plan.blocks.joined_expressions import joined_expressions
from awaken.plan.blocks.members import Member, Part
from awaken.plan.blocks.stretch import Stretch, plan_stretch
from awaken.plan.blocks.stretch_rules import stays_behind
from awaken.plan.names_in_scope import SCOPES, bound_names, free_reads
from awaken.syntax.positions import Place, encloses
from awaken.syntax.suites import suites_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.fix import Fix, PlannedFinding
    from awaken.plan.situation import Situation

# So many cheap statements in a row, on so many lines, are carried along for the sake of one hop less.
_CARRIED = 3
_LINES = 8


def join_neighbours(
    situations: Sequence[Situation], planned: Sequence[PlannedFinding]
) -> list[PlannedFinding]:
    """Give the findings of each stretch the fix that they have in common.

    Args:
        situations: the findings of one file.
        planned: what would be done about each alone.
    """
    joined = list(planned)
    if not situations or not situations[0].settings.blocks:
        return joined
    for function, members in _by_coroutine(situations, planned).items():
        for together, fix in _Search(members).joined(function.body):
            for member in together:
                joined[member.number] = _answered(member.planned, fix)
    return joined


def _answered(planned: PlannedFinding, fix: Fix) -> PlannedFinding:
    if fix.difference is None:
        return replace(planned, safe=fix, unsafe=None, reason=None)
    return replace(planned, safe=None, unsafe=fix, reason=fix.difference)


def _by_coroutine(
    situations: Sequence[Situation], planned: Sequence[PlannedFinding]
) -> dict[ast.AsyncFunctionDef, list[Member]]:
    """The findings that stand in each coroutine itself, where there are several to be joined."""
    found: dict[ast.AsyncFunctionDef, list[Member]] = {}
    for number, (situation, each) in enumerate(zip(situations, planned, strict=True)):
        if in_coroutine(situation, situation.node):
            found.setdefault(situation.function(), []).append(Member(number, situation, each))
    return {
        function: members
        for function, members in found.items()
        if sum(member.part is Part.HOPS for member in members) > 1
    }


def belongs_to(statement: ast.stmt, block: Sequence[ast.stmt]) -> bool:
    """Whether a `return` behind statements gives what they made, or is one of several."""
    if not isinstance(statement, ast.Return):
        return False
    several = any(isinstance(node, ast.Return) for each in block for node in ast.walk(each))
    return several or not bound_names(block).isdisjoint(free_reads(statement))


def is_much(statements: Sequence[ast.stmt]) -> bool:
    """Whether carrying statements along would move more code than a hop less is worth."""
    lines = sum((each.end_lineno or each.lineno) - each.lineno + 1 for each in statements)
    return len(statements) > _CARRIED or lines > _LINES


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for stretches in one coroutine."""

    members: Sequence[Member]

    def joined(self, suite: Sequence[ast.stmt]) -> Iterator[tuple[Sequence[Member], Fix]]:
        """What is joined in a suite: the longest stretches, and what lies in the statements between them."""
        start = 0
        while start < len(suite):
            found = self._longest(suite[start:])
            if found is not None:
                stretch, fix = found
                yield stretch.members, fix
                start += len(stretch.statements)
                continue
            if not isinstance(suite[start], SCOPES):
                yield from joined_expressions(suite[start], self._in(suite[start : start + 1]))
                for inner in suites_of(suite[start]):
                    yield from self.joined(inner)
            start += 1

    def _longest(self, suite: Sequence[ast.stmt]) -> tuple[Stretch, Fix] | None:
        """The longest stretch that starts with the first statement of `suite`."""
        if not self._hops(suite[0]):
            return None
        for end in range(self._reach(suite), 0, -1):
            block = suite[:end]
            if self._hops(block[-1]) or belongs_to(block[-1], block[:-1]):
                stretch = Stretch(block, self._in(block))
                fix = plan_stretch(stretch)
                if fix is not None:
                    return stretch, fix
        return None

    def _reach(self, suite: Sequence[ast.stmt]) -> int:
        """How many statements of `suite` may go together, as far as each by itself is concerned."""
        first = self._in(suite[:1])[0]
        cheap: list[ast.stmt] = []
        for number, statement in enumerate(suite):
            members = self._in([statement])
            block = suite[: number + 1]
            cheap = [] if self._hops(statement) else [*cheap, statement]
            if is_much(cheap) or not self._go_with(first, members):
                return number
            whole = ast.Module([*block], [])
            if stays_behind(first.situation, statement, whole, self.members):
                return number
            if refusal_of(first.situation, block, returns=True) is not None:
                return number
        return len(suite)

    def _go_with(self, first: Member, members: Sequence[Member]) -> bool:
        """Whether findings can share a hop with the first one: what is safe is not joined to what is not."""
        return all(
            member.part is not Part.STAYS
            and (member.difference is None) == (first.difference is None)
            for member in members
        )

    def _hops(self, statement: ast.stmt) -> bool:
        return any(member.part in (Part.HOPS, Part.MAY_COME) for member in self._in([statement]))

    def _in(self, block: Sequence[ast.stmt]) -> list[Member]:
        places = [Place.of(each) for each in block]
        return [
            member
            for member in self.members
            if any(encloses(place, member.planned.finding.place) for place in places)
        ]
