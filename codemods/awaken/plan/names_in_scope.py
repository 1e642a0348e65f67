"""The names that nodes of a function read and bind there, not those of scopes inside."""

from __future__ import annotations

import ast
import sys
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
SCOPES = (*FUNCTIONS, ast.ClassDef)
# `except*` is of Python 3.11.
TRIES: tuple[Any, ...] = (ast.Try, ast.TryStar) if sys.version_info >= (3, 11) else (ast.Try,)


def free_reads(node: ast.AST) -> Iterator[str]:
    """Names of the function that a node reads or deletes, those in inner functions among them."""
    return (name.id for name in reading_nodes(node))


def reading_nodes(node: ast.AST, hidden: frozenset[str] = frozenset()) -> Iterator[ast.Name]:
    """The nodes that read or delete a name of the function.

    Args:
        node: what is searched.
        hidden: names that stand for something else in an inner scope.
    """
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Store) and node.id not in hidden:
            yield node
        return
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield from (node.target,) if node.target.id not in hidden else ()
    if isinstance(node, COMPREHENSIONS):
        yield from _of_comprehension(node, hidden)
        return
    inner = hidden | _own_names(node) if isinstance(node, SCOPES) else hidden
    for name, value in ast.iter_fields(node):
        below = inner if name == "body" else hidden
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from reading_nodes(child, below)


def _of_comprehension(node: ast.AST, hidden: frozenset[str]) -> Iterator[ast.Name]:
    """The outermost iterable is evaluated in the function, the rest in a scope of its own."""
    generators: list[ast.comprehension] = getattr(node, "generators", [])
    yield from reading_nodes(generators[0].iter, hidden)
    own = hidden | {name for each in generators for name in stored_names(each.target)}
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.comprehension):
            parts = [*child.ifs, *([] if child is generators[0] else [child.iter])]
        else:
            parts = [child] if isinstance(child, ast.expr) else []
        for part in parts:
            yield from reading_nodes(part, own)


def _own_names(scope: ast.AST) -> frozenset[str]:
    """Names that a function or lambda has for itself; a class body looks outside first."""
    if not isinstance(scope, FUNCTIONS):
        return frozenset()
    names = {each.arg for each in ast.walk(scope.args) if isinstance(each, ast.arg)}
    body = [] if isinstance(scope, ast.Lambda) else scope.body
    return frozenset(names | bound_names(body)) - declared_outer(scope)


def bound_names(statements: Iterable[ast.AST]) -> set[str]:
    """Names of the function that statements bind or delete."""
    return {
        name for each in statements for node in own_nodes_of(each) for name in names_bound_by(node)
    }


def names_bound_by(node: ast.AST) -> Iterator[str]:
    """Names that a node itself binds or deletes."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from imported_names(node)
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name
    elif isinstance(node, ast.pattern):
        yield from _captured(node)


def own_nodes_of(block: ast.AST) -> Iterator[ast.AST]:
    """A node and those below whose bindings belong to the function: not those of scopes inside."""
    pending: list[ast.AST] = [block]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, COMPREHENSIONS):
            pending.extend(inner for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
        elif not isinstance(node, SCOPES):
            pending.extend(ast.iter_child_nodes(node))


def declared_outer(function: ast.AST) -> frozenset[str]:
    """Names that a function, or one inside it, declares `global` or `nonlocal`."""
    return frozenset(
        name
        for node in ast.walk(function)
        if isinstance(node, (ast.Global, ast.Nonlocal))
        for name in node.names
    )


def stored_names(target: ast.AST) -> Iterator[str]:
    """Names that an assignment to `target` sets."""
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def imported_names(statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Names that an import sets."""
    for alias in statement.names:
        yield alias.asname or alias.name.split(".")[0]


def pattern_names(pattern: ast.pattern) -> Iterator[str]:
    """Names that a `case` captures."""
    for node in ast.walk(pattern):
        if isinstance(node, ast.pattern):
            yield from _captured(node)


def _captured(node: ast.pattern) -> Iterator[str]:
    if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def unused_name(node: ast.AST, wanted: str) -> str:
    """A name that stands nowhere in a node: the one that is wanted, or with a number behind it."""
    used = {name for each in ast.walk(node) for name in names_bound_by(each)}
    used |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    used |= {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    names = (wanted if number == 1 else f"{wanted}_{number}" for number in count(1))
    return next(name for name in names if name not in used)
