"""A finding in its file: the node, what stands around it, and what names mean there."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.detect.finding import Finding, Shape
from awaken.detect.loop_context import enclosing_function, home_of
from awaken.detect.rows.at import At, Used
from awaken.detect.rows.through import reads_through
from awaken.index.expressions import plain_term
from awaken.index.summary import ScopeKind
from awaken.index.terms import Attr, Call
from awaken.plan.doubles.use import use_of
from awaken.plan.reasons import at_places
from awaken.plan.recipes import Target
from awaken.resolve.evaluation import Where
from awaken.resolve.values import UNKNOWN, Defined, Value, sole
from awaken.syntax.names import is_path
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from awaken.catalogue.exchange import Exchange
    from awaken.detect.call_graph import CallGraph
    from awaken.detect.rows.reads import Read
    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.plan.fix import Reason
    from awaken.plan.packages import Packages
    from awaken.plan.runners.runner_uses import RunnerUse
    from awaken.plan.settings import Settings
    from awaken.plan.surroundings import Surroundings
    from awaken.plan.threads.other_thread import OtherThread
    from awaken.resolve.resolver import Resolver
    from awaken.syntax.tree import Tree

_CALLS = frozenset({Shape.CALL, Shape.CONSUME, Shape.STREAM})


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a planner may look at.

    Attributes:
        finding: what was found.
        node: the expression that the finding is about.
        tree: the parsed file.
        index: its summary.
        graph: knows the calls between the functions of the project.
        settings: versions and choices of the project.
        surroundings: what other files say about this one.
        threads: judges which functions may run in another thread.
        packages: what the file imports.
        calls: the calls of the file by their place, each with the number of its scope.
        runner_uses: how the file takes work off the loop already.
        freed: where locks are entered or acquired that will be asyncio's.
        hopped: requests whose responses are read where no `await` may stand.
        staying: requests of objects that stay what they are.
    """

    finding: Finding
    node: ast.expr
    tree: Tree
    index: FileIndex
    graph: CallGraph
    settings: Settings
    surroundings: Surroundings
    threads: OtherThread
    packages: Packages
    calls: Mapping[Place, tuple[int, Site]] = field(default_factory=dict)
    runner_uses: tuple[RunnerUse, ...] = ()
    freed: frozenset[Place] = frozenset()
    hopped: frozenset[Place] = frozenset()
    staying: frozenset[Place] = frozenset()

    @property
    def resolver(self) -> Resolver:
        return self.graph.resolver

    @property
    def scope(self) -> Scope:
        return self.index.scopes[self.finding.scope]

    @property
    def home(self) -> Scope:
        """The scope of the function that the finding stands in."""
        return home_of(self.index, self.scope)

    @property
    def in_cell(self) -> bool:
        """Whether it stands in a notebook's cell, outside of every function."""
        return self.home.kind is ScopeKind.MODULE

    @property
    def where(self) -> Where:
        place = self.finding.place
        return Where(
            self.index.path, self.finding.scope, place.line, place.column, self.finding.suite
        )

    @property
    def call(self) -> ast.Call:
        """The node, where it is known to be a call."""
        if not isinstance(self.node, ast.Call):
            raise TypeError(f"{ast.dump(self.node)[:60]} is no call")
        return self.node

    def reads(self) -> tuple[Read, ...]:
        """What the finding reads of objects of models, itself or in what it runs."""
        found: list[Read] = []
        if not self.graph.reads.has_models:
            return ()
        for site in self.scope.sites:
            if site.place == self.finding.place:
                used = Used(self.index, self.scope, site)
                read = self.graph.reads.of(used, At(self.where))
                passed = reads_through(self.graph, used, self.finding.into)
                found += [*([read] if read is not None else ()), *(each.read for each in passed)]
        return tuple(found)

    def callee(self, call: ast.Call) -> Value:
        """The one value that another call in the same file calls, as seen from where it stands."""
        known = self.calls.get(Place.of(call))
        if known is None:
            return self.value_of(call.func)
        scope, site = known
        where = Where(self.index.path, scope, *site.place[:2], site.suite)
        term = site.term.func if isinstance(site.term, Call) else site.term
        return sole(self.resolver.values(term, where))

    def results_of(self, call: ast.Call) -> frozenset[Value]:
        """What another call in the same file may give, as seen from where it stands."""
        known = self.calls.get(Place.of(call))
        if known is None:
            return self.values_of(call)
        scope, site = known
        where = Where(self.index.path, scope, *site.place[:2], site.suite)
        return self.resolver.values(site.term, where)

    def receiver(self, call: ast.Call) -> Value:
        """The one value whose member another call of the file calls."""
        known = self.calls.get(Place.of(call))
        if known is None:
            return UNKNOWN
        scope, site = known
        where = Where(self.index.path, scope, *site.place[:2], site.suite)
        func = site.term.func if isinstance(site.term, Call) else site.term
        return sole(self.resolver.values(func.base, where)) if isinstance(func, Attr) else UNKNOWN

    def target(self, node: ast.expr | None = None, generator: ast.expr | None = None) -> Target:
        """The place of `node` (the finding's own by default), for a recipe."""
        return Target(
            Place.of(node or self.node),
            self.finding.scope,
            self.finding.suite,
            Place.of(generator) if generator is not None else None,
        )

    def value_of(self, node: ast.expr) -> Value:
        """The one value that an expression stands for here, or UNKNOWN."""
        return sole(self.resolver.values(plain_term(node), self.where))

    def values_of(self, node: ast.expr) -> frozenset[Value]:
        return self.resolver.values(plain_term(node), self.where)

    def replaced_in_tests(self) -> Reason | None:
        """What the tests of the project put in the place of the call, where they do."""
        catalogue = self.resolver.catalogue
        use = use_of(self.finding.call, self._spelled(), self.index, catalogue)
        places = self.surroundings.doubles.places(use)
        return at_places("patched-in-tests", places) if places else None

    def _spelled(self) -> str:
        """How the file calls what is called; empty where that begins with a name of a function."""
        func = self.node.func if isinstance(self.node, ast.Call) else None
        if func is None or not is_path(func):
            return ""
        spelled = ast.unparse(func)
        root = spelled.partition(".")[0]
        scope = self.scope
        while scope.parent >= 0:
            if root in scope.bindings and root not in scope.outer:
                return ""
            scope = self.index.scopes[scope.parent]
        return spelled

    def exchange(self) -> Exchange | None:
        """How a request is made with the client that the project wants."""
        settings = self.settings
        client = "httpx" if settings.http_client == "thread" else settings.http_client
        return self.resolver.catalogue.exchange(self.finding.call, client)

    def handled_by_callers(self, exchange: Exchange) -> bool:
        """Whether a `try` elsewhere in the project handles a library's exceptions around a call of this function."""
        function = enclosing_function(self.index, self.scope)
        return function is not None and self.surroundings.handles(
            Defined(self.index.path, function.number), exchange
        )

    def is_handled(self, exceptions: frozenset[str]) -> bool:
        """Whether a `try` of the project around a call of this function names one of some exceptions."""
        function = enclosing_function(self.index, self.scope)
        return function is not None and self.surroundings.catches(
            Defined(self.index.path, function.number), exceptions
        )

    def function(self) -> ast.AsyncFunctionDef:
        """The coroutine that the finding stands in."""
        return next(
            up for up in self.tree.ancestors(self.node) if isinstance(up, ast.AsyncFunctionDef)
        )


def node_of(tree: Tree, finding: Finding) -> ast.expr | None:
    """The expression that a finding is about, or None where the tree has none at its place."""
    kinds = (ast.Call,) if finding.shape in _CALLS else (ast.expr,)
    found = tree.find(finding.place, kinds)
    return found if isinstance(found, ast.expr) else None
