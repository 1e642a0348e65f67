"""Two plans for one file: one that holds in any case, and one that rests on something that cannot be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.plan.fix import PlannedFinding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.fix import Reason


def with_alternatives(
    certain: Sequence[PlannedFinding], other: Sequence[PlannedFinding], difference: Reason
) -> list[PlannedFinding]:
    """The certain plan for whoever wants safe fixes, and the other one, as a whole, for the rest.

    Args:
        certain: the findings of a file as they are planned in any case.
        other: the same findings, in the same order, as they would be planned besides.
        difference: what the other plan rests on.
    """
    pairs = list(zip(certain, other, strict=True))
    if any(one.best is not None and two.best is None for one, two in pairs):
        return list(certain)  # in part it might move what the other one changes
    return [
        one if one.best == two.best else _with_alternative(one, two, difference)
        for one, two in pairs
    ]


def _with_alternative(
    one: PlannedFinding, two: PlannedFinding, difference: Reason
) -> PlannedFinding:
    fix = two.best
    if fix is None:
        return one
    unsafe = fix.but(fix.difference or difference)
    why = one.reason if one.safe is not None else unsafe.difference
    return PlannedFinding(two.finding, one.safe, unsafe, why)
