"""Going through an object whose evaluation blocks."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.plan.call_text import opening_parenthesis
from awaken.rewrite.edit import Edit, insert
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import CollectAsync, IterateAsync, StreamRows
    from awaken.rewrite.workspace import Workspace

_FOR = re.compile(r"\bfor\b")
_BRACKETS = {"list": ("[", "]"), "set": ("{", "}")}


def iterate_async(space: Workspace, recipe: IterateAsync) -> list[Edit]:
    """`for x in qs` to `async for x in qs`."""
    iterable = space.expression(recipe.target.place)
    parent = space.tree.parent(iterable)
    span = space.tree.span(iterable)
    if isinstance(parent, ast.comprehension):
        start = comprehension_start(space, parent)
    else:
        start = space.tree.span(space.tree.statement(iterable)).start
    return [
        insert(start, "async ", Span(start, span.end)),
        *_renamed(space, iterable, recipe.member),
        *space.listed(recipe.target.generator),
    ]


def stream_rows(space: Workspace, recipe: StreamRows) -> list[Edit]:
    """`def rows():` to `async def rows():`; its loops are parts of their own."""
    span = space.span(recipe.function)
    return [insert(span.start, "async ", span)]


def _renamed(space: Workspace, node: ast.expr, member: str | None) -> list[Edit]:
    """`qs.iterator()` to `qs.aiterator()`."""
    if member is None:
        return []
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        raise LookupError("no member is called where one should be renamed")
    end = space.tree.span(node.func).end
    name = Span(end - len(node.func.attr), end)
    return [Edit(name, member, name)]


def comprehension_start(space: Workspace, node: ast.comprehension) -> int:
    """The offset of the `for` in front of a comprehension's target."""
    target = space.tree.span(node.target).start
    found = [match.start() for match in _FOR.finditer(space.tree.text, 0, target)]
    if not found:
        raise LookupError("no `for` before the target of a comprehension")
    return found[-1]


def collect_async(space: Workspace, recipe: CollectAsync) -> list[Edit]:
    """`list(qs)` to `[x async for x in qs]`; any other expression is put into a comprehension."""
    node = space.expression(recipe.target.place)
    listed = space.listed(recipe.target.generator)
    loop = f"{recipe.variable} async for {recipe.variable} in "
    brackets = _BRACKETS.get(_collector(node))
    if brackets and isinstance(node, ast.Call) and not _has_parentheses(space, node):
        return [*_replaced_call(space, node, loop, *brackets), *listed]
    rows = node.args[0] if brackets and isinstance(node, ast.Call) else node
    span = space.tree.span(rows)
    before, after = _operand_parentheses(rows)
    return [
        insert(span.start, f"[{loop}{before}", span),
        insert(span.end, f"{after}]", span),
        *listed,
    ]


def _collector(node: ast.expr) -> str:
    """`list` in `list(qs)`, where nothing else is given."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        return "" if node.keywords else node.func.id
    return ""


def _has_parentheses(space: Workspace, call: ast.Call) -> bool:
    """Whether the argument has parentheses of its own, as in `list((qs))`."""
    start = opening_parenthesis(space.tree, call) + 1
    between = space.tree.text[start : space.tree.span(call.args[0]).start]
    return any("(" in line.partition("#")[0] for line in between.splitlines())


def _replaced_call(
    space: Workspace, call: ast.Call, loop: str, opening: str, closing: str
) -> list[Edit]:
    whole = space.tree.span(call)
    rows = space.tree.span(call.args[0])
    bracket = Span(whole.start, opening_parenthesis(space.tree, call) + 1)
    before, after = _operand_parentheses(call.args[0])
    tail = space.tree.text[rows.end : whole.end - 1]
    if tail.lstrip().startswith(","):
        tail = tail.replace(",", "", 1)
    return [
        Edit(bracket, opening, whole),
        insert(rows.start, f"{loop}{before}", rows),
        Edit(Span(rows.end, whole.end), f"{after}{tail}{closing}", whole),
    ]


def _operand_parentheses(rows: ast.expr) -> tuple[str, str]:
    """What the iterable of a comprehension needs around it."""
    return ("(", ")") if isinstance(rows, (ast.IfExp, ast.NamedExpr)) else ("", "")
