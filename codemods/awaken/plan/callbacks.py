"""Functions that a call is given and may call itself, in the thread in which it runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.blocking import callable_entry
from awaken.index.summary import ScopeKind
from awaken.plan.waits.jobs import is_of_executor
from awaken.resolve.values import Bound, Defined, External, Method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_APPLY_THE_FIRST = frozenset(("builtins.map", "builtins.filter", "functools.reduce"))
_NAMED = frozenset(("key", "default", "default_factory", "object_hook", "cls", "func", "function"))


def hands_over_function(situation: Situation, call: ast.Call) -> bool:
    """Whether a call is given a function that may care which thread calls it.

    The calls inside a `lambda` are looked at where they stand.
    """
    if _gives_to_threads(situation, call):
        return False
    return any(not _is_harmless(situation, each) for each in _given(situation, call)) or any(
        _is_of_the_project(situation, each)
        for each in (*call.args, *(keyword.value for keyword in call.keywords))
    )


def _gives_to_threads(situation: Situation, call: ast.Call) -> bool:
    """`pool.submit(f)`: the function runs in a thread of the pool, whichever thread hands it over."""
    value = situation.callee(call)
    return isinstance(value, Method) and is_of_executor(situation.resolver, value)


def _given(situation: Situation, call: ast.Call) -> Iterator[ast.expr]:
    """The arguments that are called for certain."""
    value = situation.callee(call)
    if isinstance(value, External) and value.name in _APPLY_THE_FIRST:
        yield from call.args[:1]
    yield from (keyword.value for keyword in call.keywords if keyword.arg in _NAMED)


def _is_harmless(situation: Situation, node: ast.expr) -> bool:
    if isinstance(node, (ast.Lambda, ast.Constant)):
        return True
    if isinstance(node, ast.Call):
        return isinstance(situation.callee(node), External)  # `itemgetter(1)`
    value = situation.value_of(node)
    if isinstance(value, Method):
        return not value.native
    if not isinstance(value, External):
        return False
    found = callable_entry(situation.resolver, value)
    standard = value.name.startswith(("builtins.", "operator.", "os.path.", "json.", "datetime."))
    return standard if found is None else found.entry.refuse is None


def _is_of_the_project(situation: Situation, node: ast.expr) -> bool:
    """Whether a value is a function of the project; a class is as often only compared with."""
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return False
    for value in situation.values_of(node):
        scope = situation.resolver.scope(value) if isinstance(value, Defined) else None
        if isinstance(value, Bound) or (scope is not None and scope.kind is ScopeKind.FUNCTION):
            return True
    return False
