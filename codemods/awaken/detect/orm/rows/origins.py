"""From an expression to where the objects of models in it come from, across assignments, helpers and managers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.detect.loop_context import scopes_of
from awaken.detect.orm.rows.at import At, Visited
from awaken.detect.orm.rows.containers import ROWS
from awaken.detect.orm.rows.given_values import given_values
from awaken.detect.orm.rows.objects import OBJECTS
from awaken.detect.orm.rows.origin import STRANGER, Origin, Source
from awaken.index.summary import ScopeKind, Use
from awaken.index.terms import Argument, Attr, Call, Name
from awaken.resolve.decorators import decorated
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Bound, Defined, Instance, sole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from awaken.index.summary import FileIndex, Scope
    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value
    from awaken.syntax.positions import Place

    Found: TypeAlias = frozenset[Origin]
    Ask: TypeAlias = Callable[[Term, At], Found]

STRANGERS = frozenset({STRANGER})
_USUAL, _DEFAULT = "objects", "_default_manager"
_DEEPEST = 6  # calls of helpers that are followed into each other


class Origins:
    """Answers where objects come from.

    Args:
        resolver: knows the project.
    """

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._open: set[tuple[bool, int, Where]] = set()
        self._places: dict[str, tuple[FileIndex, dict[int, Place]]] = {}

    def object(self, term: Term, at: At) -> Found:
        """Where the object that a term stands for comes from; nothing where it is None in any case."""
        rule = OBJECTS.get(type(term))
        return self._once(term, at, lambda: rule(self, term, at), one=True) if rule else STRANGERS

    def rows(self, term: Term, at: At) -> Found:
        """Where the objects come from that a queryset, a manager or a container gives."""
        rule = ROWS.get(type(term))
        return self._once(term, at, lambda: rule(self, term, at), one=False) if rule else STRANGERS

    def _once(self, term: Term, at: At, work: Callable[[], Found], *, one: bool) -> Found:
        """What a rule says of a term; nothing for a term that is asked for again on the way."""
        key = (one, id(term), at.where)
        if key in self._open:
            return frozenset()
        self._open.add(key)
        try:
            return work()
        finally:
            self._open.discard(key)

    def values(self, term: Term, at: At) -> frozenset[Value]:
        """Everything that a term may stand for."""
        return given_values(self.resolver, term, at)

    def bound(self, name: str, at: At, ask: Ask) -> Found:
        """What is asked of a name, for everything that it may be bound to."""
        bindings = self.resolver.bindings(name, at.where)
        found: Found = frozenset()
        for each in bindings:
            where = Where(at.where.path, each.scope, each.line, each.column, each.within)
            found |= ask(each.term, At(where, at.visited))
        return found if bindings else STRANGERS

    def argument(self, term: Argument, at: At, ask: Ask) -> Found:
        """What is asked of a parameter, where the call that gives it is in view."""
        visited = at.visited
        if visited is None or visited.function != Defined(at.where.path, term.scope):
            return STRANGERS
        given = dict(visited.arguments).get(term.position)
        return ask(given, visited.at) if given is not None else STRANGERS

    def returned(self, value: Bound | Defined, term: Call, at: At, ask: Ask) -> Found:
        """What is asked of what a function of the project returns, or of each thing that it yields."""
        function = value.function if isinstance(value, Bound) else value
        scope = self.resolver.scope(function)
        depth = at.visited.depth + 1 if at.visited else 1
        if scope is None or scope.kind is ScopeKind.CLASS or scope.stub or depth > _DEEPEST:
            return STRANGERS
        if not decorated(self.resolver, function).keeps_result:
            return STRANGERS
        arguments = tuple(passed(scope, term, skipped=isinstance(value, Bound)))
        inside = At(Where(function.path, function.scope), Visited(function, arguments, at, depth))
        terms, ask = (scope.yielded, self.object) if scope.yields else (scope.returns, ask)
        found: Found = frozenset()
        for each in terms:
            handled = self._handled(function, each)
            found |= {replace(one, handled=one.handled | handled) for one in ask(each, inside)}
        return found

    def _handled(self, function: Defined, term: Term) -> frozenset[str]:
        """The attributes that a function reads or sets of an object that it returns."""
        index = self.resolver.file(function.path)
        if index is None or not isinstance(term, Name):
            return frozenset()
        sites = (site for scope in scopes_of(index, function.scope) for site in scope.sites)
        return frozenset(
            site.term.name
            for site in sites
            if site.use in (Use.ATTRIBUTE, Use.STORE)
            and isinstance(site.term, Attr)
            and site.term.base == term
        )

    # -- the text

    def behind(self, rows: Found, term: Call, at: At) -> Found:
        """The same rows, where a join may stand behind a call; never in a helper."""
        place = self._place(term, at)
        source = Source(at.where.path, place, asks=False) if place is not None else None
        return frozenset(replace(each, source=source) if each.known else each for each in rows)

    def asked(self, rows: Found, term: Call, at: At) -> Found:
        """Rows that a call asks for: where they come of a bare manager it is all there is of the query."""
        place = self._place(term, at)
        source = Source(at.where.path, place, asks=True) if place is not None else None
        return frozenset(
            replace(each, source=source) if each.known and each.source is None else each
            for each in rows
        )

    def given(self, rows: Found, term: Call, at: At) -> Found:
        """Rows of a model, or of a bare manager, that a call is given to ask for."""
        manager = self._manager(term.args[0], at)
        found = self.asked(rows, term, at)
        if manager is None or found == rows:
            return rows
        return frozenset(
            replace(each, source=each.source._replace(given=True, manager=manager))
            if each.source is not None and each not in rows
            else each
            for each in found
        )

    def _manager(self, term: Term, at: At) -> str | None:
        """The name of the manager that a model is asked through where it is given itself; empty for a manager."""
        values = self.values(term, at)
        if all(isinstance(each, Instance) for each in values):
            return ""
        only = sole(values)
        if not isinstance(only, Defined) or not self.resolver.is_class(only):
            return None
        usual = self.resolver.members.of_class(only, _USUAL)
        same = usual == self.resolver.model_managers.default(only)
        return _USUAL if same else _DEFAULT

    def _place(self, term: Call, at: At) -> Place | None:
        """Where a call stands in its file; None inside of a helper, but for a lambda."""
        index = self.resolver.file(at.where.path)
        if index is None:
            return None
        if at.visited is not None and index.scopes[at.where.scope].kind is not ScopeKind.LAMBDA:
            return None
        kept = self._places.get(index.path)
        if kept is None or kept[0] is not index:
            sites = (site for scope in index.scopes for site in scope.sites)
            places = {id(site.term): site.place for site in sites if site.use is Use.CALL}
            kept = self._places[index.path] = (index, places)
        return kept[1].get(id(term))


def passed(scope: Scope, term: Call, *, skipped: bool) -> Iterator[tuple[int, Term]]:
    """The arguments of a call by the position of the parameters that get them."""
    if skipped and isinstance(term.func, Attr):
        yield 0, term.func.base
    yield from enumerate(term.args, int(skipped))
    positions = {name: place for place, name in enumerate(scope.parameters)}
    for name, argument in term.keywords:
        if name in positions:
            yield positions[name], argument
