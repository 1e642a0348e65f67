"""The findings in a stretch of statements: which of them a common hop answers."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from awaken.plan.blocks.made_inside import made_inside, root_of
from awaken.plan.blocks.unfinished import keeps_open
from awaken.plan.boundary import verdict_of
from awaken.plan.fix import Strategy
from awaken.plan.offload import runner_of
from awaken.plan.recipes import HopBlock, HopCall, HopExpression
from awaken.plan.windows.differences import difference_around
from awaken.syntax.positions import encloses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from awaken.plan.fix import Fix, PlannedFinding, Reason
    from awaken.plan.runners.runner import Runner
    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Place

# Reasons against a hop for the call alone that a hop for the statements around it may answer.
_ANSWERED = frozenset(
    (
        *("open-handle", "lazy-result", "context-manager", "leaves-the-block", "pruned-walk"),
        *("short-circuit", "generator-expression", "nested-comprehension", "debug-fstring"),
        *("comment-in-call", "unproven-callee", "statement-shape", "thread-affine"),
        *("blocking-property", "implicit-call"),
    )
)
_HOPS = (HopCall, HopExpression, HopBlock)
# Their direct calls have a form that is better than any thread, or none at all.
_DJANGO = "django"
_NO_THREAD = (Strategy.NATIVE, Strategy.PROCESS)
_BETTER = (_DJANGO, "sleep")


class Part(Enum):
    """What becomes of a finding when its statement is considered for a stretch."""

    HOPS = "hops"
    """It would take a hop of its own."""
    MAY_COME = "may come"
    """It would take a hop of its own, but nobody asked for it: where there is a hop, it goes with it."""
    COMES = "comes"
    """It needs no hop, but it may be carried along."""
    STAYS = "stays"
    """It must stay on the loop, or has a better form."""


@dataclass(frozen=True)
class Member:
    """One finding of a coroutine.

    Attributes:
        number: its number among the findings of the file.
        situation: where it stands.
        planned: what would be done about it alone.
    """

    number: int
    situation: Situation
    planned: PlannedFinding

    @property
    def place(self) -> Place:
        """What its own hop would take along."""
        best = self.planned.best
        return best.recipe.target.place if best else self.planned.finding.place

    @property
    def takes_all(self) -> bool:
        """Whether its own hop takes everything along that stands in its place."""
        best = self.planned.best
        return best is not None and isinstance(best.recipe, (HopExpression, HopBlock))

    @cached_property
    def part(self) -> Part:
        """What becomes of it."""
        finding, fixes = self.planned.finding, list(self._fixes())
        # A function of the project that sleeps sleeps in a thread; one that asks Django asks in Django's own.
        better = finding.rule == _DJANGO or (finding.rule in _BETTER and not finding.into)
        if better or any(fix.strategy in _NO_THREAD for fix in fixes):
            return Part.STAYS
        code = self.planned.reason.code if self.planned.reason else ""
        if fixes:
            hops = all(isinstance(fix.recipe, _HOPS) for fix in fixes)
        else:
            hops = code in _ANSWERED and self._may_run_elsewhere()
        if not hops:
            return Part.COMES if code == "holds-gil" else Part.STAYS
        asked = self.situation.settings.asks_for(finding)
        return Part.HOPS if asked else Part.MAY_COME

    def _may_run_elsewhere(self) -> bool:
        """Whether it is the use that was refused, and not what the functions of the project do."""
        into = self.planned.finding.into
        return not into or verdict_of(self.situation).refusal is None

    @cached_property
    def difference(self) -> Reason | None:
        """What a hop changes where it stands."""
        best = self.planned.best
        return best.difference if best else difference_around(self.situation)

    def _fixes(self) -> Iterator[Fix]:
        yield from (fix for fix in (self.planned.safe, self.planned.unsafe) if fix is not None)

    def is_answered(self, block: ast.Module) -> bool:
        """Whether everything open that it works on is made in the block, too.

        Args:
            block: the statements that would become a function.
        """
        if self.planned.best is not None:
            return True
        made = made_inside(block)
        return all(name.id in made or not self._belongs_outside(name) for name in self._worked_on())

    def _worked_on(self) -> Iterator[ast.Name]:
        """The names of what a method is called on, and of its arguments."""
        node = self.situation.node
        parts = [node]
        if isinstance(node, ast.Call):
            parts = [node.func, *node.args, *(keyword.value for keyword in node.keywords)]
        for part in parts:
            root = root_of(part)
            if isinstance(root, ast.Name):
                yield root

    def _belongs_outside(self, name: ast.Name) -> bool:
        """Whether a name stands for an open handle, or what a `with` around closes."""
        if any(keeps_open(self.situation, value) for value in self.situation.values_of(name)):
            return True
        return any(
            isinstance(target, ast.Name) and target.id == name.id
            for up in self.situation.tree.ancestors(name)
            if isinstance(up, ast.With)
            for item in up.items
            for target in [item.optional_vars]
        )


def hops_of(members: Iterable[Member]) -> int:
    """How many hops findings take when each is answered by itself."""
    hops = [each for each in members if each.part is Part.HOPS]
    wholes = {each.place for each in hops if each.takes_all}
    return len(
        {
            each.place
            for each in hops
            if not any(encloses(whole, each.place) for whole in wholes - {each.place})
        }
    )


def runner_for_all(members: Sequence[Member]) -> Runner | None:
    """What carries every one of them; where none has a hop of its own, what would carry one."""
    fixes = [each.planned.best for each in members]
    runners = {fix.recipe.runner for fix in fixes if fix and isinstance(fix.recipe, _HOPS)}
    if len(runners) == 1:
        runner = runners.pop()
        return None if runner.alone else runner
    return None if runners else runner_of(members[0].situation)
