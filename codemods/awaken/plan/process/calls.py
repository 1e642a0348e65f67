"""The calls in a function: which of them may depend on more than their arguments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.process.kinds import Kind
from awaken.plan.process.libraries import IN_PLACE, READING, computes_alone, speaks
from awaken.plan.process.obstacle import Obstacle
from awaken.resolve.values import Bound, Defined, External, Instance, Method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.process.estimate import Estimate
    from awaken.resolve.values import Value

_OUTPUT = "output-elsewhere"
# What a logger is asked to do.
_LOGS = frozenset(("critical", "debug", "error", "exception", "info", "log", "warning"))
_AGAIN = "imported-again"
_BEHIND_THE_OBJECT = frozenset(("__class__", "__dict__", "__globals__"))
_UNPROVEN = "unproven-callee"


def called_obstacles(estimate: Estimate) -> Iterator[Obstacle]:
    """What a function calls that the other process may answer in another way."""
    for node in ast.walk(estimate.source.node):
        if isinstance(node, ast.Call):
            code, named = _of_call(estimate, node), node.func
        elif isinstance(node, (ast.Attribute, ast.Name)):
            code, named = _of_member(estimate, node), node
        else:
            continue
        if code:
            where = f"line {named.lineno} of `{estimate.source.scope.qualname}`"
            yield Obstacle(code, f"`{ast.unparse(named)}` on {where}", certain=False)


def _of_member(estimate: Estimate, node: ast.Attribute | ast.Name) -> str:
    """`os.environ`, `settings.DEBUG`, and functions that are handed on; the chain as a whole counts."""
    if isinstance(node, ast.Attribute) and node.attr in _BEHIND_THE_OBJECT:
        return _UNPROVEN
    if isinstance(estimate.source.tree.parent(node), ast.Attribute):
        return ""
    return _of_name(name) if (name := estimate.library_name(node)) else ""


def _of_call(estimate: Estimate, call: ast.Call) -> str:
    name = estimate.library_name(call.func)
    if name:
        return _of_name(name)
    func = call.func
    if isinstance(func, ast.Name) and func.id in estimate.source.handed_in:
        return ""  # the function that a decorator runs around, which is looked at by itself
    if isinstance(func, ast.Attribute) and _is_of_data(estimate, func):
        return ""
    if isinstance(func, ast.Name) and func.id in estimate.source.locals:
        return "" if _is_inside(estimate, func.id) else _UNPROVEN
    codes = {_of_value(value) for value in estimate.source.values(func)}
    if codes == {_UNPROVEN} and isinstance(func, ast.Attribute) and func.attr in _LOGS:
        return _OUTPUT
    return next((each for each in (_UNPROVEN, _OUTPUT, _AGAIN) if each in codes), "")


def _is_of_data(estimate: Estimate, func: ast.Attribute) -> bool:
    """Whether it is a method of plain data, or of what a library made of plain data."""
    kind = estimate.of(func.value)
    return kind is Kind.HARMLESS or (kind >= Kind.SENT and func.attr in READING | IN_PLACE)


def _is_inside(estimate: Estimate, name: str) -> bool:
    """Whether a name stands for functions that are defined inside, whose calls are looked at, too."""
    values = estimate.source.locals[name]
    inner = {
        each.name
        for each in ast.walk(estimate.source.node)
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    only = all(isinstance(each.node, ast.Lambda) for each in values if each.node is not None)
    return bool(values) and only and (name in inner or all(each.node for each in values))


def _of_value(value: Value) -> str:
    if isinstance(value, (Defined, Bound)):
        return ""  # is looked at by itself
    if isinstance(value, External):
        return _of_name(value.name)
    if isinstance(value, Method):
        return _of_name(f"{value.owner}.{value.entry.name}")
    if isinstance(value, Instance) and isinstance(value.of, External):
        return _of_name(value.of.name)
    return _UNPROVEN


def _of_name(name: str) -> str:
    if speaks(name):
        return _OUTPUT
    return "" if computes_alone(name) else _AGAIN
