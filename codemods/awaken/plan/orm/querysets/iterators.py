"""Iterators over rows that are gone through in several places: each goes on where the one before has stopped."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.resolve.values import External

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_LEAVES = (ast.Break, ast.Return, ast.Raise, ast.Yield, ast.Try)
# These go through everything that is left.
_TO_THE_END = frozenset(
    f"builtins.{name}"
    for name in ("dict", "frozenset", "list", "max", "min", "set", "sorted", "sum", "tuple")
)


def leaves_some(situation: Situation, rows: ast.expr) -> bool:
    """Whether something is left of an iterator where a finding has gone through it, for somebody else.

    Args:
        situation: the finding.
        rows: the iterator.
    """
    if not isinstance(rows, ast.Name) or not _is_read_elsewhere(situation, rows):
        return False
    parent = situation.tree.parent(rows)
    if isinstance(parent, ast.For):
        inside = (node for part in (*parent.body, *parent.orelse) for node in ast.walk(part))
        around = situation.tree.ancestors(parent)
        return any(isinstance(node, _LEAVES) for node in (*inside, *around))
    if isinstance(parent, ast.comprehension):
        owner = situation.tree.parent(parent)
        return isinstance(owner, ast.GeneratorExp)
    if isinstance(parent, ast.Call) and parent.args[:1] == [rows]:
        called = situation.value_of(parent.func)
        joined = isinstance(parent.func, ast.Attribute) and parent.func.attr == "join"
        return not joined and not (isinstance(called, External) and called.name in _TO_THE_END)
    return not isinstance(parent, ast.Starred)


def _is_read_elsewhere(situation: Situation, rows: ast.Name) -> bool:
    names = (node for node in ast.walk(situation.function()) if isinstance(node, ast.Name))
    read = (node for node in names if node.id == rows.id and isinstance(node.ctx, ast.Load))
    return any(node is not rows for node in read)
