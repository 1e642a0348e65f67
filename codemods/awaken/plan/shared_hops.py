"""One hop for a whole expression or block answers every finding inside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan.recipes import HopBlock, HopExpression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.fix import Fix, PlannedFinding
    from awaken.syntax.positions import Place


def share_hops(planned: Sequence[PlannedFinding]) -> list[PlannedFinding]:
    """Give the findings inside a hop the fix of that hop."""
    hops = [each.safe for each in planned if each.safe and _is_whole(each.safe)]
    return [_shared(each, hops) for each in planned]


def _is_whole(fix: Fix) -> bool:
    return isinstance(fix.recipe, (HopBlock, HopExpression))


def _shared(planned: PlannedFinding, hops: Sequence[Fix]) -> PlannedFinding:
    place = planned.finding.place
    around = [fix for fix in hops if encloses(fix.recipe.target.place, place)]
    if not around:
        return planned
    widest = min(around, key=lambda fix: fix.recipe.target.place[:2])
    return replace(planned, safe=widest, unsafe=None, reason=None)


def encloses(outer: Place, inner: Place) -> bool:
    """Whether one place lies within another."""
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    return starts and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
