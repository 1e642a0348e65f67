"""Objects that never block because somebody has told them so: `sock.setblocking(False)`.

The object is followed back through names, attributes of `self` and functions of the project that return it; where
any of these was told so, nothing is known for certain any more, and nothing is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from awaken.detect.loop_context import home_of
from awaken.index.summary import ScopeKind, Use
from awaken.index.terms import Attr, Call, Name, Term
from awaken.resolve.conditions import holds
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Defined, External, Instance, Method, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.schema import Quiet
    from awaken.index.summary import Binding, FileIndex, Scope
    from awaken.resolve.resolver import Resolver

_FARTHEST = 8


class _Place(NamedTuple):
    """A name for an object: a term, and the scope of a file in which it stands."""

    path: str
    scope: int
    term: Term


def is_quiet(resolver: Resolver, value: Value, term: Term, where: Where) -> bool:
    """Whether a method is called on an object whose methods may have been told not to block.

    Args:
        resolver: knows what names mean.
        value: what is called.
        term: the call.
        where: the place of the call.
    """
    func = term.func if isinstance(term, Call) else None
    receiver = value.receiver if isinstance(value, Method) else None
    if receiver is None or not isinstance(func, Attr):
        return False
    told = tuple(_told(resolver, receiver))
    if not told:
        return False
    return any(
        _is_told(resolver, place, told)
        for place in _names_of(resolver, _Place(where.path, where.scope, func.base))
    )


def _told(resolver: Resolver, receiver: Instance) -> Iterator[Quiet]:
    for base in resolver.members.ancestry(receiver.of):
        if isinstance(base, External):
            for known in resolver.catalogue.ancestry(base.name):
                yield from known.quiet


def _names_of(resolver: Resolver, first: _Place) -> Iterator[_Place]:
    """The names under which an object has gone before it got here."""
    pending, seen = [first], {first}
    while pending and len(seen) <= _FARTHEST:
        place = pending.pop(0)
        yield place
        for other in _before(resolver, place):
            if other not in seen:
                seen.add(other)
                pending.append(other)


def _before(resolver: Resolver, place: _Place) -> Iterator[_Place]:
    index = resolver.file(place.path)
    if index is None:
        return
    for binding in _bindings(index, place):
        if isinstance(binding.term, (Name, Attr)):
            yield _Place(place.path, binding.scope, binding.term)
        elif isinstance(binding.term, Call):
            where = Where(place.path, binding.scope, binding.line, binding.column, binding.within)
            yield from _returned(resolver, binding.term, where)


def _bindings(index: FileIndex, place: _Place) -> tuple[Binding, ...]:
    """Where a name, or an attribute of `self`, gets its value."""
    if isinstance(place.term, Name):
        scope: Scope | None = index.scopes[place.scope]
        while scope is not None:
            if place.term.id in scope.bindings:
                return scope.bindings[place.term.id]
            scope = index.scopes[scope.parent] if scope.parent >= 0 else None
    if isinstance(place.term, Attr) and isinstance(place.term.base, Name):
        for scope in _around(index, place.scope):
            if scope.kind is ScopeKind.CLASS:
                return scope.bindings.get(f".{place.term.name}", ())
    return ()


def _around(index: FileIndex, number: int) -> Iterator[Scope]:
    while number >= 0:
        scope = index.scopes[number]
        yield scope
        number = scope.parent


def _returned(resolver: Resolver, call: Call, where: Where) -> Iterator[_Place]:
    """What a function of the project calls the object that it returns."""
    for value in resolver.values(call.func, where):
        scope = resolver.scope(value) if isinstance(value, Defined) else None
        if isinstance(value, Defined) and scope is not None:
            for term in scope.returns:
                yield _Place(value.path, value.scope, term)


def _is_told(resolver: Resolver, place: _Place, told: tuple[Quiet, ...]) -> bool:
    index = resolver.file(place.path)
    if index is None:
        return False
    return any(
        site.term.func.name == quiet.member and holds(quiet.when, site.term)
        for scope in _scopes_of(index, place)
        for site in scope.sites
        if site.use is Use.CALL
        and isinstance(site.term, Call)
        and isinstance(site.term.func, Attr)
        and site.term.func.base == place.term
        for quiet in told
    )


def _scopes_of(index: FileIndex, place: _Place) -> Iterator[Scope]:
    """Where the same name is the same object: in one function, or, for an attribute, anywhere in the file."""
    if not isinstance(place.term, Name):
        yield from index.scopes
        return
    owner = next(
        (scope for scope in _around(index, place.scope) if place.term.id in scope.bindings), None
    )
    if owner is not None:
        for scope in index.scopes:
            if owner.number in {
                each.number for each in _around(index, home_of(index, scope).number)
            }:
                yield scope
