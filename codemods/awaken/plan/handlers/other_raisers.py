"""What else in a guarded block raises the client's exceptions: a widened clause would catch those as well."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.terms import Imported
from awaken.resolve.values import UNKNOWN, Bound, Defined, External, Instance, Method

if TYPE_CHECKING:
    from collections.abc import Collection

    from awaken.plan.handlers.guards import Guard
    from awaken.plan.http.request import Request
    from awaken.resolve.values import Value


def other_raiser(request: Request, guard: Guard, own: Collection[ast.Call]) -> ast.Call | None:
    """The first other call of a block that uses the client already, itself or in the file that it runs.

    Args:
        request: the request that becomes one of the client.
        guard: the block around it.
        own: the request and what is converted with it.
    """
    calls = (
        node
        for statement in guard.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and node not in own
    )
    return next((each for each in calls if _uses_client(request, each.func)), None)


def _uses_client(request: Request, func: ast.expr) -> bool:
    value: Value = request.situation.value_of(func)
    if value == UNKNOWN and isinstance(func, ast.Attribute):
        # The object itself, where its members are not known.
        value = request.situation.value_of(func.value)
    if isinstance(value, Bound):
        value = value.function
    if isinstance(value, Defined):
        return _is_imported(request, value.path)
    if isinstance(value, Instance):
        value = value.of
    name = value.owner if isinstance(value, Method) else getattr(value, "name", "")
    known = isinstance(value, (External, Method))
    return known and name.partition(".")[0] == request.client


def _is_imported(request: Request, path: str) -> bool:
    """Whether a file of the project imports the client."""
    index = request.situation.resolver.file(path)
    bindings = index.scopes[0].bindings.values() if index is not None else ()
    return any(
        isinstance(binding.term, Imported)
        and binding.term.module.partition(".")[0] == request.client
        for each in bindings
        for binding in each
    )
