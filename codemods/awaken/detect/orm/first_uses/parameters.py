"""What functions of the project use of what they are given: `user` of a request, or of that of their object."""

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
_SELF = Name("self")
_REQUEST = "request"  # where Django's views keep it


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
    run = called(term)
    function = sole(resolver.values(run, where)) if run is not None else None
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


def attributes_used_of_self(
    resolver: Resolver, term: Term, where: Where
) -> list[tuple[str, Loading]]:
    """What `self.method()` uses of `self.request`, there and then.

    Args:
        resolver: knows the project.
        term: the call.
        where: where it stands.

    Returns:
        The type that has the attribute, and the attribute.
    """
    method = called(term)
    if not isinstance(method, Attr) or method.base != _SELF:
        return []
    known = list(fetching(resolver, Attr(_SELF, _REQUEST), where))
    value = sole(resolver.values(method, where)) if known else None
    if not isinstance(value, Bound):
        return []
    uses = _uses(resolver, value, _request_of(resolver, value))
    return [(owner, loading) for owner, loading in known if _fetches(loading, uses)]


def called(term: Term) -> Term | None:
    """What a call runs: `describe` of `describe(request)` and of `sync_to_async(describe)(request)`."""
    if not isinstance(term, Call):
        return None
    func = term.func
    return func.args[0] if isinstance(func, Call) and func.args else func


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


def _parameter(resolver: Resolver, value: Bound | Defined, call: Call, number: int) -> Term | None:
    """The parameter that an argument is given to; None where that cannot be told."""
    if number >= len(call.args):
        named = call.keywords[number - len(call.args)][0]
        return Name(named) if named else None
    return _parameter_at(resolver, value, number + isinstance(value, Bound))


def _request_of(resolver: Resolver, method: Bound) -> Term | None:
    """`self.request`, as the method says it."""
    own = _parameter_at(resolver, method, 0)
    return Attr(own, _REQUEST) if own is not None else None


def _parameter_at(resolver: Resolver, value: Bound | Defined, place: int) -> Term | None:
    known = _function(resolver, value)
    parameters = known[1].parameters if known else ()
    return Name(parameters[place]) if place < len(parameters) else None


def _uses(
    resolver: Resolver, value: Bound | Defined, holder: Term | None, depth: int = 0
) -> set[tuple[str, str]]:
    """The attributes of an object whose members a function uses, itself or through another one.

    Args:
        resolver: knows the project.
        value: the function.
        holder: the object, as the function says it: a parameter, or what that keeps.
        depth: how many functions lead here.

    Returns:
        Each attribute with the member; that is empty for an item.
    """
    known = _function(resolver, value)
    if known is None or holder is None or depth > _DEEPEST:
        return set()
    function, scope = known
    found: set[tuple[str, str]] = set()
    for site in scope.sites:
        used = site.term.func if isinstance(site.term, Call) else site.term
        base = used.base if isinstance(used, (Attr, Item)) else None
        if isinstance(base, Attr) and base.name in ATTRIBUTES and base.base == holder:
            found.add((base.name, used.name if isinstance(used, Attr) else ""))
        elif isinstance(used, Attr) and site.use is Use.TRUTH and base == holder:
            found.add((used.name, ""))
        if isinstance(site.term, Call):
            where = Where(function.path, function.scope, *site.place[:2], site.suite)
            found |= _used_by(resolver, site.term, where, holder, depth + 1)
    return found


def _used_by(
    resolver: Resolver, call: Call, where: Where, holder: Term, depth: int
) -> set[tuple[str, str]]:
    """What a call in such a function uses, which is given the object, or is a method of who keeps it."""
    func = call.func
    of_keeper = isinstance(holder, Attr) and isinstance(func, Attr) and func.base == holder.base
    if holder not in call.args and not of_keeper:
        return set()
    inner = sole(resolver.values(func, where))
    if not isinstance(inner, (Bound, Defined)):
        return set()
    found: set[tuple[str, str]] = set()
    if holder in call.args:
        parameter = _parameter(resolver, inner, call, call.args.index(holder))
        found |= _uses(resolver, inner, parameter, depth)
    if of_keeper and isinstance(inner, Bound):
        found |= _uses(resolver, inner, _request_of(resolver, inner), depth)
    return found
