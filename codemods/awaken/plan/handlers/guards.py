"""What stands around a request and names exceptions: `try`, `suppress(...)`, and decorators that try again."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.names_in_scope import FUNCTIONS, TRIES
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.situation import Situation

_SUPPRESS = "contextlib.suppress"
# Which argument names the exceptions; a class or a tuple of them.
_AGAIN = {
    "backoff.on_exception": 1,
    "tenacity.retry.retry_if_exception_type": 0,
    "tenacity.retry_if_exception_type": 0,
}


@dataclass(frozen=True, slots=True)
class Clause:
    """Classes of exceptions that are caught together.

    Attributes:
        written: the class, or the tuple of classes; None for a bare `except`.
        handler: the clause it belongs to, if it is one.
        listed: whether several classes stand beside each other without a tuple, as in a call.
    """

    written: ast.expr | None
    handler: ast.ExceptHandler | None = None
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """Statements whose exceptions are caught.

    Attributes:
        body: the statements.
        clauses: what is caught, in the order in which it is tried.
        requests: whether the request itself is inside, besides what is done with its response.
    """

    body: Sequence[ast.stmt]
    clauses: tuple[Clause, ...]
    requests: bool


def guards_of(
    situation: Situation, results: Sequence[ast.expr], raising: Sequence[ast.expr]
) -> list[Guard]:
    """Everything in view that guards the request, or what its response raises.

    Args:
        situation: the request.
        results: calls of functions that give its response on.
        raising: uses of its response that may raise.
    """
    found: dict[ast.AST, bool] = {}
    requests = (situation.call, *results)
    for node in (*requests, *raising):
        for around in _around(situation, node):
            found[around] = found.get(around, False) or node in requests
    guards = [_guard(situation, around, requests) for around, requests in found.items()]
    again = tuple(_tried_again(situation))
    if again:
        guards.append(Guard(situation.function().body, again, requests=True))
    return [guard for guard in guards if guard.clauses]


def _around(situation: Situation, node: ast.AST) -> Iterator[ast.AST]:
    child = node
    for up in situation.tree.ancestors(node):
        if isinstance(up, FUNCTIONS):
            return
        if isinstance(up, (*TRIES, ast.With)) and child in getattr(up, "body", ()):
            yield up
        child = up


def _guard(situation: Situation, around: ast.AST, requests: bool) -> Guard:
    if isinstance(around, ast.With):
        clauses = tuple(_suppressed(situation, around))
    else:
        handlers: list[ast.ExceptHandler] = getattr(around, "handlers", [])
        clauses = tuple(Clause(each.type, each) for each in handlers)
    return Guard(getattr(around, "body", ()), clauses, requests)


def _suppressed(situation: Situation, node: ast.With) -> Iterator[Clause]:
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and situation.value_of(call.func) == External(_SUPPRESS):
            yield from (Clause(written, listed=True) for written in call.args)


def _tried_again(situation: Situation) -> Iterator[Clause]:
    """`@backoff.on_exception(backoff.expo, requests.Timeout)` at the coroutine."""
    for decorator in situation.function().decorator_list:
        for node in ast.walk(decorator):
            if isinstance(node, ast.Call):
                value = situation.value_of(node.func)
                number = _AGAIN.get(value.name) if isinstance(value, External) else None
                if number is not None and number < len(node.args):
                    yield Clause(node.args[number])
