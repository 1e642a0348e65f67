"""What the names of a function get in it, wherever that stands: a flat view, good for what holds on every way."""

from __future__ import annotations

import ast
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from awaken.plan.process.libraries import IN_PLACE

if TYPE_CHECKING:
    from collections.abc import Iterator

# They put what they are given into what they are called on.
_FILLS = IN_PLACE | {"push", "send", "write"}
_NAMED = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.ExceptHandler,
    ast.MatchAs,
    ast.MatchStar,
)
_Function = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class How(Enum):
    """How a name comes to a value."""

    VALUE = "value"
    ITEM = "item"
    """It gets what iterating over the expression gives, or a part of it."""
    FILLED = "filled"
    """The expression is put into what the name holds."""
    OTHER = "other"
    """In a way that is not followed."""


class LocalValue(NamedTuple):
    """One value that a name gets."""

    how: How
    node: ast.expr | None


def local_values(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, list[LocalValue]]:
    """What each name gets that the function, or anything inside it, binds; parameters come with an empty list."""
    found: dict[str, list[LocalValue]] = {}
    for argument in _arguments(function.args):
        found[argument.arg] = []
    filled: list[tuple[str, LocalValue]] = []
    for node in ast.walk(function):
        if node is not function:
            for name, value in _bound(node):
                found.setdefault(name, []).append(value)
            filled += _filled(node)
    for name, value in filled:
        if name in found:
            found[name].append(value)
    for name in _outer(function):
        found.pop(name, None)
    return found


def _outer(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Global):
            yield from node.names


def _arguments(given: ast.arguments) -> Iterator[ast.arg]:
    yield from (*given.posonlyargs, *given.args, *given.kwonlyargs)
    yield from (each for each in (given.vararg, given.kwarg) if each is not None)


def _bound(node: ast.AST) -> Iterator[tuple[str, LocalValue]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _names(target, LocalValue(How.VALUE, node.value))
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
        if node.value is not None:
            yield from _names(node.target, LocalValue(How.VALUE, node.value))
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        yield from _names(node.target, LocalValue(How.ITEM, node.iter))
    else:
        yield from ((name, LocalValue(How.OTHER, None)) for name in _bound_otherwise(node))


def _bound_otherwise(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield from (name for name, _ in _names(node.optional_vars, LocalValue(How.OTHER, None)))
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (each.asname or each.name.partition(".")[0] for each in node.names)
    elif isinstance(node, _NAMED) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
    if isinstance(node, _Function):
        yield from (each.arg for each in _arguments(node.args))


def _names(target: ast.expr, value: LocalValue) -> Iterator[tuple[str, LocalValue]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, (ast.Tuple, ast.List)):
        part = LocalValue(How.ITEM, value.node) if value.how is How.VALUE else value
        for each in target.elts:
            yield from _names(each, part)
    elif isinstance(target, ast.Starred):
        yield from _names(target.value, value)


def _filled(node: ast.AST) -> Iterator[tuple[str, LocalValue]]:
    """`out.append(x)`, `out[k] = x`, `out += x`."""
    if isinstance(node, (ast.Assign, ast.AugAssign)) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if isinstance(target, (ast.Subscript, ast.Attribute)):
                for each in (node.value, *_keys(target)):
                    yield root(target), LocalValue(How.FILLED, each)
    func = node.func if isinstance(node, ast.Call) else None
    if isinstance(node, ast.Call) and isinstance(func, ast.Attribute) and func.attr in _FILLS:
        for each in (*node.args, *(keyword.value for keyword in node.keywords)):
            yield root(func.value), LocalValue(How.FILLED, each)


def _keys(target: ast.Subscript | ast.Attribute) -> Iterator[ast.expr]:
    if isinstance(target, ast.Subscript):
        yield target.slice


def root(node: ast.expr) -> str:
    """The name that a chain of attributes, items and calls begins with, or empty."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
