"""Objects that are given to other functions of the project before they are read: those may have read them, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.detect.loop_context import home_of, scopes_of, where_of
from awaken.index.summary import Use
from awaken.index.terms import Attr, Call
from awaken.resolve.unwrapped import unwrapped
from awaken.resolve.values import Bound, Defined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.detect.orm.rows.at import Used
    from awaken.index.summary import Site
    from awaken.resolve.resolver import Resolver


def is_handed_on(resolver: Resolver, used: Used, read: Attr) -> bool:
    """Whether something that is awaited before a read is given the object, and mentions the attribute.

    Args:
        resolver: knows the project.
        used: the read.
        read: the attribute that it reads.
    """
    home = home_of(used.index, used.scope)
    for scope in scopes_of(used.index, home.number):
        for site in scope.sites:
            if site.use is Use.CALL and site.awaited and site.place[:2] < used.site.place[:2]:
                where = where_of(used.index, scope, site)
                call = site.term if isinstance(site.term, Call) else None
                inner = unwrapped(resolver, call, where) if call is not None else None
                made = inner or call
                if made is not None and _is_given(made, read):
                    called = resolver.values(made.func, where)
                    if any(_mentions(resolver, each, read.name) for each in _functions(called)):
                        return True
    return False


def _is_given(call: Call, read: Attr) -> bool:
    receiver = call.func.base if isinstance(call.func, Attr) else None
    return read.base in (receiver, *call.args, *(term for _, term in call.keywords))


def _functions(values: frozenset[object]) -> Iterator[Defined]:
    for value in values:
        function = value.function if isinstance(value, Bound) else value
        if isinstance(function, Defined):
            yield function


def _mentions(resolver: Resolver, function: Defined, name: str) -> bool:
    index = resolver.file(function.path)
    return index is not None and any(
        _names(site, name) for scope in scopes_of(index, function.scope) for site in scope.sites
    )


def _names(site: Site, name: str) -> bool:
    return isinstance(site.term, Attr) and site.term.name == name
