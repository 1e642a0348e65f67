"""What a project connects to Django's signals."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.index.terms import Call, last_part
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.reading import ParsedFile
    from awaken.index.summary import FileIndex, Scope
    from awaken.plan.situation import Situation

_DECORATOR = "receiver"
_CONNECT = "connect"
_QUALIFIED = (External("django.dispatch.receiver"), External("django.dispatch.dispatcher.receiver"))


def has_async_receivers(situation: Situation) -> bool:
    """Whether a coroutine function may be connected to some signal of the project.

    Signals and their receivers find each other while the program runs; every receiver counts for every signal.
    """
    connected: set[str] = set()
    for parsed in situation.surroundings.mentioned_in((_CONNECT, _DECORATOR)):
        if any(_is_receiver(situation, parsed.index, scope) for scope in parsed.index.scopes):
            return True
        connected.update(_connected(parsed))
    return any(
        scope.is_async and scope.name in connected and scope.kind is ScopeKind.FUNCTION
        for parsed in (situation.surroundings.mentioned_in(connected) if connected else ())
        for scope in parsed.index.scopes
    )


def _is_receiver(situation: Situation, index: FileIndex, scope: Scope) -> bool:
    """`@receiver(...)` above a coroutine function."""
    if not scope.is_async:
        return False
    where = Where(index.path, max(scope.parent, 0))
    for decorator in scope.decorators:
        term = decorator.func if isinstance(decorator, Call) else decorator
        found = situation.resolver.values(term, where)
        if last_part(term) == _DECORATOR or not found.isdisjoint(_QUALIFIED):
            return True
    return False


def _connected(parsed: ParsedFile) -> Iterator[str]:
    """The last part of every name that is given to a `connect()`."""
    for node in parsed.tree.nodes:
        if isinstance(node, ast.Call) and last_name(node.func) == _CONNECT:
            for given in (*node.args[:1], *(each.value for each in node.keywords)):
                yield from filter(None, map(_name, ast.walk(given)))


def _name(node: ast.AST) -> str:
    return last_name(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""
