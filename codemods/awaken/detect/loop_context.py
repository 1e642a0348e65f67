"""Which code runs on the event loop: coroutines, and functions that somebody has run on it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from awaken.index.summary import FileIndex, Scope, ScopeKind, Site, Use
from awaken.index.terms import Attr, Call
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Awaitable, Bound, Defined, External, Instance, is_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_TASK = "asyncio.Task"
# Their bodies are part of the function around them.
_INLINE = frozenset({ScopeKind.COMPREHENSION, ScopeKind.GENERATOR, ScopeKind.CLASS})


@dataclass(frozen=True, slots=True)
class OnLoop:
    """A function that runs on the event loop.

    Attributes:
        function: its scope.
        scopes: the scopes whose code it runs itself.
        why: what has it run there; empty for a coroutine.
    """

    function: Scope
    scopes: tuple[Scope, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """A call that has a function run on the loop.

    Attributes:
        scope: the scope that it stands in.
        site: the call.
        callback: the function, unevaluated.
    """

    scope: Scope
    site: Site
    callback: Term


def functions_on_loop(index: FileIndex, resolver: Resolver) -> Iterator[OnLoop]:
    """The functions of a file that run on the loop, each once.

    The cells of a notebook are among them. A lambda or a nested `def` inside a coroutine is not by itself: it runs
    wherever it is called, which may be a thread.
    """
    for scope in index.scopes:
        if scope.kind in (ScopeKind.FUNCTION, ScopeKind.MODULE) and scope.is_async:
            yield OnLoop(scope, tuple(scopes_of(index, scope.number)))
    for number, why in sorted(_callbacks(index, resolver).items()):
        yield OnLoop(index.scopes[number], tuple(scopes_of(index, number)), why)


def _callbacks(index: FileIndex, resolver: Resolver) -> dict[int, str]:
    """Functions of the file that are no coroutines and run on the loop, with what has them run there."""
    found: dict[int, str] = {}
    for scope in index.scopes:
        if scope.kind is ScopeKind.FUNCTION and not scope.is_async and not scope.yields:
            why = _decorated(index, scope, resolver) or _is_hook(index, scope, resolver)
            if why:
                found[scope.number] = why
    for registration in registrations(index, resolver):
        func = registration.site.term.func if isinstance(registration.site.term, Call) else None
        for function in functions_named(index, resolver, registration):
            known = index.scopes[function.scope] if function.path == index.path else None
            if known is not None and isinstance(func, Attr) and not known.is_async:
                found[function.scope] = f"`{func.name}` on line {registration.site.place.line}"
    return found


def registrations(index: FileIndex, resolver: Resolver) -> Iterator[Registration]:
    """The calls of a file that have a function run on the loop (`loop.call_later(1, self.poll)`)."""
    names = resolver.catalogue.callback_names
    for scope in index.scopes:
        for site in scope.sites:
            term = site.term
            if site.use is not Use.CALL or not isinstance(term, Call):
                continue
            if isinstance(term.func, Attr) and term.func.name in names:
                callback = _callback(index, resolver, scope, site)
                if callback is not None:
                    yield Registration(scope, site, callback)


def _callback(index: FileIndex, resolver: Resolver, scope: Scope, site: Site) -> Term | None:
    call = site.term
    if not isinstance(call, Call) or not isinstance(call.func, Attr):
        return None
    owners = [
        value
        for value in resolver.values(call.func.base, where_of(index, scope, site))
        if not is_none(value)
    ]
    positions = {_position(resolver, value, call.func.name) for value in owners}
    # an object that may be two things may run the function in two ways
    position = positions.pop() if len(positions) == 1 else None
    return call.args[position] if position is not None and position < len(call.args) else None


def _position(resolver: Resolver, owner: Value, method: str) -> int | None:
    """Which argument of a method is run on the loop; None where none is."""
    name = _type_name(owner)
    ancestry = resolver.catalogue.ancestry(name) if name else ()
    return next((known.callbacks[method] for known in ancestry if method in known.callbacks), None)


def _type_name(value: Value) -> str:
    """The foreign type of a value, or empty; what `create_task` gives is a task."""
    if isinstance(value, Awaitable):
        return _TASK
    return value.of.name if isinstance(value, Instance) and isinstance(value.of, External) else ""


def functions_named(
    index: FileIndex, resolver: Resolver, registration: Registration
) -> Iterator[Defined]:
    """The functions of the project that a registration has run."""
    where = where_of(index, registration.scope, registration.site)
    for value in resolver.values(registration.callback, where):
        function = value.function if isinstance(value, Bound) else value
        scope = resolver.scope(function) if isinstance(function, Defined) else None
        if isinstance(function, Defined) and scope and scope.kind is not ScopeKind.CLASS:
            yield function


def _decorated(index: FileIndex, scope: Scope, resolver: Resolver) -> str:
    where = Where(index.path, max(scope.parent, 0))
    for decorator in scope.decorators:
        for value in resolver.values(decorator, where):
            entry = resolver.catalogue.call(value.name) if isinstance(value, External) else None
            if entry is not None and entry.on_loop:
                return f"`@{entry.name.rpartition('.')[2]}`"
    return ""


def _is_hook(index: FileIndex, scope: Scope, resolver: Resolver) -> str:
    """Whether a method overrides one that a framework calls on the loop."""
    owner = index.scopes[scope.parent] if scope.parent >= 0 else None
    if owner is None or owner.kind is not ScopeKind.CLASS or not owner.bases:
        return ""
    if scope.name not in resolver.catalogue.hook_names:
        return ""
    for base in resolver.members.ancestry(Defined(index.path, owner.number)):
        for known in resolver.catalogue.ancestry(base.name) if isinstance(base, External) else ():
            if scope.name in known.hooks:
                return f"`{known.name}`"
    return ""


def where_of(index: FileIndex, scope: Scope, site: Site) -> Where:
    """The place from which the names of a use are looked up."""
    return Where(index.path, scope.number, site.place.line, site.place.column, site.suite)


def scopes_of(index: FileIndex, function: int) -> Iterator[Scope]:
    """The scopes whose code runs as part of a function or lambda: its own, and comprehensions in it."""
    yield index.scopes[function]
    for scope in islice(index.scopes, function + 1, None):
        if scope.parent < function:
            return  # scopes are numbered in the order of the text
        if home_of(index, scope).number == function:
            yield scope


def home_of(index: FileIndex, scope: Scope) -> Scope:
    """The function, lambda or module whose code a scope is part of."""
    while scope.kind in _INLINE and scope.parent >= 0:
        scope = index.scopes[scope.parent]
    return scope


def enclosing_function(index: FileIndex, scope: Scope) -> Scope | None:
    """The function whose body a scope belongs to, or None at module level and in lambdas."""
    home = home_of(index, scope)
    return home if home.kind is ScopeKind.FUNCTION else None
