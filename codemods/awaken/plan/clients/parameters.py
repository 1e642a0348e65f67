"""The parameters of a function of the file, and what its calls give them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from awaken.plan.clients.scopes import Function
    from awaken.syntax.tree import Tree


def parameter(function: Function, name: str) -> ast.arg | None:
    """The parameter of that name, if one value is passed for it."""
    given = function.args
    every = (*given.posonlyargs, *given.args, *given.kwonlyargs)
    return next((each for each in every if each.arg == name), None)


def default_of(function: Function, name: str) -> ast.expr | None:
    """What a parameter is where it is not given."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    behind = positional[len(positional) - len(given.defaults) :]
    pairs = [
        *zip(behind, given.defaults, strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    return next((value for each, value in pairs if each.arg == name), None)


def passed(tree: Tree, function: Function, call: ast.Call) -> Mapping[str, ast.expr] | None:
    """The arguments of a call by the names of the parameters; None where some are unpacked."""
    if any(isinstance(each, ast.Starred) for each in call.args):
        return None
    if any(each.arg is None for each in call.keywords):
        return None
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args)]
    if _has_receiver(tree, function):
        names = names[1:]
    found = dict(zip(names, call.args, strict=False))
    found.update((each.arg or "", each.value) for each in call.keywords)
    return found


def _has_receiver(tree: Tree, function: Function) -> bool:
    """Whether the first parameter is the object on which the function is called."""
    decorators = {each.id for each in function.decorator_list if isinstance(each, ast.Name)}
    return isinstance(tree.parent(function), ast.ClassDef) and "staticmethod" not in decorators
