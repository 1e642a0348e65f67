"""Which change groups are to blame when a rewritten file does not pass the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.plan.fix import ChangeGroup, Dropped, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def keep_what_passes(
    groups: Sequence[ChangeGroup], check: Callable[[Sequence[ChangeGroup]], Reason | None]
) -> tuple[list[ChangeGroup], list[Dropped]]:
    """Drop as few groups as needed until the rest passes.

    Args:
        groups: what was asked for.
        check: why a selection must not be written, or None.

    Returns:
        The groups that pass together, and those that were dropped, each with the reason.
    """
    kept = list(groups)
    dropped: list[Dropped] = []
    failure = check(kept) if kept else None
    if failure is None:
        return kept, dropped
    for group in groups:
        alone = _with_needs(group, groups)
        reason = check(alone)
        if reason is not None:
            dropped.append(Dropped(group, reason))
    kept = _without(groups, dropped)
    # Each passes alone, but not all together: the later ones give way.
    while kept and (failure := check(kept)) is not None:
        dropped.append(Dropped(kept[-1], failure))
        kept = _without(groups, dropped)
    return kept, dropped


def _with_needs(group: ChangeGroup, groups: Sequence[ChangeGroup]) -> list[ChangeGroup]:
    wanted = {group.id}
    grown = True
    while grown:
        more = {need for each in groups if each.id in wanted for need in each.needs}
        grown = not more <= wanted
        wanted |= more
    return [each for each in groups if each.id in wanted]


def _without(groups: Sequence[ChangeGroup], dropped: Sequence[Dropped]) -> list[ChangeGroup]:
    """The groups whose needs are still there."""
    gone = {each.group.id for each in dropped}
    while True:
        kept = [group for group in groups if group.id not in gone]
        orphans = {group.id for group in kept if gone & set(group.needs)}
        if not orphans:
            return kept
        gone |= orphans
