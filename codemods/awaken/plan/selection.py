"""Change groups: what is selected, refused and undone as one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan.fix import ChangeGroup, Fix, PlannedFinding
from awaken.plan.recipes import (
    AsyncFile,
    AwaitCoroutines,
    Demote,
    EnterClient,
    FetchAnew,
    HeldHandle,
    HopBlock,
    HopExpression,
    JoinRelated,
    NativeRequest,
    RemoveCall,
    SharedClient,
    StreamRequest,
    StreamRows,
    SwapClient,
    SwapObject,
    single_recipes,
)
from awaken.syntax.positions import encloses

if TYPE_CHECKING:
    from collections.abc import Sequence

# What changes in several places of the file, all or none.
_WHOLE = (
    AsyncFile, AwaitCoroutines, Demote, EnterClient, FetchAnew, HeldHandle, JoinRelated, NativeRequest,
    SharedClient, StreamRequest, StreamRows, SwapClient, SwapObject,
)  # fmt: skip


def change_groups(
    path: str, planned: Sequence[PlannedFinding], *, unsafe: bool
) -> tuple[ChangeGroup, ...]:
    """The change groups of one file, in the order of the text.

    Args:
        path: POSIX path relative to the project root.
        planned: the file's findings.
        unsafe: whether fixes with a named difference are among them.
    """
    chosen = [(each, fix) for each in planned if (fix := each.chosen(unsafe=unsafe)) is not None]
    groups: list[ChangeGroup] = []
    for each, fix in chosen:
        outer = next((group for group in groups if _covers(group.fix, each, fix)), None)
        if outer is not None:
            merged = replace(outer, findings=(*outer.findings, each.finding))
            groups[groups.index(outer)] = merged
            continue
        swallowed = [group for group in groups if _swallows(fix, group)]
        groups = [group for group in groups if group not in swallowed]
        findings = (each.finding, *(found for group in swallowed for found in group.findings))
        groups.append(ChangeGroup("", path, fix, findings))
    numbered = [replace(group, id=f"{path}:{number}") for number, group in enumerate(groups, 1)]
    return tuple(replace(group, needs=_needs(group, numbered)) for group in numbered)


def _covers(outer: Fix, inner: PlannedFinding, fix: Fix) -> bool:
    """One hop for a whole expression takes everything inside along; what changes as a whole changes once."""
    if isinstance(outer.recipe, _WHOLE):
        return fix.recipe == outer.recipe
    return isinstance(outer.recipe, (HopExpression, HopBlock)) and encloses(
        outer.recipe.target.place, inner.finding.place
    )


def _swallows(fix: Fix, group: ChangeGroup) -> bool:
    return isinstance(fix.recipe, (HopExpression, HopBlock)) and encloses(
        fix.recipe.target.place, group.fix.recipe.target.place
    )


def _needs(group: ChangeGroup, groups: Sequence[ChangeGroup]) -> tuple[str, ...]:
    """What a group goes with: what sets the same variable, what allows nested loops, a lock that becomes asyncio's."""
    recipe = group.fix.recipe
    partners = recipe.partners if isinstance(recipe, (NativeRequest, SharedClient)) else ()
    partners = recipe.behind if isinstance(recipe, RemoveCall) else partners
    return tuple(
        other.id
        for other in groups
        if any(each.target.place in partners for each in single_recipes(other.fix.recipe))
        or _holds(other, group)
    )


def _holds(other: ChangeGroup, group: ChangeGroup) -> bool:
    """Whether a group stands in the coroutines that hold what another one changes."""
    swap = other.fix.recipe
    if not isinstance(swap, SwapObject) or other is group:
        return False
    place = group.fix.recipe.target.place
    return any(encloses(each, place) for each in swap.holding)
