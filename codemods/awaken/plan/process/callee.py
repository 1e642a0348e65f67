"""Whether the other process finds a function: it is told its module and its name there, and nothing else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.index.terms import Call, Imported, Scoped
from awaken.plan.process.obstacle import Obstacle
from awaken.resolve.decorators import Kind, decorated
from awaken.resolve.evaluation import Where
from awaken.resolve.resolver import absolute_name
from awaken.resolve.values import Bound, Defined, External, Method, Module

if TYPE_CHECKING:
    from awaken.index.summary import FileIndex, Scope
    from awaken.plan.situation import Situation
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

CODE = "not-importable"
OBJECT = "needs-its-object"
_AS_IT_IS = frozenset(
    f"{module}.{name}"
    for module in ("typing", "typing_extensions")
    for name in ("final", "no_type_check")
)
_WRAPS = "functools.wraps"


def callee_obstacle(situation: Situation, callee: Value) -> Obstacle | None:
    """Why a callee cannot be sent by its name, or None.

    Args:
        situation: the call.
        callee: what is called.
    """
    name = ast.unparse(situation.call.func)
    if isinstance(callee, (Bound, Method)):
        return Obstacle(OBJECT, f"`{name}`", certain=True)
    if isinstance(callee, External):
        return None
    scope = situation.resolver.scope(callee) if isinstance(callee, Defined) else None
    if scope is None or not isinstance(callee, Defined):
        return Obstacle(CODE, f"`{name}`", certain=True)
    found = _is_found(situation.resolver, callee, scope) and _is_named(situation)
    kept = found and _is_itself(situation.resolver, callee, scope)
    return None if kept else Obstacle(CODE, f"`{name}`", certain=True)


def _is_found(resolver: Resolver, function: Defined, scope: Scope) -> bool:
    """Whether the module holds the function, and nothing else, under its name, whoever imports it."""
    index = resolver.file(function.path)
    if index is None or scope.kind is not ScopeKind.FUNCTION or scope.parent != 0:
        return False
    bindings = index.scopes[0].bindings.get(scope.name, ())
    return len(bindings) == 1 and bindings[0].suite == 0


def _is_named(situation: Situation) -> bool:
    """Whether the call names the function itself: a variable may hold a `partial` of it, with who knows what inside."""
    func = situation.call.func
    if isinstance(func, ast.Name):
        scope: Scope | None = situation.scope
        while scope is not None and func.id not in scope.bindings:
            scope = situation.index.scopes[scope.parent] if scope.parent >= 0 else None
        return scope is not None and _denotes(situation.resolver, situation.index, scope, func.id)
    if not isinstance(func, ast.Attribute):
        return False
    values = situation.values_of(func.value)
    modules = [value for value in values if isinstance(value, Module)]
    indexes = [situation.resolver.file(each.path) for each in modules]
    return len(modules) == len(values) == 1 and all(
        index is not None and _denotes(situation.resolver, index, index.scopes[0], func.attr)
        for index in indexes
    )


def _denotes(resolver: Resolver, index: FileIndex, scope: Scope, name: str) -> bool:
    """Whether a name is bound by the definition of a function, or by imports that lead to one."""
    bindings = scope.bindings.get(name, ())
    if len(bindings) != 1:
        return False
    term = bindings[0].term
    if not isinstance(term, Imported):
        return isinstance(term, Scoped)
    module = absolute_name(term, index) or ""
    path = resolver.project.module(module, index.path)
    below = resolver.file(path) if path and term.member else None
    if below is None or term.member is None:
        return False
    return _denotes(resolver, below, below.scopes[0], term.member)


def _is_itself(resolver: Resolver, function: Defined, scope: Scope) -> bool:
    """Whether decorators leave the function, or one that goes by its name, in its place."""
    if not scope.decorators:
        return True
    found = decorated(resolver, function)
    if found.kind is not Kind.PLAIN:
        return False
    if not found.wrappers:
        return all(_hands_back(resolver, function, scope))
    return all(_wraps(resolver, each) for each in found.wrappers)


def _hands_back(resolver: Resolver, function: Defined, scope: Scope) -> list[bool]:
    """For each decorator, whether it is one of the project's, or known to give the function back."""
    where = Where(function.path, max(scope.parent, 0))
    return [
        bool(values) and all(isinstance(each, Defined) or _is_known(each) for each in values)
        for values in (resolver.values(each, where) for each in scope.decorators)
    ]


def _is_known(value: Value) -> bool:
    return isinstance(value, External) and value.name in _AS_IT_IS


def _wraps(resolver: Resolver, wrapper: Defined) -> bool:
    """`@functools.wraps(f)`, so that the wrapper has the function's name."""
    scope = resolver.scope(wrapper)
    if scope is None:
        return False
    where = Where(wrapper.path, max(scope.parent, 0))
    makers = [each.func for each in scope.decorators if isinstance(each, Call)]
    return any(External(_WRAPS) in resolver.values(each, where) for each in makers)
