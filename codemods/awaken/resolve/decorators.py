"""What decorators make of a function: whether calling its name still runs it, and what else runs with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from awaken.index.summary import Scope, ScopeKind, Use
from awaken.index.terms import Argument, Attr, Awaited, Call, Name, Term
from awaken.resolve.decorator_names import (
    AWAITABLE,
    MANAGERS,
    OF_A_PROPERTY,
    PLAIN,
    PROPERTIES,
    ROUTERS,
)
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Bound, Defined, External, Instance, Managed, Value

if TYPE_CHECKING:
    from awaken.index.summary import Site

_DEEPEST = 4


class Kind(str, Enum):
    """What the decorated name is."""

    PLAIN = "plain"
    """Calling it runs the function, in the thread of the caller."""
    MANAGER = "manager"
    """Calling it gives a context manager; entering that runs the function."""
    PROPERTY = "property"
    """Looking it up on an instance runs the function."""
    AWAITABLE = "awaitable"
    """Calling it gives something to await."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Decoration:
    """What a function's decorators come down to.

    Attributes:
        kind: what the name is.
        wrappers: functions of the project that run around the function when the name is called.
        keeps_result: whether the caller gets what the function returns (inside the awaitable, for AWAITABLE).
    """

    kind: Kind
    wrappers: tuple[Defined, ...] = ()
    keeps_result: bool = True


class Resolving(Protocol):
    """What is asked of the resolver."""

    def values(self, term: Term, where: Where) -> frozenset[Value]: ...

    def called(self, value: Value, term: Call, where: Where) -> frozenset[Value]: ...

    def scope(self, value: Defined) -> Scope | None: ...


_PLAIN = Decoration(Kind.PLAIN)
_UNKNOWN = Decoration(Kind.UNKNOWN, keeps_result=False)


def decorated(resolver: Resolving, function: Defined) -> Decoration:
    """What the decorators of a function make of it.

    Args:
        resolver: knows the project.
        function: a function of the project, or a lambda.
    """
    return _decorated(resolver, function, 0)


def _decorated(resolver: Resolving, function: Defined, depth: int) -> Decoration:
    scope = resolver.scope(function)
    if scope is None or scope.kind is ScopeKind.CLASS:
        return _UNKNOWN
    found = _PLAIN
    for decorator in reversed(scope.decorators):
        step = _of_decorator(resolver, decorator, function, scope, depth)
        found = _together(found, step)
        if found.kind is Kind.UNKNOWN:
            return _UNKNOWN
    return found


def _together(inner: Decoration, outer: Decoration) -> Decoration:
    """One decorator above others."""
    wrappers = (*inner.wrappers, *outer.wrappers)
    keeps = inner.keeps_result and outer.keeps_result
    if inner.kind is Kind.PLAIN:
        return Decoration(outer.kind, wrappers, keeps)
    # Above anything else only decorators that hand the function on as it is can be followed.
    if outer.kind is Kind.PLAIN and not outer.wrappers:
        return Decoration(inner.kind, wrappers, keeps)
    return inner if inner.kind is outer.kind is Kind.PROPERTY else _UNKNOWN


def _of_decorator(
    resolver: Resolving, decorator: Term, function: Defined, scope: Scope, depth: int
) -> Decoration:
    where = Where(function.path, max(scope.parent, 0))
    factory = isinstance(decorator, Call)
    term = decorator.func if isinstance(decorator, Call) else decorator
    if isinstance(term, Attr) and not factory and _of_own_property(term, scope):
        return Decoration(Kind.PROPERTY)
    steps = {
        _of_value(resolver, value, (decorator, where), scope, depth)
        for value in resolver.values(term, where)
    }
    if len(steps) == 1 and _UNKNOWN not in steps:
        return steps.pop()
    return _of_router(resolver, term, where) if isinstance(term, Attr) else _UNKNOWN


def _of_own_property(term: Attr, scope: Scope) -> bool:
    """`@name.setter` above `def name`."""
    base = term.base
    return term.name in OF_A_PROPERTY and isinstance(base, Name) and base.id == scope.name


def _of_router(resolver: Resolving, term: Attr, where: Where) -> Decoration:
    """`@app.get("/")`: the frameworks named in the table give the function back as it is."""
    owners = resolver.values(term.base, where)
    known = owners and all(
        isinstance(owner, Instance)
        and isinstance(owner.of, External)
        and term.name in ROUTERS.get(owner.of.name, ())
        for owner in owners
    )
    return _PLAIN if known else _UNKNOWN


def _of_value(
    resolver: Resolving, value: Value, use: tuple[Term, Where], scope: Scope, depth: int
) -> Decoration:
    """What one value that a decorator may stand for does; `use` is how and where it is written."""
    decorator, where = use
    if isinstance(value, External):
        return _of_name(value.name)
    callee, skipped = (value.function, 1) if isinstance(value, Bound) else (value, 0)
    if not isinstance(callee, Defined) or depth >= _DEEPEST:
        return _UNKNOWN
    if not isinstance(decorator, Call):
        return _of_project(resolver, callee, skipped, scope, depth)
    made = resolver.called(value, decorator, where)
    steps = {
        Decoration(Kind.PLAIN, (each.function,))
        if isinstance(each, Managed)
        else _of_project(resolver, each, 0, scope, depth)
        if isinstance(each, Defined)
        else _UNKNOWN
        for each in made
    }
    return steps.pop() if len(steps) == 1 else _UNKNOWN


def _of_name(name: str) -> Decoration:
    if name in PLAIN:
        return Decoration(Kind.PLAIN, keeps_result=PLAIN[name])
    for kind, names in (
        (Kind.PROPERTY, PROPERTIES),
        (Kind.MANAGER, MANAGERS),
        (Kind.AWAITABLE, AWAITABLE),
    ):
        if name in names:
            return Decoration(kind)
    return _UNKNOWN


def _of_project(
    resolver: Resolving, decorator: Defined, skipped: int, decorated_scope: Scope, depth: int
) -> Decoration:
    """A decorator that the project defines: what it returns, given the function.

    Args:
        resolver: knows the project.
        decorator: the function that is given the function.
        skipped: how many parameters stand before the one that gets it (`self`).
        decorated_scope: the function that is decorated.
        depth: how many decorators stand above each other in this question.
    """
    scope = resolver.scope(decorator)
    if (
        scope is None
        or scope.kind is not ScopeKind.FUNCTION
        or scope.is_async
        or scope.yields
        or len(scope.parameters) <= skipped
        or _decorated(resolver, decorator, depth + 1) != _PLAIN
    ):
        return _UNKNOWN
    given = scope.parameters[skipped]
    if not _only_given(scope, given):
        return _UNKNOWN
    where = Where(decorator.path, decorator.scope)
    steps: set[Decoration] = set()
    for returned in scope.returns:
        if returned == Name(given):
            steps.add(_PLAIN)
            continue
        found = resolver.values(returned, where)
        steps.update(
            _of_wrapper(resolver, value, given, decorator, depth)
            if isinstance(value, Defined)
            else _UNKNOWN
            for value in found
        )
    return _chosen(resolver, steps, given, is_async=decorated_scope.is_async)


def _only_given(scope: Scope, name: str) -> bool:
    bindings = scope.bindings.get(name, ())
    return len(bindings) == 1 and isinstance(bindings[0].term, Argument)


def _chosen(
    resolver: Resolving, steps: set[Decoration], given: str, *, is_async: bool
) -> Decoration:
    """The one thing that a decorator does; a wrapper for coroutines beside one for functions is told apart."""
    if len(steps) == 1:
        return steps.pop()
    kinds = {step.kind: step for step in steps}
    if len(steps) != len(kinds) or kinds.keys() != {Kind.PLAIN, Kind.AWAITABLE}:
        return _UNKNOWN
    for_coroutines = resolver.scope(kinds[Kind.AWAITABLE].wrappers[0])
    if for_coroutines is None or not any(site.awaited for site in _calls(for_coroutines, given)):
        return _UNKNOWN
    return kinds[Kind.AWAITABLE if is_async else Kind.PLAIN]


def _calls(scope: Scope, name: str) -> list[Site]:
    return [
        site
        for site in scope.sites
        if site.use is Use.CALL and isinstance(site.term, Call) and site.term.func == Name(name)
    ]


def _of_wrapper(
    resolver: Resolving, wrapper: Defined, given: str, decorator: Defined, depth: int
) -> Decoration:
    """A function that a decorator makes: it must call what it was given, itself."""
    scope = resolver.scope(wrapper)
    if scope is None or wrapper.path != decorator.path or scope.parent != decorator.scope:
        return _UNKNOWN
    if scope.kind is not ScopeKind.FUNCTION or scope.yields or given in scope.bindings:
        return _UNKNOWN
    if _decorated(resolver, wrapper, depth + 1) != _PLAIN:
        return _UNKNOWN
    keeps = bool(scope.returns) and all(_gives(scope, term, given) for term in scope.returns)
    if scope.is_async:
        return Decoration(Kind.AWAITABLE, (wrapper,), keeps)
    return Decoration(Kind.PLAIN, (wrapper,), keeps) if _calls(scope, given) else _UNKNOWN


def _gives(scope: Scope, term: Term, given: str) -> bool:
    """Whether a returned term is what calling (and awaiting) the function gave."""
    if isinstance(term, Name):
        bound = scope.bindings.get(term.id, ())
        return bool(bound) and all(_is_call(scope, each.term, given) for each in bound)
    return _is_call(scope, term, given)


def _is_call(scope: Scope, term: Term, given: str) -> bool:
    if scope.is_async:
        return (
            isinstance(term, Awaited)
            and isinstance(term.base, Call)
            and term.base.func == Name(given)
        )
    return isinstance(term, Call) and term.func == Name(given)
