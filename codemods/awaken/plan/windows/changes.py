"""What the nodes of a coroutine change, and where it lets other tasks run."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from awaken.index.terms import Imported, Scoped
from awaken.syntax.names import is_path
from awaken.syntax.walking import children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import FileIndex

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
SUSPENDS = (ast.Await, ast.AsyncFor, ast.AsyncWith)
MUTATORS = frozenset(
    [
        "add",
        "append",
        "appendleft",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "setdefault",
        "update",
    ]
)


@lru_cache(maxsize=16)  # every finding of a coroutine asks for the same
def own_nodes(function: ast.AsyncFunctionDef) -> tuple[ast.AST, ...]:
    """The nodes of a coroutine, without those of functions and classes in it."""
    found: list[ast.AST] = []
    pending: list[ast.AST] = [*function.body]
    while pending:
        node = pending.pop()
        found.append(node)
        if not isinstance(node, _FUNCTIONS):
            pending.extend(children(node))
    return tuple(found)


def variables(index: FileIndex) -> frozenset[str]:
    """The variables of a module; its imports, functions and classes are none."""
    return frozenset(
        name
        for name, bindings in index.scopes[0].bindings.items()
        if any(not isinstance(each.term, (Imported, Scoped)) for each in bindings)
    )


def changed_in_place(node: ast.AST) -> Iterator[str]:
    """What a node changes without binding it anew, as source text: `self.items` in `self.items[k] = v`."""
    targets, _, __ = targets_of(node)
    for target in targets:
        inner = isinstance(target, ast.Subscript) or isinstance(node, ast.Call)
        base = target.value if isinstance(target, ast.Subscript) else target
        if inner and is_path(base):
            yield ast.unparse(base)


def targets_of(node: ast.AST) -> tuple[list[ast.expr], ast.expr | None, bool]:
    """What a node changes, what the new value is made of, and whether it only empties it."""
    if isinstance(node, ast.Assign):
        return node.targets, node.value, False
    if isinstance(node, ast.Delete):
        return node.targets, None, False
    if isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        return [node.target], node.value, False
    func = node.func if isinstance(node, ast.Call) else None
    if isinstance(func, ast.Attribute) and func.attr in MUTATORS:
        return [func.value], None, func.attr == "clear"
    return [], None, False
