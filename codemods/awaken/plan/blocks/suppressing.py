"""The `with` statements behind which a function may go on although something was raised in them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.terms import Constant
from awaken.plan.blocks.assignment import suppresses
from awaken.resolve.values import Bound, Defined, Instance, Managed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.situation import Situation
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_NOTHING = (Constant("NoneType"), Constant("bool", value=False))


def suppressing(situation: Situation, block: Sequence[ast.stmt]) -> frozenset[ast.With]:
    """The `with` statements of a block that may take an exception for themselves.

    They say so by their names (`suppress`), or what they enter is the project's own and does so.
    """
    return frozenset(
        node
        for each in block
        for node in ast.walk(each)
        if isinstance(node, ast.With)
        and (
            suppresses(node)
            or any(_enters_one(situation, item.context_expr) for item in node.items)
        )
    )


def _enters_one(situation: Situation, entered: ast.expr) -> bool:
    values = situation.values_of(entered)
    if isinstance(entered, ast.Call):
        values = situation.results_of(entered)
    return any(_takes(situation.resolver, value) for value in values)


def _takes(resolver: Resolver, value: Value) -> bool:
    """Whether an `except` of a generator may end without raising again, or an `__exit__` say so."""
    if isinstance(value, Managed):
        index = resolver.file(value.function.path)
        handlers = index.handlers if index else ()
        return any(each.scope == value.function.scope and not each.raises for each in handlers)
    if isinstance(value, Instance) and isinstance(value.of, Defined):
        found = resolver.members.of_instance(value, "__exit__")
        scopes = (resolver.scope(each.function) for each in found if isinstance(each, Bound))
        return any(term not in _NOTHING for scope in scopes if scope for term in scope.returns)
    return False
