"""How long sending a signal keeps the loop: as long as its receivers do, which it calls there and then."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Severity
from awaken.detect.callees import Target
from awaken.index.summary import ScopeKind
from awaken.index.terms import Call, Display, last_part
from awaken.resolve.values import Defined
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from awaken.detect.call_graph import CallGraph
    from awaken.detect.finding import Finding
    from awaken.index.reading import ParsedFile
    from awaken.index.summary import Scope
    from awaken.plan.surroundings import Surroundings
    from awaken.syntax.tree import Tree

_SEND = "django.dispatch.dispatcher.Signal.send"
_RECEIVER, _CONNECT = "receiver", "connect"


def with_signal_severity(
    found: Sequence[Finding],
    surroundings: Surroundings,
    graph: CallGraph,
    tree: Callable[[], Tree],
) -> list[Finding]:
    """The findings of a file, with the severity of what the receivers of a signal do.

    Signals are told apart by the names that they are called by; a function that is connected to one of the same name is
    a receiver as well.

    Args:
        found: the findings.
        surroundings: knows the other files.
        graph: knows what functions do.
        tree: gives the parsed file.
    """
    return [
        _judged(each, surroundings, graph, tree()) if each.call.startswith(_SEND) else each
        for each in found
    ]


def _judged(finding: Finding, surroundings: Surroundings, graph: CallGraph, tree: Tree) -> Finding:
    call = tree.find(finding.place, (ast.Call,))
    func = call.func if isinstance(call, ast.Call) else None
    name = last_name(func.value) if isinstance(func, ast.Attribute) else ""
    receivers = _receivers(surroundings, name) if name else ()
    reached = [graph.reached((Target(each),)) for each in receivers]
    severities = [each.blocking.entry.severity for each in reached if each is not None]
    worst = max((each for each in severities if each), key=lambda each: each.rank, default=None)
    if worst is None or finding.entry.severity is None or worst.rank <= finding.entry.severity.rank:
        return finding
    return replace(finding, entry=replace(finding.entry, severity=Severity(worst)))


def _receivers(surroundings: Surroundings, signal: str) -> Iterator[Defined]:
    """The functions that are connected to signals of a name."""
    connected: set[str] = set()
    for parsed in surroundings.mentioned_in((signal,)):
        for scope in parsed.index.scopes:
            if scope.kind is ScopeKind.FUNCTION and _is_receiver_of(scope, signal):
                yield Defined(parsed.index.path, scope.number)
        connected.update(filter(None, _connected(parsed, signal)))
    for parsed in surroundings.mentioned_in(connected) if connected else ():
        for scope in parsed.index.scopes:
            if scope.kind is ScopeKind.FUNCTION and scope.name in connected:
                yield Defined(parsed.index.path, scope.number)


def _is_receiver_of(scope: Scope, signal: str) -> bool:
    """`@receiver(paid)`, `@receiver([paid, refunded])`."""
    for decorator in scope.decorators:
        if isinstance(decorator, Call) and last_part(decorator.func) == _RECEIVER:
            for given in decorator.args[:1]:
                named = given.items if isinstance(given, Display) else (given,)
                if any(last_part(each) == signal for each in named):
                    return True
    return False


def _connected(parsed: ParsedFile, signal: str) -> Iterator[str]:
    """The names of what is given to `paid.connect(...)`."""
    for node in parsed.tree.nodes:
        func = node.func if isinstance(node, ast.Call) else None
        connects = isinstance(func, ast.Attribute) and func.attr == _CONNECT
        if connects and isinstance(node, ast.Call) and last_name(_base(func)) == signal:
            given = (each.value for each in node.keywords if each.arg == _RECEIVER)
            yield from map(last_name, (*node.args[:1], *given))


def _base(node: ast.expr | None) -> ast.expr | None:
    return node.value if isinstance(node, ast.Attribute) else None
