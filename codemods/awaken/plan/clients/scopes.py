"""Which function of a file a name belongs to, and which of its functions a call runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from awaken.index.expressions import plain_term
from awaken.plan.names_elsewhere import scope_of
from awaken.plan.names_in_scope import COMPREHENSIONS, FUNCTIONS, bound_names, own_nodes_of, stored_names
from awaken.resolve.evaluation import Where
from awaken.resolve.values import UNKNOWN, Bound, Defined, sole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation
    from awaken.resolve.values import Value

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

    def binder(self, node: ast.Name) -> ast.AST | None:
        """The function whose variable a name is, or the module; None for names of classes and comprehensions."""
        child: ast.AST = node
        for up in self.tree.ancestors(node):
            if isinstance(up, COMPREHENSIONS):
                if any(node.id in stored_names(each.target) for each in up.generators):
                    return None
            elif isinstance(up, ast.ClassDef):
                if child in up.body and node.id in self.bound_by(up):
                    return None
            elif isinstance(up, ast.Lambda):
                if child is up.body and node.id in parameter_names(up):
                    return None
            elif isinstance(up, DEFINITIONS) and child in up.body:
                if node.id in declared(up, ast.Global):
                    return self.tree.module
                if node.id in self.bound_by(up) and node.id not in declared(up, ast.Nonlocal):
                    return up
            child = up
        return self.tree.module

    def bound_by(self, scope: ast.AST) -> frozenset[str]:
        """The names that the body of a function or class binds, parameters among them."""
        if scope not in self._bound:
            own = bound_names(getattr(scope, "body", []))
            given = parameter_names(scope) if isinstance(scope, FUNCTIONS) else frozenset()
            self._bound[scope] = given | own
        return self._bound[scope]

    def names(self, binder: ast.AST, name: str) -> Iterator[ast.Name]:
        """Every place where a variable of a function, or of the module, is named."""
        for node in self.tree.nodes:
            if isinstance(node, ast.Name) and node.id == name and self.binder(node) is binder:
                yield node

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
        """Whether a node stands in a coroutine itself, not in a function or a generator inside of it."""
        child = node
        for up in self.tree.ancestors(node):
            if isinstance(up, ast.GeneratorExp):
                return False
            if isinstance(up, FUNCTIONS):
                return isinstance(up, ast.AsyncFunctionDef) and child in up.body
            child = up
        return False

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
        for node in self.tree.nodes:
            if isinstance(node, DEFINITIONS) and scope_of(self.situation.index, node) == found.scope:
                return node
        return None


def parameter_names(function: ast.AST) -> frozenset[str]:
    """The names of a function's parameters."""
    arguments = getattr(function, "args", None)
    return frozenset(each.arg for each in ast.walk(arguments) if isinstance(each, ast.arg)) if arguments else frozenset()


def declared(function: Function, kind: type[ast.Global | ast.Nonlocal]) -> frozenset[str]:
    """The names that a function itself declares `global`, or `nonlocal`."""
    return frozenset(
        name
        for statement in function.body
        for node in own_nodes_of(statement)
        if isinstance(node, kind)
        for name in node.names
    )
