"""Which function of a file a name belongs to, and which of its functions a call runs."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from awaken.index.expressions import plain_term
from awaken.plan.clients.nodes import NodesByName
from awaken.plan.names_elsewhere import class_of, scope_of
from awaken.plan.names_in_scope import (
    COMPREHENSIONS,
    bound_names,
    own_nodes_of,
    stored_names,
)
from awaken.resolve.evaluation import Where
from awaken.resolve.values import UNKNOWN, Bound, Defined, sole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation
    from awaken.resolve.values import External, Value

Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class FileScopes:
    """Looks names up in one file.

    Args:
        situation: any finding of the file.
    """

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.tree = situation.tree
        self._bound: dict[ast.AST, frozenset[str]] = {}
        self._functions: dict[int, Function] | None = None
        self._binders: dict[ast.Name, ast.AST | None] = {}
        self._holders: dict[ast.Attribute, Defined | External | None] = {}

    @cached_property
    def nodes(self) -> NodesByName:
        """The nodes of the file by their names."""
        return NodesByName(self.tree)

    def binder(self, node: ast.Name) -> ast.AST | None:
        """The function whose variable a name is, or the module; None for names of classes and comprehensions."""
        child: ast.AST = node
        for up in self.tree.ancestors(node):
            if _is_inside(up, child):
                if isinstance(up, DEFINITIONS) and node.id in declared(up, ast.Global):
                    return self.tree.module
                if node.id in self.bound_by(up):
                    return up if isinstance(up, DEFINITIONS) else None
            child = up
        return self.tree.module

    def is_local(self, node: ast.expr) -> bool:
        """Whether an expression names a variable of a function."""
        return isinstance(node, ast.Name) and isinstance(self.binder(node), DEFINITIONS)

    def bound_by(self, scope: ast.AST) -> frozenset[str]:
        """The names that are variables of a function, class or comprehension, parameters among them."""
        if scope not in self._bound:
            self._bound[scope] = _own_names(scope)
        return self._bound[scope]

    def names(self, binder: ast.AST, name: str) -> Iterator[ast.Name]:
        """Every place where a variable of a function, or of the module, is named."""
        for node in self.nodes.names[name]:
            if node not in self._binders:
                self._binders[node] = self.binder(node)
            if self._binders[node] is binder:
                yield node

    def class_of(self, node: ast.Attribute) -> Defined | External | None:
        """The class of the object that an attribute is read from; None where that is not known."""
        if node not in self._holders:
            self._holders[node] = class_of(self.situation, node)
        return self._holders[node]

    def around(self, node: ast.AST) -> Function | ast.Lambda | None:
        """The innermost function in whose body a node stands."""
        child = node
        for up in self.tree.ancestors(node):
            if isinstance(up, DEFINITIONS) and child in up.body:
                return up
            if isinstance(up, ast.Lambda) and child is up.body:
                return up
            child = up
        return None

    def in_coroutine(self, node: ast.AST) -> bool:
        """Whether a node stands in a coroutine itself, not in a function inside of it."""
        return isinstance(self.around(node), ast.AsyncFunctionDef)

    def value(self, node: ast.expr) -> Value:
        """The one value that an expression stands for, or UNKNOWN."""
        function = self.around(node)
        scope = scope_of(self.situation.index, function) if function is not None else 0
        if function is not None and not scope:
            return UNKNOWN
        where = Where(self.situation.index.path, scope, node.lineno, node.col_offset)
        return sole(self.situation.resolver.values(plain_term(node), where))

    def function(self, value: Value) -> Function | None:
        """The function of this file that a value is."""
        found = value.function if isinstance(value, Bound) else value
        if not isinstance(found, Defined) or found.path != self.situation.index.path:
            return None
        if self._functions is None:
            index = self.situation.index
            nodes = (each for found in self.nodes.functions.values() for each in found)
            self._functions = {scope_of(index, each): each for each in nodes}
        return self._functions.get(found.scope)


def _is_inside(scope: ast.AST, child: ast.AST) -> bool:
    """Whether names are looked up in a scope from a part of it: bodies, but neither defaults nor decorators."""
    if isinstance(scope, ast.Lambda):
        return child is scope.body
    if isinstance(scope, (*DEFINITIONS, ast.ClassDef)):
        return child in scope.body
    return isinstance(scope, COMPREHENSIONS)


def _own_names(scope: ast.AST) -> frozenset[str]:
    if isinstance(scope, COMPREHENSIONS):
        return frozenset(name for each in scope.generators for name in stored_names(each.target))
    if isinstance(scope, ast.Lambda):
        return parameter_names(scope)
    own = frozenset(bound_names(getattr(scope, "body", [])))
    if not isinstance(scope, DEFINITIONS):
        return own
    outer = declared(scope, ast.Global) | declared(scope, ast.Nonlocal)
    return (parameter_names(scope) | own) - outer


def parameter_names(function: ast.AST) -> frozenset[str]:
    """The names of a function's parameters."""
    arguments = getattr(function, "args", None)
    given = ast.walk(arguments) if arguments is not None else ()
    return frozenset(each.arg for each in given if isinstance(each, ast.arg))


def declared(function: Function, kind: type[ast.Global | ast.Nonlocal]) -> frozenset[str]:
    """The names that a function itself declares `global`, or `nonlocal`."""
    return frozenset(
        name
        for statement in function.body
        for node in own_nodes_of(statement)
        if isinstance(node, kind)
        for name in node.names
    )
