"""Handles that live on across awaits: opened, used and closed in hops of their own.

Reference: what closing does while another thread is in a call was found out by running it. The buffer below a file
has a lock, so that closing waits; archives and compressed files have none.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.plan.blocks.made_inside import root_of
from awaken.plan.blocks.members import Member, Part
from awaken.plan.blocks.neighbours import join_neighbours
from awaken.plan.fix import Fix, PlannedFinding, Reason, Strategy
from awaken.plan.handles.known_uses import Held, Use, may_tear
from awaken.plan.handles.layout import closings_of, may_have_blocks
from awaken.plan.handles.opening import (
    Opening,
    fresh_name,
    is_bound_once,
    is_left,
    may_close,
    opening_of,
)
from awaken.plan.handles.single_hops import single_hop, unreported, whole_loop
from awaken.plan.handles.uses import uses_of
from awaken.plan.offload import bare_hop, runner_of
from awaken.plan.reasons import reason
from awaken.plan.recipes import (
    HeldHandle,
    HopBlock,
    HopExpression,
    ReadItems,
    ReadLines,
    Target,
)
from awaken.plan.windows.differences import difference_around
from awaken.plan.windows.handed_state import handed_state
from awaken.syntax.names import is_name
from awaken.syntax.positions import Place, encloses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from awaken.plan.recipes import Recipe
    from awaken.plan.runners.runner import Runner
    from awaken.plan.situation import Situation

# It stays on the loop, where no cancelled scope skips it.
_SKIPPED = "skipped-clean-up"
_STANDARD_INPUT = "sys.stdin().__iter__"


def hold_handles(
    situations: Sequence[Situation], planned: Sequence[PlannedFinding]
) -> list[PlannedFinding]:
    """Give what opens a handle, and each use of it, the fix that they have in common.

    Args:
        situations: the findings of one file.
        planned: what would be done about each alone.
    """
    found = list(planned)
    if not situations or not _asks_for_threads(situations[0]):
        return found
    for number, (situation, each) in enumerate(zip(situations, planned, strict=True)):
        opening = opening_of(situation) if is_left(each) else None
        if opening is not None and found[number].best is None:
            for answered, fix in _Plan(opening, situations, found).answers(number):
                found[answered] = _answer(found[answered], fix)
    for number, (situation, each) in enumerate(zip(situations, found, strict=True)):
        if each.best is None and _is_never_closed(situation, each):
            found[number] = _alone_in_loop(situation, each)
    return found


def _is_never_closed(situation: Situation, planned: PlannedFinding) -> bool:
    """`sys.stdin`, or a feed of something that is left open in this function."""
    if situation.finding.call == _STANDARD_INPUT:
        return True
    finding = situation.finding
    if finding.entry.result is not Result.FEED or finding.into or not is_left(planned):
        return False
    nodes = [*ast.walk(situation.function())]
    names = _came_from(situation.node, nodes)
    entered = (each.optional_vars for each in nodes if isinstance(each, ast.withitem))
    closed = (
        each.value for each in nodes if isinstance(each, ast.Attribute) and each.attr == "close"
    )
    return bool(names) and not any(
        isinstance(each, ast.Name) and each.id in names for each in (*entered, *closed)
    )


def _came_from(feed: ast.expr, nodes: Sequence[ast.AST]) -> set[str]:
    """The variables that a feed was made from: `lines`, and `response` in `lines = response.iter_lines()`."""
    names: set[str] = set()
    pending: list[ast.expr] = [feed]
    while pending:
        root = root_of(pending.pop())
        if isinstance(root, ast.Name) and root.id not in names:
            names.add(root.id)
            assigned = (each for each in nodes if isinstance(each, ast.Assign))
            pending += (
                each.value for each in assigned if any(is_name(t, root.id) for t in each.targets)
            )
    return names


def _alone_in_loop(situation: Situation, planned: PlannedFinding) -> PlannedFinding:
    """`for line in sys.stdin`: nobody opens it, and nobody closes it."""
    hop = single_hop(situation, runner_of(situation))
    if isinstance(hop, Reason) or not isinstance(hop.recipe, (ReadLines, ReadItems, HopExpression)):
        return planned
    return _answer(planned, hop.but(difference_around(situation)))


def _asks_for_threads(situation: Situation) -> bool:
    asked = situation.settings.strategies
    return not asked or Strategy.THREAD.value in asked


def _answer(planned: PlannedFinding, fix: Fix) -> PlannedFinding:
    """What is safe takes the place of everything else; what is unsafe stands beside what is safe."""
    if fix.difference is None:
        return replace(planned, safe=fix, unsafe=None, reason=None)
    why = planned.reason if planned.safe else fix.difference
    return replace(planned, unsafe=fix, reason=why)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Plans one opening, with those that stand in the same `with`.

    Attributes:
        opening: the opening.
        situations: the findings of the file.
        planned: what would be done about each so far.
    """

    opening: Opening
    situations: Sequence[Situation]
    planned: Sequence[PlannedFinding]

    def answers(self, number: int) -> Iterator[tuple[int, Fix]]:
        """The fixes, each with the number of a finding that it answers.

        Args:
            number: the number of the opening.
        """
        runner = runner_of(self.opening.situation)
        if isinstance(runner, Reason):
            return
        alone = {each: self._alone(each, runner) for each in self._openings(number)}
        held = {
            each: found
            for each, hop in alone.items()
            if hop is not None
            for opening in [opening_of(self.situations[each])]
            if opening is not None
            for found in [self._held(opening, runner)]
            if found is not None
        }
        left = {each: hop for each, hop in alone.items() if hop is not None}
        for each, fix in self._together(held, alone, runner) if held else ():
            if fix.difference is None:
                left.pop(each, None)
            yield each, fix
        # Where the whole is unsafe, opening alone is there beside it.
        yield from (
            (each, hop) for each, hop in left.items() if hop.difference is None or each not in held
        )

    def _openings(self, number: int) -> list[int]:
        """The openings that stand in the same `with` and have no fix."""
        statement = self.opening.statement
        if not isinstance(statement, ast.With):
            return [number]
        items = [item.context_expr for item in statement.items]
        return [
            other
            for other, (situation, each) in enumerate(
                zip(self.situations, self.planned, strict=True)
            )
            if situation.node in items and is_left(each)
        ]

    def _alone(self, number: int, runner: Runner) -> Fix | None:
        """Opening in a thread; what is done with the handle later stays as it is."""
        situation = self.situations[number]
        if opening_of(situation) is None:
            return None
        hop = bare_hop(situation, runner)
        if isinstance(hop, Reason):
            return None
        hop = replace(hop, description=f"open through `{runner.shown}`; its uses stay as they are")
        return hop.but(difference_around(situation) or handed_state(situation, hop))

    def _held(self, opening: Opening, runner: Runner) -> Held | None:
        """The opening with the hops of its uses; None where code may have the handle that is not known."""
        is_with = isinstance(opening.statement, ast.With)
        if opening.statement is None or (is_with and not may_close(opening)):
            return None
        if is_with and (opening.entered or not opening.has_target):
            return Held(opening, fresh_name(opening), ())
        if not opening.name or not is_bound_once(opening):
            return None
        uses = self._uses(opening, runner)
        return None if uses is None else Held(opening, opening.name, uses)

    def _uses(self, opening: Opening, runner: Runner) -> tuple[Use, ...] | None:
        """The uses that take a hop; None where one cannot, or where other code gets hold of the handle."""
        nodes = {situation.node: number for number, situation in enumerate(self.situations)}
        found = uses_of(opening, frozenset(nodes))
        if found.escapes is not None:
            return None
        uses = []
        for node in found.blocking:
            number = nodes.get(node)
            if number is not None and self._is_moved(number):
                continue
            situation = self._situation(opening, node, number)
            hop = self._hop(opening, situation, runner) if situation is not None else None
            if situation is None or hop is None:
                return None
            if hop.reason is None or hop.reason.code != _SKIPPED:
                uses.append(Use(number, situation, hop))
        return tuple(uses)

    def _situation(self, opening: Opening, node: ast.expr, number: int | None) -> Situation | None:
        """Where a use stands; None where that is not known, as inside an f-string."""
        if number is not None:
            return self.situations[number]
        if not isinstance(node, ast.Call) or Place.of(node) not in opening.situation.calls:
            return None
        return unreported(opening.situation, node)

    def _is_moved(self, number: int) -> bool:
        """Whether a finding has a fix already, or stands in something that is moved as a whole."""
        place = self.planned[number].finding.place
        return self.planned[number].safe is not None or any(
            isinstance(recipe, (HopBlock, HopExpression)) and encloses(recipe.target.place, place)
            for each in self.planned
            if each.best
            for recipe in [each.best.recipe]
        )

    def _hop(self, opening: Opening, situation: Situation, runner: Runner) -> PlannedFinding | None:
        hop: Fix | Reason | None = None
        if may_have_blocks(opening, self.planned):
            hop = whole_loop(situation, runner, opening)
            if hop is not None and not self._goes_along(hop.recipe.target.place, opening):
                hop = None
        hop = hop or single_hop(situation, runner)
        if isinstance(hop, Reason):
            return None
        hop = hop.but(difference_around(situation) or handed_state(situation, hop))
        if hop.difference is None:
            return PlannedFinding(situation.finding, hop)
        return PlannedFinding(situation.finding, None, hop, hop.difference)

    def _goes_along(self, place: Place, opening: Opening) -> bool:
        """Whether everything else that blocks in a loop may go to the thread with it."""
        nodes = {situation.node: number for number, situation in enumerate(self.situations)}
        own = {nodes.get(node) for node in uses_of(opening, frozenset(nodes)).blocking}
        parts = (Part.HOPS, Part.MAY_COME, Part.COMES)
        return all(
            number in own or Member(number, situation, each).part in parts
            for number, (situation, each) in enumerate(
                zip(self.situations, self.planned, strict=True)
            )
            if encloses(place, each.finding.place)
        )

    def _together(
        self, held: dict[int, Held], alone: dict[int, Fix | None], runner: Runner
    ) -> Iterator[tuple[int, Fix]]:
        """One fix for the openings of a statement, and for all that is done with them."""
        first = next(iter(held.values())).opening
        uses = [use for each in held.values() for use in each.uses]
        joined = self._joined(first, uses)
        openings = [hop for number, hop in alone.items() if hop is not None and number in held]
        hops = [*openings, *(fix for _, fix in joined)]
        closings = closings_of(list(held.values()), runner, self.planned)
        target = first.situation.target()
        if isinstance(first.statement, ast.With) and closings:
            target = Target(Place.of(first.statement), target.scope, target.suite)
        parts = dict.fromkeys(fix.recipe for fix in hops)
        recipe = HeldHandle(target, runner, tuple(parts), closings)  # type: ignore[arg-type]
        difference = next((fix.difference for fix in hops if fix.difference), None)
        if difference is None and any(may_tear(each) for each in held.values()):
            difference = reason("closed-meanwhile")
        what = "open, use and close it" if closings or uses else "open it"
        description = f"{what} through `{runner.shown}`, each in a hop of its own"
        fix = Fix(Strategy.THREAD, description, recipe, difference)
        answered = {*held, *(number for number, _ in joined if number is not None)}
        answered |= set(self._inside(parts))
        yield from ((number, fix) for number in sorted(answered))

    def _inside(self, parts: Iterable[Recipe]) -> Iterator[int]:
        """The findings that go along with a part which is moved as a whole."""
        wholes = [
            part.target.place for part in parts if isinstance(part, (HopBlock, HopExpression))
        ]
        for number, each in enumerate(self.planned):
            if any(encloses(place, each.finding.place) for place in wholes):
                yield number

    def _joined(self, opening: Opening, uses: Sequence[Use]) -> list[tuple[int | None, Fix]]:
        """The hops of the uses, those of neighbours joined, each with the number of its finding."""
        others = self._around(opening, uses) if may_have_blocks(opening, self.planned) else []
        every = sorted([*uses, *others], key=lambda each: each.situation.finding.place)
        before = [each.planned for each in every]
        after = before
        if may_have_blocks(opening, self.planned):
            after = join_neighbours([each.situation for each in every], before)
        own = {id(each.planned) for each in uses}
        moved = {
            now.best.recipe
            for was, now in zip(before, after, strict=True)
            if id(was) in own and now.best is not None
        }
        return [
            (each.number, now.best)
            for each, now in zip(every, after, strict=True)
            if now.best is not None and now.best.recipe in moved
        ]

    def _around(self, opening: Opening, uses: Sequence[Use]) -> list[Use]:
        """The other findings in the statements where the handle lives."""
        taken = {use.number for use in uses}
        places = [Place.of(statement) for statement in opening.region]
        stays = PlannedFinding(opening.situation.finding, reason=reason("not-known"))
        return [
            Use(number, situation, stays if situation is opening.situation else each)
            for number, (situation, each) in enumerate(
                zip(self.situations, self.planned, strict=True)
            )
            if number not in taken and any(encloses(place, each.finding.place) for place in places)
        ]
