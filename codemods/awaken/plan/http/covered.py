"""Calls that read the response of a request: what becomes of the request is all that is done about them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan.recipes import NativeRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.fix import Fix, PlannedFinding
    from awaken.syntax.positions import Place


def cover_reads(planned: Sequence[PlannedFinding]) -> list[PlannedFinding]:
    """Give calls that read a response the native form of its request.

    Args:
        planned: the findings of a file, each as it is planned alone.
    """
    safe = dict(_covered(each.safe for each in planned))
    unsafe = dict(_covered(each.unsafe for each in planned))
    return [_with(each, safe, unsafe) for each in planned]


def _with(
    planned: PlannedFinding, safe: dict[Place, Fix], unsafe: dict[Place, Fix]
) -> PlannedFinding:
    place = planned.finding.place
    if place in safe:
        return replace(planned, safe=safe[place], unsafe=None, reason=None)
    if place in unsafe:
        fix = unsafe[place]
        return replace(planned, unsafe=fix, reason=planned.reason or fix.difference)
    return planned


def _covered(fixes: Iterator[Fix | None]) -> Iterator[tuple[Place, Fix]]:
    for fix in fixes:
        if fix is not None and isinstance(fix.recipe, NativeRequest):
            for place in fix.recipe.covered:
                yield place, fix
