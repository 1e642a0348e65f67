"""How a handle that is held is laid out: a `try` with a `finally`, or the `with` as it was."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.blocks.carried_statements import stands_alone
from awaken.plan.recipes import Closing, HeldHandle, HopBlock, NativeRequest
from awaken.plan.runners.runner import ANYIO, ASYNCIFY, RUN_IN_THREADPOOL, Runner
from awaken.plan.windows.clean_up import cancels_every_await
from awaken.syntax.positions import Place, encloses
from awaken.syntax.with_header import header_gaps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.fix import PlannedFinding
    from awaken.plan.handles.known_uses import Held
    from awaken.plan.handles.opening import Opening

# A cancelled scope of anyio lets nothing be awaited in a `finally`; these wait for their thread instead.
_LEVEL_CANCELLED = frozenset((ANYIO.name, ASYNCIFY.name, RUN_IN_THREADPOOL.name))


def may_have_blocks(opening: Opening, planned: Sequence[PlannedFinding]) -> bool:
    """Whether statements may become functions: not where they change their indentation as well."""
    statement = opening.statement
    single = not isinstance(statement, ast.With) or len(statement.items) == 1
    return single and opening.situation.settings.blocks and not _is_indented(opening, planned)


def _is_indented(opening: Opening, planned: Sequence[PlannedFinding]) -> bool:
    """Whether a `with` around the opening becomes several, and moves all that is in it further in."""
    split = {
        fix.recipe.target.place
        for each in planned
        for fix in (each.safe, each.unsafe)
        if fix is not None and isinstance(fix.recipe, HeldHandle) and fix.recipe.closings
    }
    return any(
        isinstance(up, ast.With) and len(up.items) > 1 and Place.of(up) in split
        for up in opening.situation.tree.ancestors(opening.situation.node)
        if up is not opening.statement
    )


def closings_of(
    held: Sequence[Held], runner: Runner, planned: Sequence[PlannedFinding]
) -> tuple[Closing, ...]:
    """What a `finally` closes; nothing where the `with` stays, and closes on the loop."""
    first = held[0].opening
    statement, tree = first.statement, first.situation.tree
    if not isinstance(statement, ast.With) or not _may_await_at_the_end(first, runner):
        return ()
    items = {each.opening.item for each in held}
    if not header_gaps(tree, statement, items) or not stands_alone(first.situation, [statement]):
        return ()
    if statement.body[0].lineno == statement.lineno or _is_indented(first, planned):
        return ()
    if _is_moved_inside(statement, planned):
        return ()
    return tuple(
        Closing(each.opening.item, each.name, each.opening.closing, each.opening.entered)
        for each in held
    )


def _may_await_at_the_end(opening: Opening, runner: Runner) -> bool:
    skipped = cancels_every_await(opening.situation)
    return not skipped and runner.name not in _LEVEL_CANCELLED


def _is_moved_inside(statement: ast.With, planned: Sequence[PlannedFinding]) -> bool:
    """Whether the indentation of something inside is changed by another fix as well."""
    place = Place.of(statement)
    return len(statement.items) > 1 and any(
        isinstance(fix.recipe, (HopBlock, NativeRequest, HeldHandle))
        and encloses(place, fix.recipe.target.place)
        for each in planned
        for fix in (each.safe, each.unsafe)
        if fix is not None
    )
