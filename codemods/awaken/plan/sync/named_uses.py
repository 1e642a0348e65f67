"""Where the project names one of its functions, apart from the place where it is defined."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from awaken.index.expressions import plain_term
from awaken.index.summary import ScopeKind
from awaken.index.terms import Imported
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.resolve.evaluation import Where
from awaken.resolve.values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.index.summary import FileIndex
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Defined, Value
    from awaken.syntax.tree import Tree


class Text(NamedTuple):
    """A file that names may stand in."""

    tree: Tree
    summary: FileIndex


@dataclass(frozen=True, slots=True)
class NamedUse:
    """One place that names a function.

    Attributes:
        text: the file.
        node: the name, or the attribute of the function's module.
    """

    text: Text
    node: ast.expr

    def values(self, node: ast.expr, resolver: Resolver) -> frozenset[Value]:
        """What another expression stands for at this place."""
        number = _scope_around(self.text, self.node)
        return resolver.values(plain_term(node), Where(self.text.summary.path, number))


def named_uses(
    function: Defined, called: frozenset[str], texts: Iterable[Text], resolver: Resolver
) -> Iterator[NamedUse]:
    """Every place that names a function, or may do so.

    Args:
        function: a function at module level or inside another function; no method.
        called: its name, and those that files import it under.
        texts: every file in whose text one of them stands.
        resolver: knows the project.
    """
    for text in texts:
        names = _names_in(text, function, called, resolver)
        for node in text.tree.nodes:
            if isinstance(node, ast.Name) and node.id in names and _is_read(text, node):
                yield NamedUse(text, node)
            elif isinstance(node, ast.Attribute) and node.attr in called:
                use = NamedUse(text, node)
                if function in use.values(node, resolver):
                    yield use


def _names_in(
    text: Text, function: Defined, called: frozenset[str], resolver: Resolver
) -> set[str]:
    """Names under which a file has the function, or may have it."""
    index = text.summary
    if index.path == function.path:
        return {index.scopes[function.scope].name}
    found = {
        name
        for name in called
        if index.stars and _is_or_may_be(resolver.lookup(name, Where(index.path, 0)), function)
    }
    for scope in index.scopes:
        for local, bindings in scope.bindings.items():
            for binding in bindings:
                if isinstance(binding.term, Imported) and binding.term.member in called:
                    where = Where(index.path, scope.number)
                    if _is_or_may_be(resolver.values(binding.term, where), function):
                        found.add(local)
    return found


def _is_or_may_be(values: frozenset[Value], function: Defined) -> bool:
    return function in values or UNKNOWN in values


def _is_read(text: Text, node: ast.Name) -> bool:
    """Whether a name is read here from around the functions that it stands in: none of them has its own."""
    if not isinstance(node.ctx, ast.Load):
        return False
    return not any(
        isinstance(up, FUNCTIONS) and node.id in _own_names(up) for up in text.tree.ancestors(node)
    )


def _own_names(function: ast.AST) -> set[str]:
    """Parameters and variables of a function; functions and imports inside it are not among them."""
    names: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            return set()  # whatever these name is not told apart
    return names


def _scope_around(text: Text, node: ast.AST) -> int:
    """The number of the scope that a node stands in, comprehensions aside."""
    for up in text.tree.ancestors(node):
        if isinstance(up, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for scope in text.summary.scopes:
                if scope.line == up.lineno and scope.kind in (ScopeKind.FUNCTION, ScopeKind.CLASS):
                    return scope.number
    return 0
