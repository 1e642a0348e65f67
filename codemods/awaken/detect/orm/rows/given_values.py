"""What a term stands for in a function that one got to by a call in view: its parameters are what that call gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.detect.orm.rows.at import At
from awaken.index.terms import Argument, Attr, Awaited, Element, Name
from awaken.resolve.evaluation import Where
from awaken.resolve.term_values import items_of_value
from awaken.resolve.values import UNKNOWN, Awaitable, Defined, is_none

if TYPE_CHECKING:
    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_DEEPEST = 12  # steps from one term to the next


def given_values(resolver: Resolver, term: Term, at: At) -> frozenset[Value]:
    """Everything that a term may stand for; UNKNOWN among them where there is doubt.

    Args:
        resolver: knows the project.
        term: the term.
        at: where it stands, and the call by which one got there.
    """
    return _values(resolver, term, at, _DEEPEST)


def _values(resolver: Resolver, term: Term, at: At, left: int) -> frozenset[Value]:
    found = resolver.values(term, at.where)
    if at.visited is None or UNKNOWN not in found or not left:
        return found
    if isinstance(term, Name):
        return _of_name(resolver, term, at, left - 1) or found
    if isinstance(term, Argument):
        return _of_argument(resolver, term, at, left - 1) or found
    if isinstance(term, (Attr, Element, Awaited)):
        inner = _values(resolver, term.base, at, left - 1)
        known = (_below(resolver, term, each) for each in inner if not is_none(each))
        return frozenset().union(*known) or found
    return found


def _below(resolver: Resolver, term: Attr | Element | Awaited, value: Value) -> frozenset[Value]:
    if isinstance(term, Attr):
        return resolver.attribute(value, term.name)
    if isinstance(term, Element):
        return items_of_value(resolver, value)
    return frozenset({value.result if isinstance(value, Awaitable) else UNKNOWN})


def _of_name(resolver: Resolver, term: Name, at: At, left: int) -> frozenset[Value]:
    found: frozenset[Value] = frozenset()
    for each in resolver.bindings(term.id, at.where):
        where = Where(at.where.path, each.scope, each.line, each.column, each.within)
        found |= _values(resolver, each.term, At(where, at.visited), left)
    return found


def _of_argument(resolver: Resolver, term: Argument, at: At, left: int) -> frozenset[Value]:
    visited = at.visited
    if visited is None or visited.function != Defined(at.where.path, term.scope):
        return frozenset()
    given = dict(visited.arguments).get(term.position)
    return _values(resolver, given, visited.at, left) if given is not None else frozenset()
