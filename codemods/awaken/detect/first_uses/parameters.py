"""What functions of the project use of their parameters: `user` of a request that they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.summary import Use
from awaken.index.terms import Attr, Call, Item, Name, last_part
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Bound, Defined, External, Instance, sole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.loading import Loading
    from awaken.index.summary import Scope
    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver

ATTRIBUTES = frozenset(("session", "user"))
"""Every attribute whose object the catalogue says is fetched on its first use: most files read none of them."""
_DEEPEST = 3


def fetching(resolver: Resolver, holder: Term, where: Where) -> Iterator[tuple[str, Loading]]:
    """The attributes of an object that fetch something, with the name of the type that has them."""
    value = sole(resolver.values(holder, where))
    for base in resolver.members.ancestry(value.of) if isinstance(value, Instance) else ():
        for known in resolver.catalogue.ancestry(base.name) if isinstance(base, External) else ():
            for loading in known.loading.values():
                yield known.name, loading


def attributes_used(resolver: Resolver, term: Term, where: Where) -> list[tuple[int, str, Loading]]:
    """What a call of a plain function of the project uses of its arguments, there and then.

    Args:
        resolver: knows the project.
        term: the call.
        where: where it stands.

    Returns:
        The number of the argument, those given by name last; the type that has the attribute; the attribute.
    """
    if not isinstance(term, Call):
        return []
    arguments = (*term.args, *(each for _, each in term.keywords))
    if not any(map(_may_be_request, arguments)):
        return []
    func = term.func  # `sync_to_async(describe)(request)`
    run = func.args[0] if isinstance(func, Call) and func.args else func
    function = sole(resolver.values(run, where))
    if not isinstance(function, (Bound, Defined)):
        return []
    return [
        (number, owner, loading)
        for number, given in enumerate(arguments)
        if _may_be_request(given)
        for owner, loading in fetching(resolver, given, where)
        if _fetches(
            loading, _uses(resolver, function, _parameter(resolver, function, term, number))
        )
    ]


def own_attributes_used(
    resolver: Resolver, term: Term, where: Where
) -> list[tuple[str, str, Loading]]:
    """What a plain method uses of something that its object has: `self.request.user` of a view.

    Args:
        resolver: knows the project.
        term: the call of the method.
        where: where it stands.

    Returns:
        The member of the object; the type that has the attribute; the attribute.
    """
    func = term.func if isinstance(term, Call) else None
    if not isinstance(func, Attr) or not isinstance(func.base, Name):
        return []
    function = sole(resolver.values(func, where))
    known = _function(resolver, function) if isinstance(function, Bound) else None
    if known is None or not known[1].parameters:
        return []
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for site in known[1].sites:
        used = site.term.func if isinstance(site.term, Call) else site.term
        base = used.base if isinstance(used, (Attr, Item)) else None
        holder = base.base if isinstance(base, Attr) and base.name in ATTRIBUTES else None
        if isinstance(holder, Attr) and holder.base == Name(known[1].parameters[0]):
            attribute = base.name if isinstance(base, Attr) else ""
            member = used.name if isinstance(used, Attr) else ""
            found.setdefault((holder.name, attribute), set()).add((attribute, member))
    return [
        (holder_name, owner, loading)
        for (holder_name, _), uses in found.items()
        for owner, loading in fetching(resolver, Attr(func.base, holder_name), where)
        if _fetches(loading, uses)
    ]


def _may_be_request(term: Term) -> bool:
    """By what it is called, which costs nothing to look at: every call of every coroutine comes by here."""
    name = last_part(term)
    return "req" in name.lower() or len(name) == 1


def _fetches(loading: Loading, uses: set[tuple[str, str]]) -> bool:
    return any(
        name == loading.attribute and (not loading.members or member in ("", *loading.members))
        for name, member in uses
    )


def _function(resolver: Resolver, value: Bound | Defined) -> tuple[Defined, Scope] | None:
    """A plain function; none that waits, or runs later."""
    function = value.function if isinstance(value, Bound) else value
    scope = resolver.scope(function)
    if scope is None or scope.is_async or scope.yields or resolver.is_class(function):
        return None
    return function, scope


def _parameter(resolver: Resolver, value: Bound | Defined, call: Call, number: int) -> str:
    """The name of the parameter that an argument is given to; empty where that cannot be told."""
    if number >= len(call.args):
        return call.keywords[number - len(call.args)][0] or ""
    known = _function(resolver, value)
    place = number + isinstance(value, Bound)
    parameters = known[1].parameters if known else ()
    return parameters[place] if place < len(parameters) else ""


def _uses(
    resolver: Resolver, value: Bound | Defined, name: str, depth: int = 0
) -> set[tuple[str, str]]:
    """The attributes of a parameter whose members a function uses, itself or through another one.

    Each comes with the member; that is empty for an item.
    """
    known = _function(resolver, value)
    if known is None or not name or depth > _DEEPEST:
        return set()
    function, scope = known
    found: set[tuple[str, str]] = set()
    for site in scope.sites:
        used = site.term.func if isinstance(site.term, Call) else site.term
        base = used.base if isinstance(used, (Attr, Item)) else None
        if isinstance(base, Attr) and base.name in ATTRIBUTES and base.base == Name(name):
            found.add((base.name, used.name if isinstance(used, Attr) else ""))
        elif isinstance(used, Attr) and site.use is Use.TRUTH and base == Name(name):
            found.add((used.name, ""))
        if isinstance(site.term, Call) and Name(name) in site.term.args:
            where = Where(function.path, function.scope, *site.place[:2], site.suite)
            inner = sole(resolver.values(site.term.func, where))
            if isinstance(inner, (Bound, Defined)):
                number = site.term.args.index(Name(name))
                parameter = _parameter(resolver, inner, site.term, number)
                found |= _uses(resolver, inner, parameter, depth + 1)
    return found
