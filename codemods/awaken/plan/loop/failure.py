"""A loop that is run inside of the loop fails today: who counts on that."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.reasons import reason
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

_RAISED = External("builtins.RuntimeError")
_WIDER = frozenset({External("builtins.Exception"), External("builtins.BaseException")})
# `except*` is of Python 3.11.
_TRIES: tuple[type[ast.Try], ...] = (ast.Try, *filter(None, [getattr(ast, "TryStar", None)]))


def counted_on(situation: Situation) -> tuple[Reason | None, Reason | None]:
    """Why the RuntimeError of a nested loop must stay, and the difference that it makes when it does not.

    `except RuntimeError` says that somebody has seen it; `except Exception` may have been there for what the
    coroutine raises.
    """
    difference: Reason | None = None
    for kind, line in _caught_around(situation):
        values = situation.values_of(kind) if kind is not None else _WIDER
        if _RAISED in values:
            return reason("handles-running-loop", f"line {line}"), None
        if not values.isdisjoint(_WIDER):
            difference = difference or reason("failure-handled", f"line {line}")
    return None, difference


def _caught_around(situation: Situation) -> Iterator[tuple[ast.expr | None, int]]:
    """What is caught around a finding in its function, each with its line; None for a bare `except`."""
    child: ast.AST = situation.node
    for up in situation.tree.ancestors(situation.node):
        if isinstance(up, (ast.AsyncFunctionDef, ast.FunctionDef, ast.Lambda)):
            return
        if isinstance(up, _TRIES) and child in up.body:
            for handler in up.handlers:
                for kind in _kinds(handler.type):
                    yield kind, handler.lineno
        if isinstance(up, (ast.With, ast.AsyncWith)) and not isinstance(child, ast.withitem):
            for item in up.items:
                yield from _named_by(item.context_expr)
        child = up


def _kinds(node: ast.expr | None) -> Iterator[ast.expr | None]:
    if isinstance(node, ast.Tuple):
        yield from node.elts
    else:
        yield node


def _named_by(manager: ast.expr) -> Iterator[tuple[ast.expr, int]]:
    """`with suppress(RuntimeError)`, `with pytest.raises(RuntimeError)`."""
    if isinstance(manager, ast.Call):
        for argument in manager.args:
            for kind in _kinds(argument):
                if isinstance(kind, (ast.Name, ast.Attribute)):
                    yield kind, manager.lineno
