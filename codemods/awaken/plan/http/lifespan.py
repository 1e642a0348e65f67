"""The end of an application's life: the `yield` of the lifespan of FastAPI or Starlette, in the file at hand."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.http.statement import begins_line, ends_line
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.plan.recipes import Target
from awaken.resolve.values import External
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_APPLICATIONS = frozenset(
    (
        *("fastapi.FastAPI", "fastapi.applications.FastAPI"),
        *("starlette.applications.Starlette",),
    )
)
_DECORATOR = External("contextlib.asynccontextmanager")


def lifespan_yield(situation: Situation) -> Target | None:
    """The statement with the only `yield` of the lifespan of the file's application, or None.

    Args:
        situation: a finding of the file.
    """
    names = set(_lifespans(situation))
    functions = [
        node
        for node in situation.tree.module.body
        if isinstance(node, ast.AsyncFunctionDef) and node.name in names
    ]
    if len(names) != 1 or len(functions) != 1 or not _is_lifespan(situation, functions[0]):
        return None
    yields = list(_yields(functions[0]))
    statement = situation.tree.parent(yields[0]) if len(yields) == 1 else None
    if not isinstance(statement, ast.Expr) or not _stands_alone(situation, statement):
        return None
    scope = next(
        each.number
        for each in situation.index.scopes
        if each.name == functions[0].name and each.parent == 0
    )
    return Target(Place.of(statement), scope, 0)


def _lifespans(situation: Situation) -> Iterator[str]:
    """What the applications of the file are given; text that no name has where that is no name."""
    for node in situation.tree.nodes:
        if not isinstance(node, ast.Call):
            continue
        given = next((each.value for each in node.keywords if each.arg == "lifespan"), None)
        if given is None:
            continue
        value = situation.value_of(node.func)
        if isinstance(value, External) and value.name in _APPLICATIONS:
            yield given.id if isinstance(given, ast.Name) else ""


def _is_lifespan(situation: Situation, function: ast.AsyncFunctionDef) -> bool:
    bound = [
        binding
        for scope in situation.index.scopes
        for binding in scope.bindings.get(function.name, ())
    ]
    decorators = [situation.value_of(each) for each in function.decorator_list]
    return len(bound) == 1 and decorators == [_DECORATOR]


def _yields(function: ast.AsyncFunctionDef) -> Iterator[ast.Yield]:
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Yield):
            yield node
        if not isinstance(node, FUNCTIONS):
            pending.extend(ast.iter_child_nodes(node))


def _stands_alone(situation: Situation, statement: ast.stmt) -> bool:
    return begins_line(situation.tree, statement) and ends_line(situation.tree, statement)
