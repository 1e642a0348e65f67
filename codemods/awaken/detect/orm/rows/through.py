"""Reads in functions that are given the object: whether it has been loaded, the call that gives it tells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from awaken.detect.call_graph import Reached
from awaken.detect.callees import Target
from awaken.detect.finding import Link
from awaken.detect.loop_context import scopes_of, where_of
from awaken.detect.orm.rows.at import At, Used, Visited
from awaken.detect.orm.rows.blocking_reads import blocking_read, may_be_loaded
from awaken.detect.orm.rows.given_values import given_values
from awaken.detect.orm.rows.origins import passed
from awaken.index.summary import Use
from awaken.index.terms import Attr, Call, Either, Element, Item
from awaken.resolve.models.model_meta import is_model
from awaken.resolve.term_values import items_of_value
from awaken.resolve.values import Bound, Defined, Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.detect.call_graph import CallGraph
    from awaken.detect.orm.rows.reads import Read
    from awaken.index.summary import Site
    from awaken.index.terms import Term

_DEEPEST = 4  # calls that are followed into each other
_SORTERS = frozenset(("sorted", "min", "max"))


class PassedRead(NamedTuple):
    """A read in a function that a use runs.

    Attributes:
        read: what is read there, as far as the use and what is around it tell.
        links: the functions on the way, each at the line of its call, down to the read.
    """

    read: Read
    links: tuple[Link, ...]


def reads_through(
    graph: CallGraph, used: Used, targets: tuple[Target, ...]
) -> tuple[PassedRead, ...]:
    """What the functions that a use runs read of objects that have not been loaded, or may not have been.

    Args:
        graph: knows the calls between the functions of the project.
        used: the use.
        targets: the functions that it runs.
    """
    return tuple(
        _through(graph, used.site, At(where_of(used.index, used.scope, used.site)), targets, ())
    )


def reached_read(
    graph: CallGraph, used: Used, targets: tuple[Target, ...], known: Reached | None
) -> Reached | None:
    """What a use blocks on that blocks on reads, if at all: the first that does for certain, else one that may.

    Args:
        graph: knows the calls between the functions of the project.
        used: the use.
        targets: the functions that it runs.
        known: what is reached whatever the functions are given: a read, or nothing.
    """
    if not graph.reads.has_models:
        return known
    found = reads_through(graph, used, targets)
    if not found:
        return known if not only_reads(graph, targets) else None
    first = next((each for each in found if each.read.certain), found[0])
    return Reached(blocking_read(graph.resolver, first.read), first.links)


def only_reads(graph: CallGraph, targets: tuple[Target, ...]) -> bool:
    """Whether functions block on nothing but reads of what may not have been loaded."""
    return all(
        may_be_loaded(leaf.blocking)
        for target in graph.closure(targets)
        for leaf in graph.body(target.function).leaves
    )


def _through(
    graph: CallGraph, site: Site, at: At, targets: tuple[Target, ...], above: tuple[Link, ...]
) -> Iterator[PassedRead]:
    depth = at.visited.depth + 1 if at.visited else 1
    for target in targets:
        index = graph.resolver.file(target.function.path)
        arguments = tuple(_arguments(graph, site, at, target))
        if index is None or depth > _DEEPEST or not _has_rows(graph, arguments, at):
            continue
        visited = Visited(target.function, arguments, at, depth)
        name = graph.name(target.function)
        for scope in scopes_of(index, target.function.scope):
            for inner in scope.sites:
                inside = At(where_of(index, scope, inner), visited)
                links = (*above, Link(index.path, inner.place.line, name))
                read = graph.reads.of(Used(index, scope, inner), inside)
                if read is not None:
                    # `cached or self.author` reads it where nothing else helps
                    certain = read.certain and inner.sure
                    yield PassedRead(replace(read, certain=certain), links)
                below = _run_by(graph, inner, inside)
                yield from _through(graph, inner, inside, below, links)


def _run_by(graph: CallGraph, site: Site, at: At) -> tuple[Target, ...]:
    """What a use runs where its names are what the call in view gives."""
    run = graph.callees.of(site, at.where)
    if run is not None or site.awaited or site.use is not Use.CALL:
        return run.targets if run is not None else ()
    func = site.term.func if isinstance(site.term, Call) else None
    methods = given_values(graph.resolver, func, at) if isinstance(func, Attr) else ()
    return tuple(
        Target(each.function, each.receiver.of)
        for each in sorted(methods, key=repr)
        if isinstance(each, Bound) and isinstance(each.receiver.of, Defined)
    )


def _has_rows(graph: CallGraph, arguments: tuple[tuple[int, Term], ...], at: At) -> bool:
    """Whether a function is given an object of a model, or something that holds some."""
    resolver = graph.resolver
    for _, term in arguments:
        for value in given_values(resolver, term, at):
            inner = items_of_value(resolver, value) if isinstance(value, Instance) else ()
            if any(
                is_model(resolver, each.of)
                for each in (value, *inner)
                if isinstance(each, Instance)
            ):
                return True
    return False


def _arguments(graph: CallGraph, site: Site, at: At, target: Target) -> Iterator[tuple[int, Term]]:
    """What a use gives to the parameters of a function that it runs, by their position."""
    term, resolver = site.term, graph.resolver
    if (site.use is Use.ATTRIBUTE and isinstance(term, Attr)) or (
        site.use is Use.INDEX and isinstance(term, Item)
    ):
        yield 0, term.base
    elif site.use is not Use.CALL:
        yield 0, term
    elif isinstance(term, Call):
        scope = resolver.scope(target.function)
        values = given_values(resolver, term.func, at)
        bound = any(isinstance(each, Bound) and each.function == target.function for each in values)
        if scope is not None and (bound or target.function in values):
            yield from passed(scope, term, skipped=bound)
        else:
            yield from _sorted_by(graph, term, at, target)
            yield from _shown(graph, term, at, target)


def _sorted_by(graph: CallGraph, term: Call, at: At, target: Target) -> Iterator[tuple[int, Term]]:
    """`sorted(books, key=f)`, `books.sort(key=f)`: `f` is given one after the other."""
    key = dict(term.keywords).get("key")
    if key is None or target.function not in graph.resolver.values(key, at.where):
        return
    if isinstance(term.func, Attr):
        yield 0, Element(term.func.base)
    elif getattr(term.func, "id", "") in _SORTERS and term.args:
        yield 0, Element(term.args[0])


def _shown(graph: CallGraph, term: Call, at: At, target: Target) -> Iterator[tuple[int, Term]]:
    """`print(book)`: the object whose text is made."""
    owners = tuple(
        argument
        for argument in term.args
        for value in given_values(graph.resolver, argument, at)
        if any(each.function == target.function for each in graph.callees.shown(value))
    )
    if owners:
        yield 0, Either(owners)
