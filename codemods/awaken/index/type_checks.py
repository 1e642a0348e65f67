"""What a condition says of the class of a name: `if isinstance(x, Path)`, `if not isinstance(x, Path): return`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

# Names, with the class or classes that they are instances of.
Checked: TypeAlias = "tuple[tuple[str, ast.expr], ...]"
_ARGUMENTS = 2


def where_true(test: ast.expr) -> Checked:
    """What is known where a condition holds."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return where_false(test.operand)
    if isinstance(test, ast.BoolOp):
        return _all(where_true, test) if isinstance(test.op, ast.And) else ()
    return _asked(test) if isinstance(test, ast.Call) else ()


def where_false(test: ast.expr) -> Checked:
    """What is known where a condition does not hold."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return where_true(test.operand)
    if isinstance(test, ast.BoolOp):
        return _all(where_false, test) if isinstance(test.op, ast.Or) else ()
    return ()


def _all(known: Callable[[ast.expr], Checked], test: ast.BoolOp) -> Checked:
    return tuple(each for part in test.values for each in known(part))


def _asked(call: ast.Call) -> Checked:
    func = call.func
    if not isinstance(func, ast.Name) or func.id != "isinstance" or call.keywords:
        return ()
    if len(call.args) != _ARGUMENTS or not isinstance(call.args[0], ast.Name):
        return ()
    return ((call.args[0].id, call.args[1]),)
