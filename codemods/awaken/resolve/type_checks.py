"""What a name holds where the code has asked what it is: behind `isinstance(x, Path)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Display
from awaken.resolve.annotations import promised
from awaken.resolve.reaching import suites_around
from awaken.resolve.values import ANYTHING, UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.index.summary import Binding, Check, Scope
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver


def checked_values(
    resolver: Resolver, scope: Scope, name: str, where: Where, bindings: Sequence[Binding]
) -> frozenset[Value]:
    """The values that a name may have at a place behind a check of its class; UNKNOWN where none holds there.

    Args:
        resolver: knows the project.
        scope: the scope that has the name and the place.
        name: the name.
        where: the place.
        bindings: those that the place may see.
    """
    if where.line is None or scope.number != where.scope:
        return ANYTHING
    place = where.line, where.column
    around = suites_around(scope, where.suite)
    last = max(((each.line, each.column) for each in bindings), default=(0, 0))
    holding = [
        check
        for check in scope.checks
        if check.name == name
        and check.suite in around
        and last < (check.line, check.column) <= place
    ]
    return _instances(resolver, holding[-1], where) if holding else ANYTHING


def _instances(resolver: Resolver, check: Check, where: Where) -> frozenset[Value]:
    kinds = check.type.items if isinstance(check.type, Display) else (check.type,)
    outside = where._replace(line=check.line, column=check.column, suite=check.suite)
    found = frozenset[Value]().union(*(promised(resolver, kind, outside) for kind in kinds))
    return ANYTHING if UNKNOWN in found else found
