"""Whether an object has been asked for an attribute before, on every way to a place: then it has kept it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.detect.rows.at import Used
from awaken.detect.rows.origin import SEPARATOR
from awaken.index.summary import ScopeKind, Use
from awaken.index.terms import Attr, Call, Constant, Display, Name, Scoped, last_part
from awaken.resolve.evaluation import Where
from awaken.resolve.reaching import suites_around
from awaken.resolve.unwrapped import unwrapped
from awaken.resolve.values import Defined
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver

FORGETS = frozenset(("refresh_from_db", "arefresh_from_db"))
"""Methods after which an object does not know its relations any more."""
KEY = "_id"
"""The end of the name of the attribute that holds the key of a relation."""
_PREFETCHERS = frozenset(("prefetch_related_objects", "aprefetch_related_objects"))
_INLINE = (ScopeKind.COMPREHENSION, ScopeKind.GENERATOR)


def is_read_already(resolver: Resolver, used: Used, read: Attr) -> bool:
    """Whether what is read here has been read, or set, before: of the same object, and whatever way led here.

    Args:
        resolver: knows what wraps a call.
        used: the use.
        read: the attribute that it reads.
    """
    if _is_prefetched(used, read.name):
        return True
    if not _root(read.base):
        return False
    return _before(resolver, used, read) or _in_function_around(resolver, used, read)


def _is_prefetched(used: Used, name: str) -> bool:
    """Whether `prefetch_related_objects(books, "author")` has come before, whatever objects it was given."""
    home = used.scope
    while home.kind in _INLINE and home.parent >= 0:
        home = used.index.scopes[home.parent]
    earlier = (each for each in home.sites if each.place[:2] < used.site.place[:2])
    return any(name in _prefetched(each) for each in earlier if each.use is Use.CALL)


def _prefetched(site: Site) -> set[str]:
    """The relations that a call asks for, for objects that are there."""
    term = site.term
    if not isinstance(term, Call) or not term.args:
        return set()
    if _PREFETCHERS.isdisjoint((last_part(term.func), last_part(_first_of(term.func)))):
        return set()
    texts = (getattr(given, "value", None) for given in term.args)
    return {part for text in texts if isinstance(text, str) for part in text.split(SEPARATOR)}


def _first_of(term: Term) -> Term:
    """What a call is given first: `f` of `sync_to_async(f)`."""
    return term.args[0] if isinstance(term, Call) and term.args else term


def _before(resolver: Resolver, used: Used, read: Attr) -> bool:
    """The same in the scope of the use itself."""
    sites = used.scope.sites
    number = next((place for place, each in enumerate(sites) if each is used.site), 0)
    around = suites_around(used.scope, used.site.suite)
    for each in reversed(sites[:number]):
        if _forgets(each, read):
            return False
        always = each.suite in around and each.sure
        if always and read in _loads(resolver, replace(used, site=each)):
            return _same_object(used.scope, each, used.site, read)
        if always and read in _brought_back(resolver, replace(used, site=each)):
            return _same_object(used.scope, _ended(each), used.site, read)
    return False


def _ended(site: Site) -> Site:
    """A use at its end: what it gives is assigned there."""
    line, column = site.place[2:]
    return site._replace(place=Place(line, column, line, column))


def _same_object(scope: Scope, first: Site, second: Site, read: Attr) -> bool:
    """Whether a variable holds at one place the object that it held at another, which knows it still."""
    loops = _loops(scope, second.suite) - suites_around(scope, first.suite)
    start, end = first.place[:2], second.place[:2]
    for binding in scope.bindings.get(_root(read), ()):
        between = start < (binding.line, binding.column) <= end
        if between or loops & suites_around(scope, binding.suite):
            return False
    return not any(
        _forgets(each, read) and loops & suites_around(scope, each.suite) for each in scope.sites
    )


def _in_function_around(resolver: Resolver, used: Used, read: Attr) -> bool:
    """The same for a comprehension that reads a variable of the function around it."""
    around, root = used.scope, _root(read)
    while root not in around.bindings and around.parent > 0 and around.kind in _INLINE:
        around = used.index.scopes[around.parent]
    if around is used.scope or len(around.bindings.get(root, ())) != 1:
        return False
    if any(_forgets(each, read) for each in around.sites):
        return False
    return any(
        read in _loads(resolver, Used(used.index, around, each))
        for each in around.sites
        if each.suite == 0 and each.sure and each.place[:2] < used.site.place[:2]
    )


def _loops(scope: Scope, suite: int) -> set[int]:
    return {number for number in suites_around(scope, suite) if scope.suites[number].loop}


def _loads(resolver: Resolver, used: Used) -> Sequence[Attr]:
    """The attributes that are there once a use has come."""
    site = used.site
    term = site.term
    if site.use in (Use.ATTRIBUTE, Use.STORE) and isinstance(term, Attr):
        return (term,)
    if site.use is not Use.CALL or not isinstance(term, Call):
        return ()
    where = Where(used.index.path, used.scope.number, *site.place[:2], site.suite)
    inner = unwrapped(resolver, term, where) if site.awaited else None
    named = _named(inner or term)
    if named is not None:
        return (named,)
    return tuple(_read_by(resolver, used.index, inner, where)) if inner is not None else ()


def _named(call: Call) -> Attr | None:
    """`book.author`, given as `getattr(book, "author")`."""
    if call.func not in (Name("getattr"), Name("hasattr")) or len(call.args) < len(("of", "name")):
        return None
    name = call.args[1]
    given = isinstance(name, Constant) and isinstance(name.value, str)
    return Attr(call.args[0], str(name.value)) if given and isinstance(name, Constant) else None


def _read_by(resolver: Resolver, index: FileIndex, call: Call, where: Where) -> Iterator[Attr]:
    """What a lambda, or a local function, reads of what it is given, and of variables that are not its own."""
    values = resolver.values(call.func, where)
    only = next(iter(values)) if len(values) == 1 else None
    if not isinstance(only, Defined) or only.path != index.path:
        return
    scope = index.scopes[only.scope]
    if not isinstance(call.func, (Scoped, Name)) or scope.parent != where.scope:
        return
    arguments = dict(zip(scope.parameters, call.args, strict=False))
    for site in scope.sites:
        term = site.term
        if site.use is Use.ATTRIBUTE and isinstance(term, Attr) and site.sure and site.suite == 0:
            root = _root(term.base)
            if root and root not in scope.bindings:
                yield term
            elif root in arguments and len(scope.bindings[root]) == 1:
                yield Attr(_moved(term.base, arguments[root]), term.name)


def _brought_back(resolver: Resolver, used: Used) -> Iterator[Attr]:
    """What a local function reads of the object that it gives to the variable of the same name as its own.

    `order = await sync_to_async(_transaction)()`, where `_transaction` reads `order.customer` and returns `order`.
    """
    site = used.site
    if site.use is not Use.CALL or not site.awaited or not isinstance(site.term, Call):
        return
    where = Where(used.index.path, used.scope.number, *site.place[:2], site.suite)
    call = unwrapped(resolver, site.term, where)
    values = resolver.values(call.func, where) if call is not None else frozenset()
    only = next(iter(values)) if len(values) == 1 else None
    if not isinstance(only, Defined) or only.path != used.index.path:
        return
    inner = used.index.scopes[only.scope]
    for each in inner.sites if inner.parent == used.scope.number else ():
        term = each.term
        sure = each.use is Use.ATTRIBUTE and each.sure and each.suite == 0
        if not sure or not isinstance(term, Attr):
            continue
        if _comes_back(inner, _root(term.base), used.scope, site):
            yield term


def _comes_back(inner: Scope, name: str, outer: Scope, call: Site) -> bool:
    """Whether a function returns the one object that a variable holds, for the variable of that name outside."""
    given = inner.returns[0] if len(inner.returns) == 1 else None
    parts = given.items if isinstance(given, Display) else (given,)
    end = call.place[2:]
    kept = any((each.line, each.column) == end for each in outer.bindings.get(name, ()))
    forgets = any(_forgets(each, Attr(Name(name), "")) for each in inner.sites)
    return kept and not forgets and Name(name) in parts and len(inner.bindings.get(name, ())) == 1


def _moved(path: Term, root: Term) -> Term:
    """A path of attributes that begins with something else."""
    return Attr(_moved(path.base, root), path.name) if isinstance(path, Attr) else root


def _forgets(site: Site, read: Attr) -> bool:
    """Whether a use makes an object forget what it has kept."""
    term = site.term
    if site.use is Use.STORE and isinstance(term, Attr):
        key = term.base == read.base and term.name == f"{read.name}{KEY}"
        return key or _is_below(read.base, term)
    if site.use is Use.CALL and isinstance(term, Call) and isinstance(term.func, Attr):
        base = term.func.base
        return term.func.name in FORGETS and (base == read.base or _is_below(read.base, base))
    return False


def _is_below(path: Term, other: Term) -> bool:
    """Whether a path begins with another: `book.author.publisher` with `book.author`."""
    while isinstance(path, Attr):
        if path == other:
            return True
        path = path.base
    return path == other


def _root(term: Term) -> str:
    """The variable that a path of attributes begins with; empty where it begins with something else."""
    while isinstance(term, Attr):
        term = term.base
    return term.id if isinstance(term, Name) else ""
