"""Exceptions that are made where they are raised: their classes keep what they are given, and do nothing more."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from awaken.resolve.values import Defined, External

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_MAKERS = ("__init__", "__new__")


def is_raised_from_elsewhere(situation: Situation, call: ast.Call) -> bool:
    """Whether a call makes the exception that its `raise` raises, by a class without code of the project."""
    parent = situation.tree.parent(call)
    if not isinstance(parent, ast.Raise) or parent.exc is not call:
        return False
    value = situation.callee(call)
    if isinstance(value, External):
        return _names_class(value)
    return isinstance(value, Defined) and all(
        _names_class(base) if isinstance(base, External) else _makes_nothing(situation, base)
        for base in situation.resolver.members.ancestry(value)
    )


def _names_class(value: External) -> bool:
    """Whether a name is that of a class, as far as the way it is written tells; a function might do anything."""
    name = value.name.rpartition(".")[2]
    known = getattr(builtins, name, None)
    return isinstance(known, type) or (name[:1].isupper() and not name.isupper())


def _makes_nothing(situation: Situation, owner: Defined) -> bool:
    """Whether it is a class of the project that leaves making its objects to its bases."""
    scope = situation.resolver.scope(owner)
    return (
        scope is not None
        and bool(scope.bases)
        and not any(name in scope.bindings for name in _MAKERS)
    )
