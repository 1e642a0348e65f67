"""What stands in a list, set or dict that a function makes and fills itself: `futures.append(pool.submit(f))`.

Nothing is said of a container that somebody else may have filled: one with another name, in an attribute, or given
to a function of the project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind, Use
from awaken.index.terms import Attr, Call, Display, Item, Name
from awaken.resolve.evaluation import Where
from awaken.resolve.values import NOTHING, UNKNOWN, External, Method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_FILLED = frozenset(("list", "set", "dict"))
_ADDS = frozenset(("add", "append", "appendleft"))
# They change which elements there are, and bring no new ones.
_KEEPS = frozenset(
    (
        *("clear", "copy", "count", "difference", "discard", "get", "index", "items", "keys"),
        *("pop", "popleft", "popitem", "remove", "reverse", "sort", "values"),
    )
)
_CALLED = (External, Method)


def collected_items(resolver: Resolver, name: str, where: Where) -> frozenset[Value]:
    """What iterating over a variable of a function gives; nothing where that cannot be told.

    Args:
        resolver: knows the project.
        name: the variable.
        where: where it is read.
    """
    index = resolver.file(where.path)
    owner = _owner(index, name, where) if index is not None else None
    if index is None or owner is None:
        return NOTHING
    found: frozenset[Value] = NOTHING
    for binding in owner.bindings[name]:
        term = binding.term
        if not isinstance(term, Display) or term.type not in _FILLED:
            return NOTHING
        if term.type == "dict" and term.each is None:
            return NOTHING
        found |= displayed(resolver, term, Where(where.path, binding.scope, binding.line))
    for scope in _scopes_below(index, owner):
        if _is_kept_elsewhere(scope, name):
            return NOTHING
        for site in scope.sites:
            at = Where(where.path, scope.number, *site.place[:2], site.suite)
            added = _added(resolver, site, name, at)
            if UNKNOWN in added:
                return NOTHING
            found |= added
    return found


def displayed(resolver: Resolver, term: Display, where: Where) -> frozenset[Value]:
    """What a display or comprehension has in it."""
    if term.each is not None:
        return resolver.values(term.each, Where(where.path, term.scope))
    return resolver.union(term.items, where)


def _owner(index: FileIndex, name: str, where: Where) -> Scope | None:
    """The function whose variable a name is."""
    scope = index.scopes[where.scope]
    while name not in scope.bindings or name in scope.outer:
        if scope.parent < 0:
            return None
        scope = index.scopes[scope.parent]
    return scope if scope.kind is ScopeKind.FUNCTION and name not in scope.outer else None


def _scopes_below(index: FileIndex, owner: Scope) -> Iterator[Scope]:
    """A function and everything in it."""
    inside = {owner.number}
    for scope in index.scopes[owner.number :]:
        if scope.number in inside or scope.parent in inside:
            inside.add(scope.number)
            yield scope


def _is_kept_elsewhere(scope: Scope, name: str) -> bool:
    """Whether the container gets a second name."""
    wanted = Name(name)
    return any(
        wanted == binding.term
        or (isinstance(binding.term, Display) and wanted in binding.term.items)
        for bindings in scope.bindings.values()
        for binding in bindings
    )


def _added(resolver: Resolver, site: Site, name: str, where: Where) -> frozenset[Value]:
    """What a use puts into the container; UNKNOWN where that cannot be told."""
    term, wanted = site.term, Name(name)
    if site.use is Use.CHANGE:
        return _unknown(isinstance(term, Item) and term.base == wanted)
    if not isinstance(term, Call):
        return NOTHING
    func = term.func
    if isinstance(func, Attr) and func.base == wanted:
        if func.name in _ADDS and len(term.args) == 1:
            return resolver.values(term.args[0], where) or frozenset({UNKNOWN})
        return _unknown(func.name not in _KEEPS)
    if not _is_given(term, wanted):
        return NOTHING
    callees = resolver.values(func, where)
    return _unknown(not all(isinstance(each, _CALLED) for each in callees))


def _is_given(call: Call, wanted: Term) -> bool:
    return wanted in call.args or any(value == wanted for _, value in call.keywords)


def _unknown(doubt: bool) -> frozenset[Value]:
    return frozenset({UNKNOWN}) if doubt else NOTHING
