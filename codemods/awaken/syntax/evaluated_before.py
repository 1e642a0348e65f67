"""Whether one expression of a function has certainly been evaluated when another one is."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.syntax.names import last_name
from awaken.syntax.suites import suites_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.syntax.tree import Tree

_FUNCTIONS = (ast.AsyncFunctionDef, ast.FunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_WITH = (ast.With, ast.AsyncWith)


def is_before(tree: Tree, first: ast.expr, then: ast.expr) -> bool:
    """Whether `first` has been evaluated, on every way through the function, when `then` is.

    Args:
        tree: the file.
        first: an expression of a function's own code.
        then: another one, or one in a comprehension there.
    """
    if not is_certain(tree, first):
        return False
    statement, other = tree.statement(first), tree.statement(then)
    if statement is other:
        return _is_earlier(tree, statement, first, then)
    around = [other, *(up for up in tree.ancestors(other) if isinstance(up, ast.stmt))]
    if statement in around:
        return not isinstance(
            statement, _FUNCTIONS
        )  # it stands in the header of what holds the other
    while True:
        suite = suite_of(tree, statement)
        behind = suite[suite.index(statement) + 1 :]
        if any(each in around for each in behind):
            return True
        parent = tree.parent(statement)
        if not isinstance(parent, _WITH) or _may_suppress(parent):
            return False
        statement = parent  # its body is run to the end


def is_certain(tree: Tree, node: ast.expr) -> bool:
    """Whether an expression is evaluated whenever its statement is."""
    child: ast.AST = node
    for up in tree.ancestors(node):
        if isinstance(up, ast.stmt):
            return not (isinstance(up, ast.Assert) and child is up.msg)
        if isinstance(up, (*_FUNCTIONS, *_COMPREHENSIONS, ast.ExceptHandler, ast.match_case)):
            return False
        left_out = (
            (isinstance(up, ast.BoolOp) and child is not up.values[0])
            or (isinstance(up, ast.IfExp) and child is not up.test)
            or (isinstance(up, ast.Compare) and child in up.comparators[1:])
        )
        if left_out:
            return False
        child = up
    return False


def suite_of(tree: Tree, statement: ast.stmt) -> Sequence[ast.stmt]:
    """The block of statements that one stands in."""
    owner = tree.parent(statement)
    found = (each for each in suites_of(owner) if statement in each) if owner is not None else ()
    return next(iter(found), [statement])


def _is_earlier(tree: Tree, statement: ast.stmt, first: ast.expr, then: ast.expr) -> bool:
    """In one statement: by the text, except that the targets of an assignment come last."""
    if isinstance(statement, ast.Assign):
        in_value = [_holds(tree, statement.value, each) for each in (first, then)]
        if in_value[0] is not in_value[1]:
            return in_value[0]
    return tree.span(first).end <= tree.span(then).start


def _holds(tree: Tree, node: ast.AST, inner: ast.AST) -> bool:
    return node is inner or any(up is node for up in tree.ancestors(inner))


def _may_suppress(statement: ast.With | ast.AsyncWith) -> bool:
    calls = (item.context_expr for item in statement.items)
    return any(isinstance(each, ast.Call) and last_name(each.func) == "suppress" for each in calls)
