"""Calls: another callee, a thread in between, or the async member of the same object."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.plan.call_text import callee_end, opening_parenthesis
from awaken.rewrite.arguments import argument_edits
from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.removals import remove_statement
from awaken.rewrite.runners import around_callable, needs_partial, text_before
from awaken.syntax.positions import Span
from awaken.syntax.suites import suites_of

if TYPE_CHECKING:
    from awaken.plan.recipes import (
        AwaitMember,
        HopCall,
        HopExpression,
        RemoveCall,
        RenameCall,
        SwapCall,
    )
    from awaken.rewrite.workspace import Workspace

# The width that black and ruff format to unless told otherwise.
_WIDTH = 88
_FIRST_ARGUMENT = re.compile(
    r"[ \t\f]*(?:#[^\r\n]*)?(\r\n|\r|\n)(?:[ \t\f]*(?:\r\n|\r|\n))*([ \t\f]*)"
)


def swap_call(space: Workspace, recipe: SwapCall) -> list[Edit]:
    """`time.sleep(x)` to `await asyncio.sleep(x)`."""
    call = space.call(recipe.target.place)
    span = space.tree.span(call)
    callee = Span(span.start, callee_end(space.tree, call))
    name = space.names.text(recipe.callee, space.where(recipe.target))
    return [
        *space.awaited(call, ""),
        Edit(callee, name, callee),
        *space.listed(recipe.target.generator),
    ]


def rename_call(space: Workspace, recipe: RenameCall) -> list[Edit]:
    """`asyncio.get_event_loop()` to `asyncio.get_running_loop()`."""
    call = space.call(recipe.target.place)
    span = space.tree.span(call)
    callee = Span(span.start, callee_end(space.tree, call))
    where = space.where(recipe.target)
    name = space.names.text(recipe.callee, where)
    return [Edit(callee, name, callee), *argument_edits(space, call, recipe.passed, where)]


def remove_call(space: Workspace, recipe: RemoveCall) -> list[Edit]:
    """`nest_asyncio.apply()` to nothing."""
    statement = space.tree.statement(space.call(recipe.target.place))
    owner = space.tree.parent(statement)
    suites = suites_of(owner) if owner is not None else iter(())
    suite = next((each for each in suites if statement in each), [statement])
    return [remove_statement(space.tree, statement, suite)]


def hop_call(space: Workspace, recipe: HopCall) -> list[Edit]:
    """`f(a)` to `await asyncio.to_thread(f, a)`, or to `await sync_to_async(f)(a)`."""
    call = space.call(recipe.target.place)
    listed = space.listed(recipe.target.generator)
    end = callee_end(space.tree, call)
    if recipe.runner.curries:
        before, after = around_callable(space, recipe)
        callee = Span(space.tree.span(call).start, end)
        return [*space.awaited(call, before), insert(end, after, callee), *listed]
    margin, between, after = _layout(space, call)
    opening = Span(end, opening_parenthesis(space.tree, call) + 1)
    joined = _joined_line(space, call, text_before(space, recipe)) if margin else None
    if joined is not None:
        between, opening = ", ", Span(end, joined)
    if needs_partial(recipe.runner, call):
        partial = space.names.text("functools.partial", space.where(recipe.target))
        before, after = f"{around_callable(space, recipe)[0]}{partial}({margin}", f"{after})"
    else:
        before, _ = around_callable(space, recipe, margin, joined=joined is not None)
    return [
        *space.awaited(call, before, after),
        Edit(opening, between, opening),
        *listed,
    ]


def _layout(space: Workspace, call: ast.Call) -> tuple[str, str, str]:
    """The text in front of the callee, between it and its first argument, and behind the last one.

    An argument list over several lines stays one.
    """
    if not call.args and not call.keywords:
        return "", "", ""
    sole = call.args[0] if len(call.args) == 1 and not call.keywords else None
    bare = sole is not None and space.tree.span(sole).end == space.tree.span(call).end
    if bare and isinstance(sole, ast.GeneratorExp):
        return "", ", (", ")"
    opening = opening_parenthesis(space.tree, call)
    broken = _FIRST_ARGUMENT.match(space.tree.text, opening + 1)
    if broken:
        return f"{broken[1]}{broken[2]}", ",", ""
    return "", ", ", ""


def _joined_line(space: Workspace, call: ast.Call, before: str) -> int | None:
    """Where the arguments begin that stand on one line of their own, if the callee fits in front of them.

    Args:
        space: the file.
        call: the call that is taken off the loop.
        before: what else stands in front of them.
    """
    arguments = [space.tree.span(node) for node in call.args]
    arguments += [space.tree.offsets.span(keyword) for keyword in call.keywords]
    first, last = min(arguments).start, max(span.end for span in arguments)
    line = space.tree.text[space.tree.offsets.line_start(first) : last]
    between = space.tree.text[opening_parenthesis(space.tree, call) + 1 : first]
    added = len(space.tree.source(call.func)) + (len(before) + 2 if before else 0)
    fits = "\n" not in line and len(line) + added + 3 <= _WIDTH
    spread = space.tree.text[last:].lstrip().startswith(",")  # formatters keep one argument a line
    return first if fits and not spread and not between.strip() else None


def hop_expression(space: Workspace, recipe: HopExpression) -> list[Edit]:
    """`open(p).read()` to `await asyncio.to_thread(lambda: open(p).read())`."""
    node = space.expression(recipe.target.place)
    before, after = around_callable(space, recipe)
    opening, closing = ("list(", ")") if recipe.materialise else ("", "")
    called = "()" if recipe.runner.curries else ""
    return [
        *space.awaited(node, f"{before}lambda: {opening}", f"{closing}{after}{called}"),
        *space.listed(recipe.target.generator),
    ]


def await_member(space: Workspace, recipe: AwaitMember) -> list[Edit]:
    """`qs.get(pk=1)` to `await qs.aget(pk=1)`."""
    call = space.call(recipe.target.place)
    if not isinstance(call.func, ast.Attribute):
        raise LookupError(f"no member is called at line {recipe.target.place.line}")
    end = space.tree.span(call.func).end
    name = Span(end - len(call.func.attr), end)
    return [
        *space.awaited(call, ""),
        Edit(name, recipe.member, name),
        *space.listed(recipe.target.generator),
    ]
