"""Functions that a StopIteration may leave: in a thread it never reaches the `await`, which then hangs.

It leaves a function where nothing around its place catches it: raised by name, by `next` without a default, or by
a function below. Out of a generator comes a RuntimeError instead, and the end of a loop is no exception to anybody.

Source: CPython issue 112182; PEP 479 for generators.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from awaken.detect.loop_context import home_of, scopes_of, where_of
from awaken.index.summary import ScopeKind, Use
from awaken.index.terms import Attr, Call, Display
from awaken.plan.threads.thread_trouble import Trouble, written
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Defined, External, Generated, Instance
from awaken.syntax.positions import Place, encloses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.detect.call_graph import CallGraph, Step
    from awaken.detect.callees import Target
    from awaken.index.summary import FileIndex, Handler, Raised, Scope, Site
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_STOP = External("builtins.StopIteration")
_NEXT = External("builtins.next")
_CATCH = frozenset((_STOP, External("builtins.Exception"), External("builtins.BaseException")))
_SUPPRESS = External("contextlib.suppress")
_CODE = "stop-iteration"
_ADVANCE = "__next__"
# Their objects never end.
_ENDLESS = frozenset((External("itertools.count"),))


class Leak(NamedTuple):
    """Where a StopIteration leaves a function."""

    function: Defined
    trouble: Trouble


class StopIterations:
    """Tells which functions of the project a StopIteration may leave; each is looked at once.

    Args:
        graph: knows the calls between them.
    """

    def __init__(self, graph: CallGraph) -> None:
        self._graph = graph
        self._own: dict[Defined, tuple[Trouble | None, frozenset[str]]] = {}

    def leak(self, targets: Iterable[Target]) -> Leak | None:
        """The first StopIteration that would leave one of these functions, or None.

        Args:
            targets: the functions that would be run in a thread.
        """
        seen = dict.fromkeys(targets)
        pending = deque(seen)
        while pending:
            target = pending.popleft()
            scope = self._graph.resolver.scope(target.function)
            if scope is None or scope.yields:
                continue
            trouble = self._trouble(target.function, scope)
            if trouble is not None:
                return Leak(target.function, trouble)
            for below in self._below(target):
                if below not in seen:
                    seen[below] = None
                    pending.append(below)
        return None

    def _below(self, target: Target) -> Iterator[Target]:
        """What a function runs where nothing catches a StopIteration."""
        index = self._graph.resolver.file(target.function.path)
        for step, targets in self._graph.steps(target):
            if index is None or not self._escapes(index, step.scope, step.site.place):
                continue
            for below in targets:
                if not (_goes_through(step) and self._advances(below)):
                    yield below

    def _advances(self, target: Target) -> bool:
        scope = self._graph.resolver.scope(target.function)
        return scope is not None and scope.name == _ADVANCE

    def _trouble(self, function: Defined, scope: Scope) -> Trouble | None:
        resolver = self._graph.resolver
        if function not in self._own:
            before = resolver.touched
            resolver.touched = set()
            index = resolver.file(function.path)
            found = self._raised(index, scope) if index is not None else iter(())
            self._own[function] = next(found, None), frozenset(resolver.touched)
            resolver.touched = before
        trouble, touched = self._own[function]
        resolver.touched |= touched
        return trouble

    def _raised(self, index: FileIndex, function: Scope) -> Iterator[Trouble]:
        for scope in scopes_of(index, function.number):
            for raised in scope.raises:
                if self._is_stop(index, scope, raised):
                    yield from self._escaping(index, scope, raised)
            for site in scope.sites:
                if self._may_run_out(index, scope, site):
                    yield from self._escaping(index, scope, site)

    def _escaping(self, index: FileIndex, scope: Scope, at: Raised | Site) -> Iterator[Trouble]:
        if self._escapes(index, scope.number, at.place):
            yield Trouble(_CODE, at.place.line, written(at.term))

    def _is_stop(self, index: FileIndex, scope: Scope, raised: Raised) -> bool:
        """Whether StopIteration is raised, or a class of the project that is one, or an object of it."""
        resolver, place = self._graph.resolver, raised.place
        where = Where(index.path, scope.number, place.line, place.column, raised.suite)
        term = raised.term.func if isinstance(raised.term, Call) else raised.term
        for value in resolver.values(term, where):
            of = value.of if isinstance(value, Instance) else value
            if of == _STOP:
                return True
            if isinstance(of, Defined) and _STOP in resolver.members.ancestry(of):
                return True
        return False

    def _may_run_out(self, index: FileIndex, scope: Scope, site: Site) -> bool:
        """`next(rows)`, `rows.__next__()`, `generator.send(x)`."""
        call = site.term
        if site.use is not Use.CALL or not isinstance(call, Call) or site.place in index.filled:
            return False
        resolver, where = self._graph.resolver, where_of(index, scope, site)
        if isinstance(call.func, Attr):
            name, bases = call.func.name, resolver.values(call.func.base, where)
            if name == _ADVANCE:
                return not any(map(_is_of_the_project, bases))
            return name == "send" and any(isinstance(base, Generated) for base in bases)
        if len(call.args) != 1 or _NEXT not in resolver.values(call.func, where):
            return False
        return not self._is_endless(resolver.values(call.args[0], where))

    def _is_endless(self, values: frozenset[Value]) -> bool:
        return bool(values) and all(
            (isinstance(value, Instance) and value.of in _ENDLESS)
            or (isinstance(value, Generated) and self._never_ends(value.function))
            for value in values
        )

    def _never_ends(self, function: Defined) -> bool:
        scope = self._graph.resolver.scope(function)
        return scope is not None and scope.endless and not scope.raises

    def _escapes(self, index: FileIndex, scope: int, place: Place) -> bool:
        """Whether a StopIteration that arises at a place leaves the function around it."""
        current = index.scopes[scope]
        home = home_of(index, current).number
        while current.number != home:
            if current.kind is ScopeKind.GENERATOR:
                return False  # it comes out as a RuntimeError
            current = index.scopes[current.parent]
        decided: set[Place] = set()
        around = (
            handler
            for handler in index.handlers
            if encloses(handler.body, place)
            and home_of(index, index.scopes[handler.scope]).number == home
        )
        for handler in around:
            if handler.body not in decided and _catches(handler, index, self._graph.resolver):
                if not handler.again:
                    return False
                decided.add(handler.body)
        return True


def _is_of_the_project(value: Value) -> bool:
    return isinstance(value, Instance) and isinstance(value.of, Defined)


def _goes_through(step: Step) -> bool:
    """Whether items are taken by something that ends with them: by all but `rows.__next__()`."""
    func = step.site.term.func if isinstance(step.site.term, Call) else None
    return not (isinstance(func, Attr) and func.name == _ADVANCE)


def _catches(handler: Handler, index: FileIndex, resolver: Resolver) -> bool:
    where = Where(index.path, handler.scope)
    if handler.manager is not None and _SUPPRESS not in resolver.values(handler.manager, where):
        return False
    caught = handler.type
    if caught is None:
        return True
    kinds = caught.items if isinstance(caught, Display) else (caught,)
    return any(_CATCH & resolver.values(kind, where) for kind in kinds)
