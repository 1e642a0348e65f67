"""Asking for the truth, the length, the text or an item of an object whose evaluation blocks."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan.call_text import opening_parenthesis
from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.runners import runner_text
from awaken.syntax.fstring_conversion import conversion_of
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import ApplyAsync, AskAsync, ChooseAsync, SliceAsync
    from awaken.rewrite.workspace import Workspace

_KEYWORD = re.compile(r"\b(?:or|and)\b")
# Where a conditional expression needs no parentheses.
_ROOMY = (
    *(ast.Assign, ast.AnnAssign, ast.Return, ast.Expr, ast.keyword, ast.Call),
    *(ast.List, ast.Tuple, ast.Set, ast.Dict),
)


def apply_async(space: Workspace, recipe: ApplyAsync) -> list[Edit]:
    """`if qs` to `if await sync_to_async(bool)(qs)`, and the like."""
    node = space.expression(recipe.target.place)
    runner = runner_text(space, recipe)
    listed = space.listed(recipe.target.generator)
    if recipe.function == "__getitem__":
        return [*_index(space, node, runner), *listed]
    callee = node.func if isinstance(node, ast.Call) else None
    if isinstance(callee, ast.Name) and callee.id == recipe.function:
        span = space.tree.span(callee)
        return [*space.awaited(node, f"{runner}("), insert(span.end, ")", span), *listed]
    conversion = conversion_of(space.tree, node)
    return [
        *map(_around, space.awaited(node, f"{runner}({recipe.function})(", ")")),
        *([Edit(conversion, "", conversion)] if conversion is not None else []),
        *listed,
    ]


def _around(edit: Edit) -> Edit:
    """The same insertion outside of what else is put around the same expression, which is evaluated first."""
    start, end = edit.owner
    opens = edit.span.start == start
    return replace(edit, owner=Span(start, end + 1) if opens else Span(start - 1, end))


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


def ask_async(space: Workspace, recipe: AskAsync) -> list[Edit]:
    """`if qs` to `if await qs.aexists()`."""
    node = space.expression(recipe.target.place)
    listed = space.listed(recipe.target.generator)
    ask = f".{recipe.member}()"
    if not recipe.wrapped:
        return [*space.awaited(node, "", ask), *listed]
    if not isinstance(node, ast.Call):
        raise LookupError("no builtin is called here")
    whole, rows = space.tree.span(node), space.tree.span(node.args[0])
    callee = Span(whole.start, opening_parenthesis(space.tree, node) + 1)
    return [
        *space.awaited(node, ""),
        Edit(callee, "", callee),
        Edit(Span(rows.end, whole.end), ask, rows),
        *listed,
    ]


def slice_async(space: Workspace, recipe: SliceAsync) -> list[Edit]:
    """`qs[::2]` to `await sync_to_async(qs.__getitem__)(slice(None, None, 2))`."""
    node = space.expression(recipe.target.place)
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Slice):
        raise LookupError("no slice is taken here")
    text, whole, base = space.tree.text, space.tree.span(node), space.tree.span(node.value)
    opening = text.index("[", base.end)
    edits = [
        *space.awaited(node, f"{runner_text(space, recipe)}("),
        Edit(Span(opening, opening + 1), ".__getitem__)(slice(", Span(base.end, whole.end)),
    ]
    position = opening + 1
    for number, bound in enumerate((node.slice.lower, node.slice.upper, node.slice.step)):
        if number and (colon := text.find(":", position, whole.end)) >= 0:
            gap = "" if text[colon + 1].isspace() else " "
            comma = Span(max(position, len(text[:colon].rstrip(" \t"))), colon + 1)
            edits.append(Edit(comma, f",{gap}", comma))
            position = colon + 1
        elif number:
            break  # `[1:2]` has no second colon
        if bound is None:
            edits.append(insert(position, "None", Span(position, position)))
        else:
            position = space.tree.span(bound).end
    return [
        *edits,
        Edit(Span(whole.end - 1, whole.end), "))", whole),
        *space.listed(recipe.target.generator),
    ]


def choose_async(space: Workspace, recipe: ChooseAsync) -> list[Edit]:
    """`qs or other` to `qs if await sync_to_async(bool)(qs) else other`."""
    node = space.expression(recipe.target.place)
    if not isinstance(node, ast.BoolOp):
        raise LookupError("nothing is chosen here")
    text, whole = space.tree.text, space.tree.span(node)
    first, second = (space.tree.span(value) for value in node.values)
    found = _KEYWORD.search(text, first.end, second.start)
    if found is None:
        raise LookupError("no `or` between two operands")
    keyword = Span(*found.span())
    behind = len(text[: keyword.start].rstrip())
    negation = "not " if isinstance(node.op, ast.And) else ""
    test = f"{negation}await {runner_text(space, recipe)}(bool)("
    opening, closing = _parentheses(space, node)
    if recipe.is_new:
        before = insert(
            whole.start, f"{opening}{recipe.variable} if {test}{recipe.variable} := ", whole
        )
        middle = insert(behind, ")", Span(first.start, behind))
    else:
        before = insert(whole.start, opening, whole)
        middle = insert(behind, f" if {test}{recipe.variable})", Span(first.start, behind))
    return [
        before,
        middle,
        Edit(keyword, "else", keyword),
        insert(whole.end, closing, whole),
        *space.listed(recipe.target.generator),
    ]


def _parentheses(space: Workspace, node: ast.expr) -> tuple[str, str]:
    parent = space.tree.parent(node)
    called = isinstance(parent, ast.Call) and parent.func is node
    free = isinstance(parent, _ROOMY) and not called
    return ("", "") if free or space.is_parenthesised(node) else ("(", ")")
