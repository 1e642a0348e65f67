"""Properties of libraries that do the work when they are read for the first time: `paginator.count`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.index.terms import Attr, Call
from awaken.resolve.values import Instance, Method, is_none
from awaken.syntax.positions import encloses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver

_PART_OF_FUNCTION = (ScopeKind.COMPREHENSION, ScopeKind.GENERATOR)


def lazy_property(resolver: Resolver, site: Site, where: Where) -> Method | None:
    """The property that a use reads, where nothing has asked for it before; None for anything else.

    Args:
        resolver: knows the project.
        site: an attribute that is read.
        where: the place from which its names are looked up.
    """
    term = site.term
    if not isinstance(term, Attr) or not resolver.catalogue.is_property_name(term.name):
        return None
    found = [_property(resolver, term, each) for each in _owners(resolver, term, where)]
    first = found[0] if found else None
    if first is None or any(each is None or each.entry != first.entry for each in found):
        return None
    return None if _is_warm(resolver, site, first.entry.warmed_by, where) else first


def _owners(resolver: Resolver, term: Attr, where: Where) -> list[object]:
    return [value for value in resolver.values(term.base, where) if not is_none(value)]


def _property(resolver: Resolver, term: Attr, owner: object) -> Method | None:
    if not isinstance(owner, Instance):
        return None
    members = resolver.members.of_instance(owner, term.name)
    found = next(iter(members)) if len(members) == 1 else None
    return found if isinstance(found, Method) and found.entry.is_property else None


def _is_warm(resolver: Resolver, site: Site, names: tuple[str, ...], where: Where) -> bool:
    """Whether the same object was asked something before, on every way here, after which the answer is there."""
    index = resolver.file(where.path)
    term = site.term
    if index is None or not isinstance(term, Attr):
        return False
    for around, inside in _enclosing(index, index.scopes[where.scope], site.suite):
        dominating = set(_suites(around, inside))
        for other, suite in _asked(index, around):
            if other.place < site.place and suite in dominating:
                asked = other.term.func if isinstance(other.term, Call) else other.term
                if isinstance(asked, Attr) and asked.base == term.base and asked.name in names:
                    return True
    return False


def _asked(index: FileIndex, scope: Scope) -> Iterator[tuple[Site, int]]:
    """What a function uses, each with its block; also in lambdas, which are run where they stand."""
    yield from ((site, site.suite) for site in scope.sites)
    for inner in index.scopes:
        if inner.kind is ScopeKind.LAMBDA and inner.parent == scope.number:
            for site in inner.sites:
                around = (each for each in scope.sites if encloses(each.place, site.place))
                yield from ((site, each.suite) for each in around)


def _enclosing(index: FileIndex, scope: Scope, suite: int) -> Iterator[tuple[Scope, int]]:
    """The scopes of the function that a place stands in, each with the block of it."""
    yield scope, suite
    while scope.kind in _PART_OF_FUNCTION and scope.parent >= 0:
        scope = index.scopes[scope.parent]
        yield scope, 0


def _suites(scope: Scope, suite: int) -> Iterator[int]:
    while suite >= 0:
        yield suite
        suite = scope.suites[suite].parent
