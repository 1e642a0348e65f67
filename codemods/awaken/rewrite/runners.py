"""A runner in the text: in front of the callable that it is given, and behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from awaken.plan.runners.runner import Passing
from awaken.rewrite.definitions import definition

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from awaken.plan.recipes import (
        ApplyAsync,
        ChooseAsync,
        FetchFirst,
        HeldHandle,
        HopAttribute,
        HopBlock,
        HopCall,
        HopExpression,
        LeaveInThread,
        PutRight,
        ReadChunks,
        ReadItems,
        ReadLines,
        SliceAsync,
    )
    from awaken.plan.runners.runner import Runner
    from awaken.rewrite.workspace import Workspace

    Hop: TypeAlias = (
        HopCall
        | HopExpression
        | HopBlock
        | ApplyAsync
        | HopAttribute
        | FetchFirst
        | SliceAsync
        | ChooseAsync
        | LeaveInThread
        | PutRight
        | ReadLines
        | ReadChunks
        | ReadItems
        | HeldHandle
    )

_IMPORTED = re.compile(r"\{([\w.]+)\}")


def runner_text(space: Workspace, recipe: Hop) -> str:
    """The callee of the runner; an import that it takes is noted."""
    runner, where = recipe.runner, space.where(recipe.target)
    if runner.spelled:
        return runner.spelled
    if runner.function is not None:
        return definition(space, runner.function)
    if runner.template:
        return _filled(space, recipe, runner.template)
    if runner.by_name:
        return space.names.member_text(runner.name, where)
    return space.names.text(runner.name, where)


def text_before(space: Workspace, recipe: Hop) -> str:
    """The arguments in front of the callable; empty where it comes first. A function that it takes is noted."""
    if recipe.runner.executor is not None:
        return f"{definition(space, recipe.runner.executor)}()"
    return _filled(space, recipe, recipe.runner.before)


def _filled(space: Workspace, recipe: Hop, template: str) -> str:
    """A template with the names that it asks for, as they are written in the file."""
    where = space.where(recipe.target)
    return _IMPORTED.sub(lambda found: space.names.text(found[1], where), template)


def around_callable(
    space: Workspace, recipe: Hop, margin: str = "", *, joined: bool = False
) -> tuple[str, str]:
    """The text in front of the callable that a runner is given, and behind it.

    Args:
        space: the file.
        recipe: what is done there.
        margin: the line break and indentation in front of the arguments, where they stand below the callee.
        joined: whether they stand on one line there.
    """
    runner = recipe.runner
    gap = " " if joined or not margin else margin
    first = text_before(space, recipe)
    before = f"{margin}{first},{gap}" if first else margin
    after = f", {runner.after})" if runner.after else ")"
    return f"{runner_text(space, recipe)}({before}", after


def run_function(space: Workspace, recipe: Hop, function: str, arguments: Sequence[str]) -> str:
    """The call that runs a local function with positional arguments."""
    before, after = around_callable(space, recipe)
    given = ", ".join(arguments)
    if recipe.runner.curries:
        return f"{before}{function}{after}({given})"
    if given and recipe.runner.passing is Passing.NOTHING:
        partial = space.names.text("functools.partial", space.where(recipe.target))
        return f"{before}{partial}({function}, {given}){after}"
    return f"{before}{', '.join((function, *arguments))}{after}"


def needs_partial(runner: Runner, call: ast.Call) -> bool:
    """Whether some argument of a call is not handed on by the runner as it is."""
    if runner.curries:
        return False
    if runner.passing is Passing.NOTHING:
        return bool(call.args or call.keywords)
    if runner.passing is Passing.POSITIONAL:
        return bool(call.keywords)
    # what `**options` holds cannot be told: it may be one of the runner's own names
    return any(
        each.arg in runner.own or (each.arg is None and runner.own) for each in call.keywords
    )
