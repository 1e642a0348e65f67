"""Whether a file imports a library only where it is installed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.names_in_scope import TRIES
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.syntax.tree import Tree

_FAILURES = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def is_optional(module: str, tree: Tree) -> bool:
    """Whether an import of a module stands in a `try` that goes on without it.

    Args:
        module: name of the module.
        tree: the file.
    """
    return any(
        isinstance(node, TRIES) and _goes_on_without(node) and module in _imported(node.body)
        for node in tree.nodes
    )


def _goes_on_without(statement: ast.Try) -> bool:
    return any(
        handler.type is None or any(last_name(each) in _FAILURES for each in _classes(handler.type))
        for handler in statement.handlers
    )


def _classes(written: ast.expr) -> list[ast.expr]:
    return written.elts if isinstance(written, ast.Tuple) else [written]


def _imported(body: list[ast.stmt]) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and not statement.level:
            yield (statement.module or "").partition(".")[0]
