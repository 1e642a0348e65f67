"""`@transaction.atomic` on a coroutine function: the transaction ends before the coroutine begins to run.

The decorator calls the function, which only makes a coroutine, and leaves the transaction (reference: "Database
transactions", and `contextlib.ContextDecorator`); on the loop Django refuses to open one in the first place.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.blocking import callable_entry
from awaken.detect.finding import Finding, Link, Shape
from awaken.index.summary import ScopeKind
from awaken.index.terms import Attr, Call
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External, sole
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.advice.sought import Sought
    from awaken.index.summary import Scope

RULE = "django"
_NAME = "atomic"
ATOMIC = External("django.db.transaction.atomic")


def decorated_transactions(sought: Sought) -> Iterator[Finding]:
    """The decorator, on every coroutine function that has it."""
    for scope in sought.index.scopes:
        if scope.is_async and scope.kind is ScopeKind.FUNCTION:
            for position in _positions(sought, scope):
                found = _finding(sought, scope, position)
                if found is not None:
                    yield found


def _positions(sought: Sought, scope: Scope) -> Iterator[int]:
    """Which of the decorators of a function opens a transaction."""
    where = Where(sought.index.path, max(scope.parent, 0))
    for position, term in enumerate(scope.decorators):
        called = term.func if isinstance(term, Call) else term
        name = called.name if isinstance(called, Attr) else getattr(called, "id", "")
        if _NAME not in name:
            continue
        if called is not term and sought.index.scopes[where.scope].is_async:
            continue  # the call is found by itself, where it is made
        if sole(sought.resolver.values(called, where)) == ATOMIC:
            yield position


def _finding(sought: Sought, scope: Scope, position: int) -> Finding | None:
    entry = callable_entry(sought.resolver, ATOMIC)
    decorators = _decorators_of(sought, scope)
    if entry is None or position >= len(decorators):
        return None
    function = sought.function_of(scope)
    decorator = decorators[position]
    message = (
        f"the transaction of `{ATOMIC.name}` ends before the coroutine `{scope.qualname}` runs"
    )
    return Finding(
        rule=RULE,
        path=sought.index.path,
        place=Place.of(decorator),
        shape=Shape.VALUE,
        function=function,
        scope=scope.number,
        suite=0,
        call=ATOMIC.name,
        entry=entry.entry,
        value=ATOMIC,
        message=message,
        chain=(Link(sought.index.path, decorator.lineno, function),),
    )


def _decorators_of(sought: Sought, scope: Scope) -> list[ast.expr]:
    return next(
        (
            node.decorator_list
            for node in sought.tree().nodes
            if isinstance(node, ast.AsyncFunctionDef)
            and node.name == scope.name
            and node.lineno == scope.line
        ),
        [],
    )
