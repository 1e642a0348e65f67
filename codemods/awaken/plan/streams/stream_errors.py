"""Failures while a body is read: the same clause of every `try` around must catch them on both sides.

Handlers in terms of the client catch the same failures of a request. Those of a body that is read later have other
classes (`reading` in the catalogue).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.names_in_scope import FUNCTIONS, TRIES
from awaken.plan.reasons import reason
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from awaken.plan.fix import Reason
    from awaken.plan.http.request import Request

_CATCH_ALL = frozenset({"builtins.Exception", "builtins.BaseException"})


def reading_differences(
    request: Request, reading: Iterable[ast.expr], given: Mapping[str, ast.expr]
) -> Iterator[Reason]:
    """What another clause would catch, or none, when reading the body fails.

    Args:
        request: the request.
        reading: every expression that reads.
        given: the arguments of the request.
    """
    guards = {guard for node in reading for guard in _guards(request, node)}
    for guard in sorted(guards, key=lambda each: each.lineno):
        clauses = [_names(request, handler) for handler in guard.handlers]
        for failure in request.exchange.reading:
            if failure.argument and _is_missing(given.get(failure.argument)):
                continue
            if _first(clauses, failure.before) != _first(clauses, failure.after):
                yield reason("exception-handler", "failures while the body is read")
                break


def _guards(request: Request, node: ast.AST) -> Iterator[ast.Try]:
    child = node
    for up in request.situation.tree.ancestors(node):
        if isinstance(up, FUNCTIONS):
            return
        if isinstance(up, TRIES) and child in up.body:
            yield up
        child = up


def _names(request: Request, handler: ast.ExceptHandler) -> frozenset[str] | None:
    """The bare names of the library's exceptions that a clause catches; None for all."""
    if handler.type is None:
        return None
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    found = set()
    for kind in kinds:
        value = request.situation.value_of(kind)
        name = value.name if isinstance(value, External) else ""
        caught = request.exchange.exceptions.get(name)
        if name in _CATCH_ALL or (caught is not None and caught.widest):
            return None
        if caught is not None:
            found.add(name.rpartition(".")[2])
    return frozenset(found)


def _first(clauses: list[frozenset[str] | None], names: frozenset[str]) -> int | None:
    """The number of the first clause that catches one of some exceptions."""
    for number, caught in enumerate(clauses):
        if caught is None or not caught.isdisjoint(names):
            return number
    return None


def _is_missing(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)
