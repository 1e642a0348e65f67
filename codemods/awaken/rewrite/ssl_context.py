"""The SSL context that all requests of a module share: making one takes tens of milliseconds."""

from __future__ import annotations

import ast
from itertools import chain, count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.rewrite.workspace import Workspace


def ssl_context(space: Workspace, value: str) -> str:
    """The name of the module's SSL context, which is added where the file has none of this value yet.

    Args:
        space: the file.
        value: the expression that makes it.
    """
    return _constant(space, "_SSL_CONTEXT", value)


def bundle(space: Workspace, value: str) -> str:
    """The same for the path of the certificates.

    Args:
        space: the file.
        value: the expression that gives it.
    """
    return _constant(space, "_CA_BUNDLE", value)


def _constant(space: Workspace, wanted: str, value: str) -> str:
    for name, held in space.names.constants.items():
        if held == value:
            return name
    existing = _existing(space, value)
    if existing is not None:
        return existing
    names = chain((wanted,), (f"{wanted}_{number}" for number in count(2)))
    return space.names.constant(next(filter(space.names.is_unused, names)), value)


def _existing(space: Workspace, value: str) -> str | None:
    """A constant of the same value that an earlier run has left."""
    wanted = ast.dump(ast.parse(value, mode="eval").body)
    for statement in space.tree.module.body:
        if isinstance(statement, ast.Assign) and ast.dump(statement.value) == wanted:
            target = statement.targets[0]
            if isinstance(target, ast.Name):
                return target.id
    return None
