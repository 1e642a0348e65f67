"""Branches for where no event loop runs: `except RuntimeError` behind `get_running_loop()`, and the like.

Only the shape is told here, with what it rests on; whether that is asyncio's, the resolver knows
(`detect/off_loop.py`).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from awaken.syntax.names import last_name
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

GIVE_LOOPS = frozenset(("_get_running_loop", "get_event_loop", "get_running_loop"))
"""Functions that give the running loop, wherever one runs."""

IS_RUNNING = "is_running"
# What these raise is no sign that there is no loop.
_RUN = frozenset(("result", "run", "run_until_complete"))
_CAUGHT = frozenset(("BaseException", "Exception", "RuntimeError"))

# What holds on a loop, all of it: calls that give one, variables that hold one, `loop.is_running()`.
Signs: TypeAlias = "tuple[ast.expr, ...]"


def asked_first(node: ast.Try) -> ast.Call | None:
    """The call by which a `try` asks for the running loop, where its handlers are for when there is none."""
    first, *rest = node.body
    if not isinstance(first, (ast.AnnAssign, ast.Assign, ast.Expr)):
        return None
    call = first.value
    if not isinstance(call, ast.Call) or last_name(call.func) not in GIVE_LOOPS:
        return None
    others = (each for statement in rest for each in walk(statement))
    runs = any(isinstance(each, ast.Call) and last_name(each.func) in _RUN for each in others)
    return None if runs else call


def catches_missing_loop(handler: ast.ExceptHandler) -> bool:
    """Whether a handler is run when there is no loop."""
    kind = handler.type
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(each is None or last_name(each) in _CAUGHT for each in kinds)


def asked_whether_running(body: Sequence[ast.stmt]) -> set[str]:
    """The variable of `elif loop.is_running()`, behind `if loop is None`: it holds a loop if it is not None."""
    first = body[0] if len(body) == 1 else None
    test = first.test if isinstance(first, ast.If) else None
    func = test.func if isinstance(test, ast.Call) else None
    if isinstance(func, ast.Attribute) and func.attr == IS_RUNNING:
        return {func.value.id} if isinstance(func.value, ast.Name) else set()
    return set()


def true_on_loop(test: ast.expr, loops: Collection[str]) -> Signs:
    """What makes a condition true wherever a loop runs; nothing where the condition is about something else.

    Args:
        test: the condition.
        loops: variables that may hold the running loop, or that say whether there is one.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return false_on_loop(test.operand, loops)
    if isinstance(test, ast.BoolOp):
        return _combined(test, [true_on_loop(each, loops) for each in test.values], ast.And)
    if isinstance(test, ast.Compare):
        return _compared(test, loops, ast.IsNot)
    return (test,) if _is_sign(test, loops) else ()


def false_on_loop(test: ast.expr, loops: Collection[str]) -> Signs:
    """What makes a condition false wherever a loop runs."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return true_on_loop(test.operand, loops)
    if isinstance(test, ast.BoolOp):
        return _combined(test, [false_on_loop(each, loops) for each in test.values], ast.Or)
    return _compared(test, loops, ast.Is) if isinstance(test, ast.Compare) else ()


def _combined(test: ast.BoolOp, found: list[Signs], whole: type[ast.boolop]) -> Signs:
    """All parts must hold for the operator that needs them all, any one for the other."""
    if isinstance(test.op, whole):
        return tuple(sign for signs in found for sign in signs) if all(found) else ()
    return next((signs for signs in found if signs), ())


def _compared(test: ast.Compare, loops: Collection[str], operator: type[ast.cmpop]) -> Signs:
    """`loop is None`."""
    (right,) = test.comparators if len(test.comparators) == 1 else (None,)
    absent = isinstance(right, ast.Constant) and right.value is None
    same = absent and isinstance(test.ops[0], operator)
    return (test.left,) if same and _is_sign(test.left, loops) else ()


def _is_sign(node: ast.expr, loops: Collection[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in loops
    if not isinstance(node, ast.Call) or node.args or node.keywords:
        return False
    return last_name(node.func) in GIVE_LOOPS or (
        isinstance(node.func, ast.Attribute) and node.func.attr == IS_RUNNING
    )


def leaves(body: Sequence[ast.stmt]) -> bool:
    """Whether a block ends by leaving its function, or the turn of its loop."""
    return bool(body) and isinstance(body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break))
