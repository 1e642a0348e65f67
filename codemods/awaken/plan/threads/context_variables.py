"""Whether what a hop runs reads context variables, which not every runner carries into its thread.

The context of decimal numbers is one.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.loop_context import scopes_of, where_of
from awaken.index.terms import Attr, Call
from awaken.resolve.values import External, Instance
from awaken.syntax.positions import Place, encloses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.plan.situation import Situation
    from awaken.resolve.resolver import Resolver

CONTEXT_VARIABLE = Instance(External("contextvars.ContextVar"))
_DECIMAL = "decimal."


def reads_context(situation: Situation) -> bool:
    """Whether the statement of a finding reads a context variable, itself or through the project's functions."""
    resolver = situation.resolver
    targets = set(situation.finding.into)
    for scope, site in _in_statement(situation):
        if _reads(resolver, situation.index, scope, site):
            return True
        run = situation.graph.callees.of(site, where_of(situation.index, scope, site))
        targets.update(run.targets if run else ())
    for function, *_ in situation.graph.closure(sorted(targets, key=repr)):
        index = resolver.file(function.path)
        for scope in scopes_of(index, function.scope) if index else ():
            if index and any(_reads(resolver, index, scope, site) for site in scope.sites):
                return True
    return False


def _in_statement(situation: Situation) -> Iterator[tuple[Scope, Site]]:
    """The calls of the statement that a finding stands in, its block included."""
    statement = next(
        up for up in situation.tree.ancestors(situation.node) if isinstance(up, ast.stmt)
    )
    around = Place.of(statement)
    for place, (number, site) in situation.calls.items():
        if encloses(around, place):
            yield situation.index.scopes[number], site


def _reads(resolver: Resolver, index: FileIndex, scope: Scope, site: Site) -> bool:
    """`request_id.get()`, `Decimal(price)`."""
    if not isinstance(site.term, Call):
        return False
    func, where = site.term.func, where_of(index, scope, site)
    if isinstance(func, Attr) and func.name == "get":
        return CONTEXT_VARIABLE in resolver.values(func.base, where)
    called = resolver.values(func, where)
    return any(isinstance(each, External) and each.name.startswith(_DECIMAL) for each in called)
