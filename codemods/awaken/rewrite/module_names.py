"""Which module-level names a file reads: a parameter of the same name is another one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.syntax.tree import Tree

_Function = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_Comprehension = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*_Function, *_Comprehension, ast.ClassDef)


def module_names_read(tree: Tree, names: frozenset[str]) -> set[str]:
    """Those of `names` that some code reads from the module level, in any of its functions.

    Args:
        tree: the file.
        names: names that the module level binds.
    """
    return {
        node.id
        for node in ast.walk(tree.module)
        if isinstance(node, ast.Name)
        and node.id in names
        and not isinstance(node.ctx, ast.Store)
        and not _is_local(tree, node)
    }


def _is_local(tree: Tree, name: ast.Name) -> bool:
    """Whether a function or a comprehension around a name binds it."""
    path: list[ast.AST] = [name]
    for up in tree.ancestors(name):
        if isinstance(up, _Function) and _is_in_body(up, path[-1]) and name.id in _bound_in(up):
            return True
        if isinstance(up, _Comprehension) and up.generators[0].iter not in path:
            targets = [each.target for each in up.generators]
            if any(_stores(target, name.id) for target in targets):
                return True
        path.append(up)
    return False


def _is_in_body(
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, child: ast.AST
) -> bool:
    """Whether a part of a function belongs to its scope, other than its defaults and decorators."""
    return child is function.body if isinstance(function, ast.Lambda) else child in function.body


def _stores(target: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(target))


def _bound_in(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The names that are local to a function."""
    arguments = function.args
    found = {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    found |= {each.arg for each in (arguments.vararg, arguments.kwarg) if each is not None}
    outer: set[str] = set()
    for node in () if isinstance(function, ast.Lambda) else _own_nodes(function.body):
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            outer.update(node.names)
        found.update(_bound_by(node))
    return found - outer


def _own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Everything in a body that belongs to the same scope."""
    pending: list[ast.AST] = [*body]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _SCOPES):
            pending.extend(ast.iter_child_nodes(node))


def _bound_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.split(".")[0]
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
