"""Celery's tasks: sending one to the broker is synchronous code, at home in any thread."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.terms import Attr, Call
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Defined, External, Instance

if TYPE_CHECKING:
    from awaken.index.terms import Term
    from awaken.plan.situation import Situation

_SENDS = frozenset(("apply_async", "delay", "delay_on_commit", "s", "si", "signature"))
_LIBRARY = "celery."


def sends_task(situation: Situation, func: ast.expr) -> bool:
    """Whether an expression is `task.delay`, or the like, of a function that Celery has made a task of.

    Args:
        situation: a finding near it.
        func: what is called, or handed over to be called.
    """
    if not isinstance(func, ast.Attribute) or func.attr not in _SENDS:
        return False
    if isinstance(func.value, ast.Call):
        return sends_task(situation, func.value.func)  # of a signature
    values = situation.values_of(func.value)
    return bool(values) and all(
        isinstance(value, Defined) and _is_task(situation, value) for value in values
    )


def _is_task(situation: Situation, function: Defined) -> bool:
    scope = situation.resolver.scope(function)
    where = Where(function.path, max(scope.parent, 0)) if scope is not None else None
    return where is not None and any(
        _makes_task(situation, decorator, where)
        for decorator in (scope.decorators if scope else ())
    )


def _makes_task(situation: Situation, decorator: Term, where: Where) -> bool:
    """`@shared_task`, and `@app.task` of an application of Celery."""
    term = decorator.func if isinstance(decorator, Call) else decorator
    if any(
        isinstance(value, External) and value.name.startswith(_LIBRARY)
        for value in situation.resolver.values(term, where)
    ):
        return True
    if not isinstance(term, Attr) or term.name != "task":
        return False
    return any(
        isinstance(owner, Instance)
        and isinstance(owner.of, External)
        and owner.of.name.startswith(_LIBRARY)
        for owner in situation.resolver.values(term.base, where)
    )
