"""Calls: another callee, a thread in between, or the async member of the same object."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.plan.call_text import callee_end, opening_parenthesis
from awaken.plan.recipes import AwaitMember, HopCall, HopExpression, Runner, SwapCall
from awaken.rewrite.edit import Edit, insert
from awaken.syntax.positions import Span

if TYPE_CHECKING:
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


def hop_call(space: Workspace, recipe: HopCall) -> list[Edit]:
    """`f(a)` to `await asyncio.to_thread(f, a)`, or to `await sync_to_async(f)(a)`."""
    call = space.call(recipe.target.place)
    runner = space.names.text(recipe.runner.value, space.where(recipe.target))
    listed = space.listed(recipe.target.generator)
    end = callee_end(space.tree, call)
    owner = space.tree.span(call)
    if recipe.runner is Runner.SYNC_TO_ASYNC:
        callee = Span(owner.start, end)
        return [*space.awaited(call, f"{runner}("), insert(end, ")", callee), *listed]
    before, between, after = _layout(space, call)
    if recipe.runner is Runner.ANYIO and call.keywords:
        # anyio's takes positional arguments only.
        partial = space.names.text("functools.partial", space.where(recipe.target))
        runner, after = f"{runner}({partial}", f"{after})"
    opening = Span(end, opening_parenthesis(space.tree, call) + 1)
    joined = _joined_line(space, call) if before else None
    if joined is not None:
        between, opening = ", ", Span(end, joined)
    return [
        *space.awaited(call, f"{runner}({before}", after),
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


def _joined_line(space: Workspace, call: ast.Call) -> int | None:
    """Where the arguments begin that stand on one line of their own, if the callee fits in front of them."""
    arguments = [space.tree.span(node) for node in call.args]
    arguments += [space.tree.offsets.span(keyword) for keyword in call.keywords]
    first, last = min(arguments).start, max(span.end for span in arguments)
    line = space.tree.text[space.tree.offsets.line_start(first) : last]
    between = space.tree.text[opening_parenthesis(space.tree, call) + 1 : first]
    callee = space.tree.source(call.func)
    fits = "\n" not in line and len(line) + len(callee) + 3 <= _WIDTH
    spread = space.tree.text[last:].lstrip().startswith(",")  # formatters keep one argument a line
    return first if fits and not spread and not between.strip() else None


def hop_expression(space: Workspace, recipe: HopExpression) -> list[Edit]:
    """`open(p).read()` to `await asyncio.to_thread(lambda: open(p).read())`."""
    node = space.expression(recipe.target.place)
    runner = space.names.text(recipe.runner.value, space.where(recipe.target))
    before, after = ("list(", ")") if recipe.materialise else ("", "")
    closing = "))" if recipe.materialise else ")"
    if recipe.runner is Runner.SYNC_TO_ASYNC:
        closing = f"{after})()"
    return [
        *space.awaited(node, f"{runner}(lambda: {before}", closing),
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
