"""What the finders of advice look at, and how they say what they found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Entry, Severity
from awaken.detect.blocking import qualified_name
from awaken.detect.finding import Finding, Link, Shape
from awaken.detect.loop_context import home_of, where_of
from awaken.resolve.values import Bound, Method

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.detect.call_graph import CallGraph
    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.plan.settings import Settings
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value
    from awaken.syntax.positions import Place
    from awaken.syntax.tree import Tree


@dataclass(frozen=True, slots=True)
class Sought:
    """One file, and the project around it.

    Attributes:
        index: the file's summary.
        graph: knows the calls between the functions of the project.
        settings: versions and choices of the project.
        text: what stands in the file, for those who look for certain words first.
        tree: gives the parsed file; only what is looked for on request asks for it.
    """

    index: FileIndex
    graph: CallGraph
    settings: Settings
    text: str
    tree: Callable[[], Tree]

    @property
    def resolver(self) -> Resolver:
        return self.graph.resolver

    def where(self, scope: Scope, site: Site) -> Where:
        return where_of(self.index, scope, site)

    def function_of(self, scope: Scope) -> str:
        """Qualified name of the function that a scope is part of."""
        name = home_of(self.index, scope).qualname
        return ".".join(part for part in (self.index.module, name) if part)


@dataclass(frozen=True, slots=True)
class Advice:
    """What a finder says of one call.

    Attributes:
        rule: the rule that reports it.
        call: qualified name of what is called, or how it is spelled.
        value: what it is.
        message: what happens here, in one sentence.
        severity: how bad it is.
        hint: what a person could do, where no rewrite is offered.
    """

    rule: str
    call: str
    value: Value
    message: str
    severity: Severity = Severity.HIGH
    hint: str = ""


def advised(sought: Sought, scope: Scope, site: Site, advice: Advice) -> Finding:
    """The finding that says `advice` of a call."""
    function = sought.function_of(scope)
    return Finding(
        rule=advice.rule,
        path=sought.index.path,
        place=site.place,
        shape=Shape.CALL,
        function=function,
        scope=scope.number,
        suite=site.suite,
        call=advice.call,
        entry=Entry(name=advice.call, rule=advice.rule, severity=advice.severity, hint=advice.hint),
        value=advice.value,
        message=advice.message,
        chain=(Link(sought.index.path, site.place.line, function),),
    )


def advised_at(sought: Sought, place: Place, advice: Advice) -> Finding:
    """The finding that says `advice` of an expression at module level."""
    return Finding(
        rule=advice.rule,
        path=sought.index.path,
        place=place,
        shape=Shape.VALUE,
        function=sought.index.module,
        scope=0,
        suite=0,
        call=advice.call,
        entry=Entry(name=advice.call, rule=advice.rule, severity=advice.severity, hint=advice.hint),
        value=advice.value,
        message=advice.message,
        chain=(Link(sought.index.path, place.line, sought.index.module),),
    )


def shown_name(sought: Sought, value: Value) -> str:
    """The qualified name of a function or method, without the module that the file itself is; empty for others."""
    if isinstance(value, Method):
        return f"{value.owner}.{value.entry.name}"
    known = value.function if isinstance(value, Bound) else value
    return qualified_name(sought.resolver, known).removeprefix(f"{sought.index.module}.")
