"""Iteration and the other protocols of an object whose evaluation blocks."""

from __future__ import annotations

import ast
import re

from awaken.plan.call_text import opening_parenthesis
from awaken.plan.recipes import ApplyAsync, CollectAsync, IterateAsync
from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.workspace import Workspace
from awaken.syntax.positions import Span

_FOR = re.compile(r"\bfor\b")


def iterate_async(space: Workspace, recipe: IterateAsync) -> list[Edit]:
    """`for x in qs` to `async for x in qs`."""
    iterable = space.expression(recipe.target.place)
    parent = space.tree.parent(iterable)
    span = space.tree.span(iterable)
    if isinstance(parent, ast.For):
        start = space.tree.span(parent).start
    elif isinstance(parent, ast.comprehension):
        start = _comprehension_start(space, parent)
    else:
        raise LookupError(f"nothing iterates at line {recipe.target.place.line}")
    return [insert(start, "async ", Span(start, span.end)), *space.listed(recipe.target.generator)]


def _comprehension_start(space: Workspace, node: ast.comprehension) -> int:
    """The offset of the `for` in front of a comprehension's target."""
    target = space.tree.span(node.target).start
    found = [match.start() for match in _FOR.finditer(space.tree.text, 0, target)]
    if not found:
        raise LookupError("no `for` before the target of a comprehension")
    return found[-1]


def collect_async(space: Workspace, recipe: CollectAsync) -> list[Edit]:
    """`list(qs)` to `[x async for x in qs]`; other collectors get the list as their argument."""
    call = space.call(recipe.target.place)
    argument = space.tree.span(call.args[0])
    whole = space.tree.span(call)
    loop = f"[{recipe.variable} async for {recipe.variable} in "
    listed = space.listed(recipe.target.generator)
    if isinstance(call.func, ast.Name) and call.func.id == "list" and not call.keywords:
        opening = opening_parenthesis(space.tree, call) + 1
        return [
            Edit(Span(whole.start, opening), loop, whole),
            Edit(Span(argument.end, whole.end), _tail(space, argument.end, whole.end), whole),
            *listed,
        ]
    return [insert(argument.start, loop, argument), insert(argument.end, "]", argument), *listed]


def _tail(space: Workspace, start: int, end: int) -> str:
    """What stands between the argument and the closing parenthesis, with a bracket in its place."""
    rest = space.tree.text[start : end - 1].rstrip()
    kept = space.tree.text[start : end - 1]
    return (kept.replace(",", "", 1) if rest.startswith(",") else kept) + "]"


def apply_async(space: Workspace, recipe: ApplyAsync) -> list[Edit]:
    """`if qs` to `if await sync_to_async(bool)(qs)`, and the like."""
    node = space.expression(recipe.target.place)
    runner = space.names.text(recipe.runner.value, space.where(recipe.target))
    listed = space.listed(recipe.target.generator)
    if recipe.function == "__getitem__":
        return [*_index(space, node, runner), *listed]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == recipe.function:
            end = space.tree.span(node.func).end
            callee = space.tree.span(node.func)
            return [*space.awaited(node, f"{runner}("), insert(end, ")", callee), *listed]
    return [*space.awaited(node, f"{runner}({recipe.function})(", ")"), *listed]


def _index(space: Workspace, node: ast.expr, runner: str) -> list[Edit]:
    if not isinstance(node, ast.Subscript):
        raise LookupError("nothing is indexed here")
    whole = space.tree.span(node)
    base = space.tree.span(node.value)
    opening = space.tree.text.index("[", base.end)
    return [
        *space.awaited(node, f"{runner}("),
        Edit(Span(opening, opening + 1), ".__getitem__)(", Span(base.end, whole.end)),
        Edit(Span(whole.end - 1, whole.end), ")", whole),
    ]
