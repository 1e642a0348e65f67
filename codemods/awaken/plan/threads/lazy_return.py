"""Functions of the project that give back something lazy: whoever has it does a part of their work later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.detect.blocking import callable_entry
from awaken.detect.loop_context import scopes_of, where_of
from awaken.index.summary import ScopeKind, Use
from awaken.index.terms import Call, Comprehended, Display, Name
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.detect.call_graph import CallGraph
    from awaken.detect.callees import Target
    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.index.terms import Term

_LAZY = frozenset((Result.ITERATOR, Result.FEED, Result.HANDLE, Result.CONNECTION, Result.CONTEXT))
# They ask for one element when they are asked for one themselves.
_PASSING = frozenset(
    (
        *("builtins.enumerate", "builtins.filter", "builtins.iter", "builtins.map"),
        *("builtins.reversed", "builtins.zip", "itertools.chain", "itertools.islice"),
    )
)
_DEEPEST = 4  # names bound to names


def gives_lazy(graph: CallGraph, targets: Iterable[Target]) -> bool:
    """Whether one of some functions returns an iterator or a handle that blocks when it is used.

    Args:
        graph: knows the calls between the functions of the project.
        targets: the functions.
    """
    return any(_Returned(graph, target).is_lazy() for target in targets)


class _Returned:
    """What one function returns."""

    def __init__(self, graph: CallGraph, target: Target) -> None:
        self._graph = graph
        self._target = target

    def is_lazy(self) -> bool:
        index = self._graph.resolver.file(self._target.function.path)
        if index is None:
            return False
        scope = index.scopes[self._target.function.scope]
        return any(self._waits(index, scope, term, 0) for term in scope.returns)

    def _waits(self, index: FileIndex, scope: Scope, term: Term, depth: int) -> bool:
        if isinstance(term, Comprehended):
            return term.type == "generator" and self._generates_slowly(index, scope)
        if isinstance(term, Display):
            kept = (*term.items, *term.values)
            return any(self._waits(index, scope, each, depth) for each in kept)
        if isinstance(term, Name) and depth < _DEEPEST and term.id not in scope.outer:
            bound = (each.term for each in scope.bindings.get(term.id, ()))
            return any(self._waits(index, scope, each, depth + 1) for each in bound)
        if not isinstance(term, Call):
            return False
        values = self._graph.resolver.values(term.func, Where(index.path, scope.number))
        if any(isinstance(each, External) and each.name in _PASSING for each in values):
            return any(self._passes(index, scope, each, depth) for each in term.args)
        found = (callable_entry(self._graph.resolver, each) for each in values)
        return any(
            each is not None and each.entry.blocks and each.entry.result in _LAZY for each in found
        )

    def _passes(self, index: FileIndex, scope: Scope, term: Term, depth: int) -> bool:
        """Whether an argument of `map` and the like is lazy, or a function that blocks."""
        values = self._graph.resolver.values(term, Where(index.path, scope.number))
        found = (callable_entry(self._graph.resolver, each) for each in values)
        called = any(each is not None and each.entry.blocks for each in found)
        return called or self._waits(index, scope, term, depth)

    def _generates_slowly(self, index: FileIndex, scope: Scope) -> bool:
        """Whether a generator expression of the function makes a call that blocks."""
        return any(
            self._blocks(index, inner, site)
            for inner in scopes_of(index, scope.number)
            if inner.kind is ScopeKind.GENERATOR
            for site in inner.sites
            if site.use is Use.CALL
        )

    def _blocks(self, index: FileIndex, scope: Scope, site: Site) -> bool:
        where = where_of(index, scope, site)
        func = site.term.func if isinstance(site.term, Call) else site.term
        found = (
            callable_entry(self._graph.resolver, each)
            for each in self._graph.resolver.values(func, where)
        )
        if any(each is not None and each.entry.blocks for each in found):
            return True
        run = self._graph.callees.of(site, where)
        return run is not None and self._graph.reached(run.targets) is not None
