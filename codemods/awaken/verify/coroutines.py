"""Coroutines that nothing awaits, and awaits that turn a generator into something else."""

from __future__ import annotations

import ast
from collections import Counter

from awaken.syntax.tree import Tree

# Functions and members that the rewriter awaits; a bare call of one is a lost coroutine.
_AWAITED_FUNCTIONS = frozenset({"asyncio.sleep", "asyncio.to_thread", "sync_to_async()"})


def lost_coroutines(tree: Tree, awaited: frozenset[str]) -> Counter[str]:
    """Calls, by the last part of their name, that make a coroutine and are not awaited at once.

    Args:
        tree: the file.
        awaited: names (`sleep`, `to_thread`, `aget`) whose calls must be awaited.
    """
    found: Counter[str] = Counter()
    for node in ast.walk(tree.module):
        if isinstance(node, ast.Call):
            name = _name(node)
            if name in awaited and not isinstance(tree.parent(node), ast.Await):
                found[name] += 1
    return found


def awaits(tree: Tree, awaited: frozenset[str]) -> Counter[str]:
    """Awaited calls, by the last part of their name."""
    return Counter(
        _name(node.value)
        for node in ast.walk(tree.module)
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and _name(node.value) in awaited
    )


def _name(call: ast.Call) -> str:
    func = call.func
    if isinstance(func, ast.Call):  # sync_to_async(f)(x)
        inner = _name(func)
        return f"{inner}()" if inner else ""
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def async_generators(tree: Tree) -> int:
    """How many generator expressions are asynchronous because of an `await` or `async for` in them."""
    return sum(
        1
        for node in ast.walk(tree.module)
        if isinstance(node, ast.GeneratorExp) and _is_async(node)
    )


def _is_async(node: ast.GeneratorExp) -> bool:
    if any(generator.is_async for generator in node.generators):
        return True
    first = node.generators[0]
    parts: list[ast.AST] = [node.elt, *first.ifs, first.target, *node.generators[1:]]
    return any(
        isinstance(inner, ast.Await) for part in parts for inner in ast.walk(part)
    )
