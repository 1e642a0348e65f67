"""Loops for which it makes no difference how a body is cut, and when its chunks come in."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.names_in_scope import TRIES, declared_outer
from awaken.syntax.names import is_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.situation import Situation

_ADDING = frozenset(("update", "extend"))


def only_adds_up(situation: Situation, loop: ast.For) -> bool:
    """Whether a loop does nothing but put the chunks together, and nobody sees what there is before the end.

    Args:
        situation: a finding in the same function.
        loop: the loop over the chunks.
    """
    if not isinstance(loop.target, ast.Name) or loop.orelse:
        return False
    for up in situation.tree.ancestors(loop):
        if isinstance(up, TRIES):
            return False  # what has come in so far may be of use where something fails
        if isinstance(up, ast.AsyncFunctionDef):
            break
    return _all_add(loop.body, loop.target.id, declared_outer(situation.function()))


def _all_add(body: Sequence[ast.stmt], chunk: str, outer: frozenset[str]) -> bool:
    return all(_adds(each, chunk, outer) for each in body)


def _adds(statement: ast.stmt, chunk: str, outer: frozenset[str]) -> bool:
    if isinstance(statement, (ast.Pass, ast.Continue)):
        return True
    if isinstance(statement, ast.If):
        suites = (statement.body, statement.orelse)
        return _tests(statement.test, chunk) and all(
            _all_add(each, chunk, outer) for each in suites
        )
    if isinstance(statement, ast.AugAssign):
        local = isinstance(statement.target, ast.Name) and statement.target.id not in outer
        return local and isinstance(statement.op, ast.Add) and _is_chunk(statement.value, chunk)
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.keywords:
        return False
    adds = isinstance(call.func.value, ast.Name) and call.func.attr in _ADDING
    return adds and len(call.args) == 1 and is_name(call.args[0], chunk)


def _tests(test: ast.expr, chunk: str) -> bool:
    """`if chunk:`, `if not chunk:`: no chunk is empty."""
    inner = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else test
    return is_name(inner, chunk)


def _is_chunk(value: ast.expr, chunk: str) -> bool:
    """The chunk, or its length."""
    if isinstance(value, ast.Call) and is_name(value.func, "len") and len(value.args) == 1:
        return is_name(value.args[0], chunk)
    return is_name(value, chunk)
