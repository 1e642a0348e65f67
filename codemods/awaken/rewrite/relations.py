"""Relations of models: read in Django's thread, or asked for with the rows."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.runners import around_callable
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import HopAttribute, JoinRelated
    from awaken.rewrite.workspace import Workspace

_JOIN = "select_related"
# What may stand between the last argument of a call and the parenthesis that ends it.
_END_OF_CALL = re.compile(r"\s*,?\s*\)")


def hop_attribute(space: Workspace, recipe: HopAttribute) -> list[Edit]:
    """`book.author` to `await sync_to_async(getattr)(book, "author")`."""
    node = space.expression(recipe.target.place)
    if not isinstance(node, ast.Attribute):
        raise LookupError(f"no attribute is read at line {recipe.target.place.line}")
    before, after = around_callable(space, recipe)
    end = space.tree.span(node).end
    dot = space.tree.text.rindex(".", space.tree.span(node.value).end, end)
    return [
        *space.awaited(node, f"{before}getattr{after}("),
        Edit(Span(dot, end), f', "{node.attr}")', Span(dot, end)),
        *space.listed(recipe.target.generator),
    ]


def join_related(space: Workspace, recipe: JoinRelated) -> list[Edit]:
    """Further arguments of the `select_related` that is there, else one more call behind the queryset."""
    rows = _rows(space.call(recipe.target.place), recipe)
    names = ", ".join(f'"{path}"' for path in recipe.paths)
    joined = _joined(space, rows)
    if joined is not None:
        return [_behind(space.tree.span(joined.args[-1]).end, f", {names}")]
    manager = f".{recipe.manager}" if recipe.manager else ""
    return [_behind(space.tree.span(rows).end, f"{manager}.{_JOIN}({names})")]


def _rows(call: ast.Call, recipe: JoinRelated) -> ast.expr:
    """What gives the rows, behind which they can be told to bring more along."""
    if recipe.given:
        return call.args[0]
    if not recipe.asks:
        return call
    if not isinstance(call.func, ast.Attribute):
        raise LookupError(f"no member is called at line {recipe.target.place.line}")
    return call.func.value


def _behind(offset: int, text: str) -> Edit:
    """Text that stands nearer than whatever else is put there."""
    return insert(offset, text, Span(offset - 1, offset))


def _joined(space: Workspace, rows: ast.expr) -> ast.Call | None:
    """The call in a chain that names relations already, where one more can be named behind them."""
    while isinstance(rows, ast.Call) and isinstance(rows.func, ast.Attribute):
        if rows.func.attr == _JOIN and rows.args and not rows.keywords:
            end = space.tree.span(rows.args[-1]).end
            return rows if _END_OF_CALL.match(space.tree.text, end) else None
        rows = rows.func.value
    return None
