"""What a class gives the attributes of its objects, as far as None is concerned."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from awaken.plan.http.certain_types import allows_none, parameter_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def values_given(
    situation: Situation, node: ast.Attribute
) -> Iterator[tuple[ast.expr, _Function | None]]:
    """The values of `self.key` in the class around a coroutine, each with the method that gives it.

    Args:
        situation: the call in a method.
        node: the attribute; of anything but the object itself nothing is given.
    """
    function = situation.function()
    around = situation.tree.parent(function)
    if not isinstance(around, ast.ClassDef) or not _is_own(node, function):
        return
    for statement in around.body:
        if isinstance(statement, _FUNCTIONS):
            for each in ast.walk(statement):
                target, value = _assigned(each)
                same = isinstance(target, ast.Attribute) and target.attr == node.attr
                if same and value and _is_own(target, statement):
                    yield value, statement
        else:
            target, value = _assigned(statement)
            if isinstance(target, ast.Name) and target.id == node.attr and value:
                yield value, None


def is_none_by_default(name: ast.Name, method: _Function) -> bool:
    """Whether a name is a parameter of a method that is None by default, or annotated so, and is not set there."""
    parameter = parameter_of(method, name.id)
    stored = (node for node in ast.walk(method) if isinstance(node, ast.Name))
    if parameter is None or any(
        node.id == name.id and isinstance(node.ctx, ast.Store) for node in stored
    ):
        return False
    argument, default = parameter
    none = isinstance(default, ast.Constant) and default.value is None
    return none or (argument.annotation is not None and allows_none(argument.annotation))


def _is_own(node: ast.expr | None, method: _Function) -> bool:
    """Whether an attribute is one of the first parameter."""
    first = [*method.args.posonlyargs, *method.args.args][:1]
    holder = node.value if isinstance(node, ast.Attribute) else None
    return isinstance(holder, ast.Name) and holder.id in {each.arg for each in first}


def _assigned(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return node.targets[0], node.value
    if isinstance(node, ast.AnnAssign):
        return node.target, node.value
    return None, None
