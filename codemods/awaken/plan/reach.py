"""Whether a callee that stands elsewhere in the file would mean the same at the place of a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.detect.loop_context import enclosing_function
from awaken.index.summary import ScopeKind
from awaken.index.terms import Argument, Name
from awaken.resolve.values import Defined

if TYPE_CHECKING:
    from awaken.index.summary import Binding, FileIndex, Scope
    from awaken.plan.runners.runner_uses import RunnerUse
    from awaken.plan.situation import Situation


def within_reach(situation: Situation, use: RunnerUse) -> bool:
    """Whether the runner can be called in the same words where the finding stands."""
    index = situation.index
    here = _owner(index, situation.scope, use.root)
    there = _owner(index, index.scopes[use.scope], use.root)
    if here is None or there is None or is_inside(situation, use.bodies):
        return False
    if here is not there:
        return _same_object(index, here, there, use.root)
    bindings = here.bindings[use.root]
    if here.kind is ScopeKind.MODULE:
        return not any(here.suites[each.suite].typing_only for each in bindings)
    sole = bindings[0] if len(bindings) == 1 else None
    return sole is not None and (
        isinstance(sole.term, Argument) or _is_set_before(situation, here, sole)
    )


def _owner(index: FileIndex, scope: Scope, name: str) -> Scope | None:
    """The scope whose variable a name is, seen from `scope`."""
    current: Scope | None = scope
    while current is not None:
        visible = current is scope or current.kind is not ScopeKind.CLASS
        if visible and name in current.bindings and name not in current.outer:
            return current
        current = index.scopes[current.parent] if current.parent >= 0 else None
    return None


def is_inside(situation: Situation, bodies: frozenset[Defined]) -> bool:
    """Whether the finding stands in one of the functions that a runner itself consists of."""
    scope: Scope | None = situation.scope
    while scope is not None:
        if Defined(situation.index.path, scope.number) in bodies:
            return True
        scope = situation.index.scopes[scope.parent] if scope.parent >= 0 else None
    return False


def _same_object(index: FileIndex, here: Scope, there: Scope, name: str) -> bool:
    """`self` in two methods of one class."""
    methods = (here, there)
    return (
        here.kind is there.kind is ScopeKind.FUNCTION
        and here.parent == there.parent
        and index.scopes[here.parent].kind is ScopeKind.CLASS
        and all(scope.parameters[:1] == (name,) for scope in methods)
        and all(len(scope.bindings[name]) == 1 for scope in methods)
        and kinds_of_method(here) == kinds_of_method(there)
        and "staticmethod" not in kinds_of_method(here)
    )


def kinds_of_method(scope: Scope) -> set[str]:
    """`staticmethod` or `classmethod`; empty where the first parameter is the object."""
    names = {each.id for each in scope.decorators if isinstance(each, Name)}
    return names & {"staticmethod", "classmethod"}


def _is_set_before(situation: Situation, scope: Scope, binding: Binding) -> bool:
    """Whether a variable of the coroutine itself has its only value before the finding is reached."""
    if enclosing_function(situation.index, situation.scope) is not scope:
        return False
    place = situation.finding.place
    if (binding.line, binding.column) >= (place.line, place.column):
        return False
    suite = situation.finding.suite if situation.scope is scope else 0
    while suite >= 0:
        if suite == binding.suite:
            return True
        suite = scope.suites[suite].parent
    return False
