"""Where a file tells exceptions apart otherwise than by an `except` clause, and whose exceptions get there."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.index.expressions import plain_term
from awaken.plan.names_in_scope import FUNCTIONS, TRIES
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Defined, External
from awaken.syntax.names import is_name, last_name
from awaken.syntax.suites import place_of, statements_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.reading import ParsedFile
    from awaken.index.summary import Handler
    from awaken.resolve.resolver import Resolver

_ASKING = frozenset({"isinstance", "issubclass"})
# Decorators, or parts of them, that try a function again.
_AGAIN = frozenset({"on_exception", "retry_if_exception_type"})
_ANSWERING = frozenset({"exception_handler", "add_exception_handler"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose exceptions are told apart.

    Attributes:
        handlers: clauses whose exceptions they are.
        functions: functions that are tried again.
        everywhere: whether it may be anybody's.
    """

    handlers: tuple[Handler, ...] = ()
    functions: tuple[Defined, ...] = ()
    everywhere: bool = False


def asked_in(parsed: ParsedFile, resolver: Resolver, exceptions: frozenset[str]) -> Asked:
    """Look for questions after some exceptions in a file.

    Args:
        parsed: the file.
        resolver: knows the project.
        exceptions: qualified names.
    """
    handlers: list[Handler] = []
    functions: list[Defined] = []
    everywhere = False
    for call in _questions(parsed, resolver, exceptions):
        handler = _handler_of(parsed, call)
        function = _decorated(parsed, call)
        if handler is not None:
            handlers.append(handler)
        elif function is not None:
            functions.append(function)
        else:
            everywhere = True
    return Asked(tuple(handlers), tuple(functions), everywhere)


def _questions(
    parsed: ParsedFile, resolver: Resolver, exceptions: frozenset[str]
) -> Iterator[ast.Call]:
    for node in parsed.tree.nodes:
        if isinstance(node, ast.Call) and last_name(node.func) in _ASKING | _AGAIN | _ANSWERING:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            if any(_names_one(parsed, resolver, exceptions, each) for each in given):
                yield node


def _names_one(
    parsed: ParsedFile, resolver: Resolver, exceptions: frozenset[str], node: ast.expr
) -> bool:
    """Whether one of the exceptions is named; what a name stands for in its function only, may be one."""
    bare = {name.rpartition(".")[2] for name in exceptions}
    where = Where(parsed.index.path, 0)
    for each in ast.walk(node):
        if isinstance(each, (ast.Name, ast.Attribute)) and last_name(each):
            values = resolver.values(plain_term(each), where)
            if any(isinstance(value, External) and value.name in exceptions for value in values):
                return True
            known = all(isinstance(value, (External, Defined)) for value in values)
            if last_name(each) in bare and not (values and known):
                return True
    return False


def waits_for_tasks(parsed: ParsedFile, handler: Handler) -> bool:
    """Whether a clause guards an `await` of something made before: `await task`.

    Args:
        parsed: the file.
        handler: the clause.
    """
    return any(
        isinstance(node, ast.Await) and not isinstance(node.value, ast.Call)
        for statement in statements_at(parsed.tree, handler.body)
        for node in ast.walk(statement)
    )


def _handler_of(parsed: ParsedFile, call: ast.Call) -> Handler | None:
    """The clause whose own exception is asked about."""
    if last_name(call.func) not in _ASKING or not call.args:
        return None
    for up in parsed.tree.ancestors(call):
        if isinstance(up, FUNCTIONS):
            return None
        if isinstance(up, ast.ExceptHandler) and up.name and is_name(call.args[0], up.name):
            tried = parsed.tree.parent(up)
            body = place_of(tried.body) if isinstance(tried, TRIES) else None
            return next((each for each in parsed.index.handlers if each.body == body), None)
    return None


def _decorated(parsed: ParsedFile, call: ast.Call) -> Defined | None:
    """The function of the file that is tried again."""
    if last_name(call.func) not in _AGAIN:
        return None
    child: ast.AST = call
    for up in parsed.tree.ancestors(call):
        if isinstance(up, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if child not in up.decorator_list:
                return None
            numbers = [
                scope.number
                for scope in parsed.index.scopes
                if scope.name == up.name and scope.line == up.lineno
            ]
            return Defined(parsed.index.path, numbers[0]) if len(numbers) == 1 else None
        child = up
    return None
