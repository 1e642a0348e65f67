"""Calls of `next(iter(x))` that find something, because `x` is known not to be empty there.

Known is what a test right before says: `if not x: return`, `if x:`, `x and next(iter(x))`, `while len(x) > 0:`.
Nothing that may empty `x` stands in between.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.syntax.names import is_path
from awaken.syntax.positions import Place
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from awaken.syntax.tree import Tree

_CANDIDATE = re.compile(r"\bnext\s*\(\s*iter\s*\(")
_VIEWS = frozenset(("items", "keys", "values"))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
# The numbers with which a comparison of `len(x)` says that there is something in it.
_SAYS_FILLED: dict[type[ast.cmpop], Callable[[int], bool]] = {
    ast.Gt: lambda number: number >= 0,
    ast.GtE: lambda number: number >= 1,
    ast.Eq: lambda number: number >= 1,
    ast.NotEq: lambda number: number == 0,
}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
}


def filled_calls(tree: Tree) -> frozenset[Place]:
    """Where `next(iter(x))` stands with something in `x`."""
    if not _CANDIDATE.search(tree.text):
        return frozenset()
    found = ((node, _container(node)) for node in tree.nodes if isinstance(node, ast.Call))
    return frozenset(
        Place.of(call)
        for call, container in found
        if container is not None and _is_checked(tree, call, container)
    )


def _container(call: ast.Call) -> str | None:
    """The `x` of `next(iter(x))` and of `next(iter(x.values()))`, as source text."""
    taken = _sole_argument(call, "next")
    gone_through = _sole_argument(taken, "iter") if taken is not None else None
    if isinstance(gone_through, ast.Call) and isinstance(gone_through.func, ast.Attribute):
        if gone_through.func.attr not in _VIEWS or gone_through.args:
            return None
        gone_through = gone_through.func.value
    return ast.unparse(gone_through) if gone_through and is_path(gone_through) else None


def _sole_argument(node: ast.expr, name: str) -> ast.expr | None:
    """The argument of `name(argument)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
        return node.args[0] if len(node.args) == 1 and not node.keywords else None
    return None


def _is_checked(tree: Tree, call: ast.Call, container: str) -> bool:
    """Whether a test around the call, or in front of it, lets nothing empty through."""
    child: ast.AST = call
    for up in tree.ancestors(call):
        if isinstance(up, _FUNCTIONS):
            return isinstance(up, (ast.FunctionDef, ast.AsyncFunctionDef)) and (
                _is_left_before(up.body, child, container)
            )
        if _lets_through(up, child, container):
            return True
        for suite in _suites(up):
            if child in suite:
                if _is_left_before(suite, child, container):
                    return True
                if any(_may_empty(each, container) for each in _before(suite, child)):
                    return False
        if isinstance(up, (ast.For, ast.While)) and _may_empty(up, container):
            return False
        child = up
    return False


def _lets_through(up: ast.AST, child: ast.AST, container: str) -> bool:
    """Whether what stands there runs only when there is something: the body of an `if`, the end of an `and`."""
    if isinstance(up, (ast.If, ast.While)):
        inside = child in up.body
        kept = not any(_may_empty(each, container) for each in _before(up.body, child))
        return inside and kept and _says_filled(up.test, container)
    if isinstance(up, ast.IfExp):
        return (up.body is child and _says_filled(up.test, container)) or (
            up.orelse is child and _says_empty(up.test, container)
        )
    if isinstance(up, ast.BoolOp):
        says = _says_filled if isinstance(up.op, ast.And) else _says_empty
        before = up.values[: next(i for i, each in enumerate(up.values) if each is child)]
        return any(says(each, container) for each in before)
    return False


def _is_left_before(suite: Sequence[ast.stmt], child: ast.AST, container: str) -> bool:
    """`if not x: return` above the call, with nothing in between that may empty `x`."""
    for statement in reversed(list(_before(suite, child))):
        passed = _when_passed(statement)
        if any(_may_empty(each, container) for each in passed):
            return False
        if isinstance(statement, ast.Assert) and _says_filled(statement.test, container):
            return True
        if isinstance(statement, ast.If) and _turns_back(statement, container):
            return True
    return False


def _turns_back(statement: ast.If, container: str) -> bool:
    """Whether nothing gets past an `if` with an empty `x`."""
    return _leaves(statement) and _says_empty(statement.test, container)


def _leaves(statement: ast.If) -> bool:
    return isinstance(statement.body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break))


def _when_passed(statement: ast.stmt) -> Sequence[ast.AST]:
    """What has run of a statement when the one below it runs."""
    if isinstance(statement, ast.If) and _leaves(statement):
        return (statement.test, *statement.orelse)
    return (statement,)


def _before(suite: Sequence[ast.stmt], child: ast.AST) -> Iterator[ast.stmt]:
    for statement in suite:
        if statement is child:
            return
        yield statement


def _suites(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        value = getattr(node, name, None)
        if isinstance(value, list):
            yield value


def _says_filled(test: ast.expr, container: str) -> bool:
    """Whether a test that holds means that there is something in it."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _says_empty(test.operand, container)
    if isinstance(test, ast.BoolOp):
        parts = (_says_filled(each, container) for each in test.values)
        return any(parts) if isinstance(test.op, ast.And) else all(parts)
    if isinstance(test, ast.Compare):
        return _has_length(test, container, type(test.ops[0]))
    return any(each == container for each in (ast.unparse(test), *_asked(test, "len", "bool")))


def _says_empty(test: ast.expr, container: str) -> bool:
    """Whether a test that does not hold means that there is something in it."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _says_filled(test.operand, container)
    if isinstance(test, ast.BoolOp):
        parts = (_says_empty(each, container) for each in test.values)
        return any(parts) if isinstance(test.op, ast.Or) else all(parts)
    if isinstance(test, ast.Compare):
        return _has_length(test, container, _OPPOSITE.get(type(test.ops[0])))
    return False


def _has_length(test: ast.Compare, container: str, operator: type[ast.cmpop] | None) -> bool:
    """Whether `len(x) > 0` says that something is in it, with another operator in its place."""
    number = test.comparators[0]
    if len(test.ops) != 1 or not isinstance(number, ast.Constant) or type(number.value) is not int:
        return False
    says = _SAYS_FILLED.get(operator) if operator else None
    return says is not None and says(number.value) and container in _asked(test.left, "len")


def _asked(test: ast.expr, *names: str) -> list[str]:
    """The `x` of `len(x)`, as source text."""
    found = (_sole_argument(test, name) for name in names)
    return [ast.unparse(each) for each in found if each is not None]


def _may_empty(node: ast.AST, container: str) -> bool:
    """Whether a statement binds `x` anew, deletes from it, calls a method of it or hands it on."""
    names = {container, container.partition(".")[0]}
    for inner in walk(node):
        if isinstance(inner, (ast.Name, ast.Attribute)) and not isinstance(inner.ctx, ast.Load):
            if ast.unparse(inner) in names:
                return True
        elif isinstance(inner, ast.Delete):
            if any(ast.unparse(each).startswith(container) for each in inner.targets):
                return True
        elif isinstance(inner, ast.Call) and _reaches(inner, names):
            return True
    return False


def _reaches(call: ast.Call, names: set[str]) -> bool:
    """Whether a call may change the container: as its method, as an argument, or through its object."""
    if isinstance(call.func, ast.Name) and call.func.id in ("len", "iter", "next", "print", "bool"):
        return False
    given = [each.value for each in call.keywords] + call.args
    if isinstance(call.func, ast.Attribute):
        if call.func.attr in _VIEWS | {"get"}:
            return False
        given.append(call.func.value)
    return any(is_path(each) and ast.unparse(each) in names for each in given)
