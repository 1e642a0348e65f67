"""Types that leave no room for None: what a resolver may overlook is what a query string shows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.resolve.values import External, Literal
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_PLAIN = frozenset({"str", "int", "float"})


def certain_type(situation: Situation, node: ast.Name | ast.Attribute) -> str:
    """The qualified type of a variable or attribute that cannot be None, or empty."""
    if isinstance(node, ast.Name):
        parameter = _parameter(situation, node.id)
        if parameter is not None:
            argument, default = parameter
            rebound = any(_bindings(situation, node.id))
            return "" if rebound or _holds_none(default) else _plain(situation, argument.annotation)
        counted = _counted(situation, node.id)
        if counted:
            return counted
    values = situation.values_of(node)
    if not values or not all(isinstance(value, Literal) for value in values):
        return ""
    names = {value.type for value in values if isinstance(value, Literal)}
    return f"builtins.{names.pop()}" if len(names) == 1 else ""


def _parameter(situation: Situation, name: str) -> tuple[ast.arg, ast.expr | None] | None:
    return parameter_of(situation.function(), name)


def parameter_of(
    function: ast.FunctionDef | ast.AsyncFunctionDef, name: str
) -> tuple[ast.arg, ast.expr | None] | None:
    """A parameter of a function, with its default."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = [*zip(positional, [*missing, *arguments.defaults], strict=True)]
    pairs += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return next((pair for pair in pairs if pair[0].arg == name), None)


def parameter_may_be_none(situation: Situation, name: str) -> bool:
    """Whether a name is a parameter that is None by default, or annotated so, and nothing else binds it."""
    parameter = _parameter(situation, name)
    if parameter is None or any(_bindings(situation, name)):
        return False
    argument, default = parameter
    none = isinstance(default, ast.Constant) and default.value is None
    return none or (argument.annotation is not None and allows_none(argument.annotation))


def allows_none(annotation: ast.expr) -> bool:
    """`str | None`, `Optional[str]`, also as a string."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return "None" in annotation.value or "Optional" in annotation.value
    return any(
        (isinstance(node, ast.Constant) and node.value is None) or last_name(node) == "Optional"
        for node in ast.walk(annotation)
    )


def _holds_none(default: ast.expr | None) -> bool:
    """`None` itself, or in a call: `q: str = Query(None)`."""
    return default is not None and any(
        isinstance(node, ast.Constant) and node.value is None for node in ast.walk(default)
    )


def _plain(situation: Situation, annotation: ast.expr | None) -> str:
    """`str`, `int` and `float`, also as a string; everything around them may allow None."""
    name = ""
    if isinstance(annotation, ast.Name):
        name = annotation.id
    elif isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        name = annotation.value.strip()
    shadowed = any(name in scope.bindings for scope in situation.index.scopes[:1])
    return f"builtins.{name}" if name in _PLAIN and not shadowed else ""


def _bindings(situation: Situation, name: str) -> Iterator[ast.Name]:
    for node in ast.walk(situation.function()):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            yield node


def _counted(situation: Situation, name: str) -> str:
    """`int` for the variable of `for page in range(...)`, where nothing else binds it."""
    bound = list(_bindings(situation, name))
    loop = situation.tree.parent(bound[0]) if len(bound) == 1 else None
    if not isinstance(loop, ast.For) or not isinstance(loop.iter, ast.Call):
        return ""
    counts = situation.value_of(loop.iter.func) == External("builtins.range")
    return "builtins.int" if counts and loop.target is bound[0] else ""
