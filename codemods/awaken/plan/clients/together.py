"""The requests of one object in the plan of their file: they are fixed together, in the same way, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan.recipes import Demote, HopBlock, HopExpression, SwapClient
from awaken.syntax.positions import encloses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.fix import Fix, PlannedFinding, Reason
    from awaken.plan.recipes import Recipe
    from awaken.syntax.positions import Place

_MOVES = (Demote, HopBlock, HopExpression)


def torn_objects(planned: Sequence[PlannedFinding]) -> frozenset[Place]:
    """The requests of objects that would not change as a whole: a part goes into a thread, or has another fix.

    Args:
        planned: the findings of a file.
    """
    fixes = [fix for each in planned for fix in _fixes(each)]
    moves = [fix.recipe.target.place for fix in fixes if isinstance(fix.recipe, _MOVES)]
    planned_places = {each.finding.place for each in planned}
    found: set[Place] = set()
    for recipe in {fix.recipe for fix in fixes if isinstance(fix.recipe, SwapClient)}:
        requests = {each.target.place for each in recipe.requests}
        fixed = {each.finding.place for each in planned if _has(each, recipe)}
        moved = any(encloses(move, place) for move in moves for place in _places(recipe))
        if moved or not requests & planned_places <= fixed:
            found |= requests
    return frozenset(found)


def with_one_verdict(planned: Sequence[PlannedFinding]) -> list[PlannedFinding]:
    """What is unsafe for one request of an object is unsafe for all of them.

    Args:
        planned: the findings of a file.
    """
    differences: dict[Recipe, Reason | None] = {
        each.unsafe.recipe: each.unsafe.difference
        for each in planned
        if each.unsafe is not None and isinstance(each.unsafe.recipe, SwapClient)
    }
    return [
        replace(each, safe=None, unsafe=each.safe.but(difference), reason=difference)
        if each.safe is not None and (difference := differences.get(each.safe.recipe)) is not None
        else each
        for each in planned
    ]


def _fixes(planned: PlannedFinding) -> Iterator[Fix]:
    yield from (fix for fix in (planned.safe, planned.unsafe) if fix is not None)


def _has(planned: PlannedFinding, recipe: SwapClient) -> bool:
    return any(fix.recipe == recipe for fix in _fixes(planned))


def _places(recipe: SwapClient) -> Iterator[Place]:
    """Everything that changes with the object."""
    yield from (each.place for each in recipe.made)
    yield from (each.target.place for each in recipe.requests)
    yield from (each.place for each in recipe.opened)
    yield from (*recipe.closed, *recipe.removed)
