"""Which names of a block hold what the block itself makes, and which what came in from outside."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from awaken.plan.blocks.assignment import Assignment
from awaken.plan.names_in_scope import stored_names

if TYPE_CHECKING:
    from collections.abc import Iterator

_Source = tuple[ast.expr, "ast.expr | None", bool]


@lru_cache(maxsize=64)  # every call of a block asks for the same
def made_inside(block: ast.AST) -> frozenset[str]:
    """Names that are bound in the block, and never to (a part of) an object from outside.

    Args:
        block: a statement, an expression, or a module that holds statements.
    """
    bindings = list(_bindings(block))
    outside = _given(block)
    inside = {name for target, _, _ in bindings for name in stored_names(target)}
    while True:
        brought = {
            name
            for target, source, elements in bindings
            if source is not None and not _is_made(source, inside - outside, elements)
            for name in stored_names(target)
        }
        if brought <= outside:
            return frozenset(inside - outside)
        outside |= brought


def root_of(node: ast.expr) -> ast.expr:
    """What a chain of attributes, items and calls starts with."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node


def _given(block: ast.AST) -> set[str]:
    """Names that may hold what they held in front of the block: `db = db or connect()`."""
    scan = Assignment()
    if isinstance(block, ast.expr):
        scan.expression(block, set())
    else:
        scan.run(block.body if isinstance(block, ast.Module) else [block], set())  # type: ignore[list-item]
    return scan.needed


def _bindings(block: ast.AST) -> Iterator[_Source]:
    """Targets, what each is bound to (None: what a `with` opens), and whether to its elements."""
    for node in ast.walk(block):
        if isinstance(node, ast.withitem) and node.optional_vars is not None:
            yield node.optional_vars, None, False
        elif isinstance(node, ast.Assign):
            yield from ((target, node.value, False) for target in node.targets)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
            yield node.target, node.value, False
        elif isinstance(node, (ast.For, ast.comprehension)):
            yield node.target, node.iter, True


def _is_made(source: ast.expr, inside: set[str], elements: bool) -> bool:
    """Whether a value is new: a call gives a new one, but elements come out of its arguments."""
    if isinstance(source, ast.IfExp):
        return all(_is_made(each, inside, elements) for each in (source.body, source.orelse))
    if isinstance(source, ast.BoolOp):
        return all(_is_made(each, inside, elements) for each in source.values)
    if isinstance(source, ast.Call):
        if not elements:
            return True
        if isinstance(source.func, ast.Attribute):
            return _is_made(source.func.value, inside, elements)
        parts = [*source.args, *(keyword.value for keyword in source.keywords)]
        return all(_is_made(each, inside, elements) for each in parts)
    if isinstance(source, (ast.Name, ast.Attribute, ast.Subscript, ast.Starred)):
        root = root_of(source.value if isinstance(source, ast.Starred) else source)
        return not isinstance(root, ast.Name) or root.id in inside
    if elements and isinstance(source, (ast.List, ast.Tuple, ast.Set)):
        return all(_is_made(each, inside, elements=False) for each in source.elts)
    return True
