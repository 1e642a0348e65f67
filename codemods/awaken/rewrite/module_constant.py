"""Module-level constants: one for each value, found again where an earlier run has left it."""

from __future__ import annotations

import ast
from itertools import chain, count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.rewrite.workspace import Workspace


def module_constant(space: Workspace, name: str, value: str) -> str:
    """The name of the module's constant of a value, which is added where the file has none yet.

    Args:
        space: the file.
        name: what it is called, where that is free.
        value: its value, as source text.
    """
    for known, held in space.names.constants.items():
        if held == value:
            return known
    existing = _existing(space, name, value)
    if existing is not None:
        return existing
    names = chain((name,), (f"{name}_{number}" for number in count(2)))
    return space.names.constant(next(filter(space.names.is_unused, names)), value)


def _existing(space: Workspace, name: str, value: str) -> str | None:
    """A constant of the same value that an earlier run has left; others may be changed by whoever made them."""
    wanted = ast.dump(ast.parse(value, mode="eval").body)
    for statement in space.tree.module.body:
        if isinstance(statement, ast.Assign) and ast.dump(statement.value) == wanted:
            target = statement.targets[0]
            known = target.id if isinstance(target, ast.Name) else ""
            if known.startswith(name) and _is_bound_there_only(space, known):
                return known
    return None


def _is_bound_there_only(space: Workspace, name: str) -> bool:
    bound = [binding for scope in space.index.scopes for binding in scope.bindings.get(name, ())]
    return len(bound) == 1
