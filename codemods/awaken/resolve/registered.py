"""Functions that a file gives to a framework by a call: `path("books/", views.books)` in a `urls.py`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from awaken.index.summary import Use
from awaken.index.terms import Call
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Defined, External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.schema import Entry
    from awaken.index.summary import FileIndex
    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver

_KEYWORD = "view"


def registered_with(resolver: Resolver, function: Defined) -> tuple[str, ...]:
    """What a function of the project is called with by the framework that it is given to.

    Args:
        resolver: knows the project.
        function: a function of the project.

    Returns:
        The types of its first parameters; empty where no file gives it to a framework.
    """
    scan = resolver.project.scan
    for path in scan().mentions.get("routing", ()) if scan else ():
        known = resolver.kept(resolver.registered, path, partial(_in_file, resolver, path))
        if function in known:
            return known[function]
    return ()


def _in_file(resolver: Resolver, path: str) -> dict[Defined, tuple[str, ...]]:
    index = resolver.file(path)
    return dict(_registered(resolver, index)) if index is not None else {}


def _registered(resolver: Resolver, index: FileIndex) -> Iterator[tuple[Defined, tuple[str, ...]]]:
    for scope in index.scopes:
        for site in scope.sites:
            call = site.term
            if site.use is not Use.CALL or not isinstance(call, Call):
                continue
            where = Where(index.path, scope.number, site.place.line, site.place.column, site.suite)
            for entry in _entries(resolver, call, where):
                if entry.registers is not None:
                    given = _given(call, entry.registers)
                    for function in _functions(resolver, given, where):
                        yield function, entry.handed


def _entries(resolver: Resolver, call: Call, where: Where) -> Iterator[Entry]:
    """What the catalogue says of the functions that a call may call."""
    for value in resolver.values(call.func, where):
        entry = resolver.catalogue.call(value.name) if isinstance(value, External) else None
        if entry is not None:
            yield entry


def _given(call: Call, position: int) -> Term | None:
    named = dict(call.keywords).get(_KEYWORD)
    return named if named is not None or position >= len(call.args) else call.args[position]


def _functions(resolver: Resolver, term: Term | None, where: Where) -> Iterator[Defined]:
    """The functions that a term stands for, also below decorators that are called: `login_required(index)`."""
    if term is None:
        return
    if isinstance(term, Call):
        inner = term.func if isinstance(term.func, Call) else term
        decorates = any(each.handed for each in _entries(resolver, inner, where))
        if decorates and term.args:
            yield from _functions(resolver, term.args[0], where)
        return
    for value in resolver.values(term, where):
        if isinstance(value, Defined) and not resolver.is_class(value):
            yield value
