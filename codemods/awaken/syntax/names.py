"""What expressions are called, and which names stand in them."""

from __future__ import annotations

import ast


def is_path(node: ast.AST) -> bool:
    """Whether a node is a name, or attributes of one: `self.rows`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def is_own_super(node: ast.AST) -> bool:
    """`super()`, which only works in the method itself: a function inside of it has no `self` of its own."""
    return isinstance(node, ast.Call) and not node.args and is_name(node.func, "super")


def is_name(node: ast.AST, name: str) -> bool:
    """Whether a node is this name."""
    return isinstance(node, ast.Name) and node.id == name


def last_name(node: ast.AST | None) -> str:
    """The last part of a dotted name, `c` of `a.b.c`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def names_in(node: ast.AST) -> frozenset[str]:
    """The names in a node, without the attributes behind them."""
    return frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))


def parts_in(node: ast.AST) -> frozenset[str]:
    """The names in a node, and the attributes behind them."""
    return frozenset(filter(None, map(last_name, ast.walk(node))))
