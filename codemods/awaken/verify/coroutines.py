"""Coroutines that nothing awaits, and awaits that turn a generator into something else."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING

from awaken.syntax.names import is_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.syntax.tree import Tree


# Functions of asyncio that await their first argument when they are awaited.
_WAIT_FOR_IT = frozenset(("shield", "wait_for"))
# What variables that hold a client are called.
_HOLDERS = ("client", "session")
_NUMBER = re.compile(r"_\d+$")


def lost_coroutines(tree: Tree, awaited: frozenset[str]) -> Counter[str]:
    """Calls that make a coroutine and are not awaited at once.

    Args:
        tree: the file.
        awaited: names (`sleep`, `aget`, `sync_to_async()`, `client.get`) whose calls must be awaited.
    """
    renamed = _renamed(tree)
    return Counter(
        name
        for call in _calls(tree)
        if not _is_awaited(tree, call)
        for name in _names(call, renamed) & awaited
    )


def _is_awaited(tree: Tree, call: ast.Call) -> bool:
    """Whether a coroutine is awaited where it is made: at once, or by `wait_for` and `shield`."""
    parent = tree.parent(call)
    if isinstance(parent, ast.Call) and parent.args[:1] == [call]:
        return not _names(parent, {}).isdisjoint(_WAIT_FOR_IT) and _is_awaited(tree, parent)
    return isinstance(parent, ast.Await)


def awaits(tree: Tree, awaited: frozenset[str]) -> Counter[str]:
    """Calls of the same names that are awaited, and variables."""
    renamed = _renamed(tree)
    calls = (
        name
        for call in _calls(tree)
        if isinstance(tree.parent(call), ast.Await)
        for name in _names(call, renamed) & awaited
    )
    variables = (
        node.value.id
        for node in tree.nodes
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Name)
    )
    return Counter([*calls, *(name for name in variables if name in awaited)])


def _calls(tree: Tree) -> Iterator[ast.Call]:
    return (node for node in tree.nodes if isinstance(node, ast.Call))


def _renamed(tree: Tree) -> dict[str, str]:
    """Names that imports give to something else: `from asyncio import sleep as pause`."""
    return {
        alias.asname: alias.name
        for node in tree.nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }


def _names(call: ast.Call, renamed: dict[str, str]) -> set[str]:
    """The names a callee goes by: the last part, the whole path, and for a method of a client that with `client.`."""
    func = call.func
    if isinstance(func, ast.Call):  # sync_to_async(f)(x)
        return {f"{name}()" for name in _names(func, renamed)}
    if isinstance(func, ast.Attribute):
        holder = _holder(func.value)
        whole = (ast.unparse(func),) if is_path(func) else ()
        return {func.attr, *whole, *(f"{each}.{func.attr}" for each in _HOLDERS if each in holder)}
    if not isinstance(func, ast.Name):
        return set()
    # A definition gets a number where the file has its name already.
    return {func.id, renamed.get(func.id, func.id), _NUMBER.sub("", func.id)}


def _holder(node: ast.expr) -> str:
    """The name of a client, that of `_HttpClient.current()` and `_SingleClient()` in small letters, or empty."""
    if isinstance(node, ast.Call):
        node = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        return node.id.lower() if isinstance(node, ast.Name) else ""
    return node.id if isinstance(node, ast.Name) else ""


def async_generators(tree: Tree) -> int:
    """How many generator expressions are asynchronous because of an `await` or `async for` in them."""
    return sum(1 for node in tree.nodes if isinstance(node, ast.GeneratorExp) and _is_async(node))


def _is_async(node: ast.GeneratorExp) -> bool:
    if any(generator.is_async for generator in node.generators):
        return True
    first = node.generators[0]
    parts: list[ast.AST] = [node.elt, *first.ifs, first.target, *node.generators[1:]]
    return any(isinstance(inner, ast.Await) for part in parts for inner in ast.walk(part))
