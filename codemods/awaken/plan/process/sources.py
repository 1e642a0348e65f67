"""The functions that would run in the other process, with their trees."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from awaken.index.expressions import plain_term
from awaken.index.summary import ScopeKind
from awaken.plan.process.local_names import LocalValue, local_values
from awaken.resolve.evaluation import Where

if TYPE_CHECKING:
    from awaken.index.summary import FileIndex, Scope
    from awaken.plan.situation import Situation
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Defined, Value
    from awaken.syntax.tree import Tree

Def: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"


@dataclass(frozen=True)
class Source:
    """One function of the project.

    Attributes:
        function: the function.
        index: the summary of its file.
        tree: the tree of its file.
        node: where it is defined.
        resolver: knows the project.
    """

    function: Defined
    index: FileIndex
    tree: Tree
    node: Def
    resolver: Resolver

    @property
    def scope(self) -> Scope:
        return self.index.scopes[self.function.scope]

    @cached_property
    def locals(self) -> dict[str, list[LocalValue]]:
        """What its own names get, those of comprehensions and functions inside included."""
        return local_values(self.node)

    @cached_property
    def handed_in(self) -> frozenset[str]:
        """Parameters of the decorator that has made the function: the function it was made for."""
        around = self.index.scopes[self.scope.parent]
        if around.kind is not ScopeKind.FUNCTION:
            return frozenset()
        return frozenset(filter(around.is_argument, around.bindings))

    @property
    def parameters(self) -> list[ast.arg]:
        """Those that take one argument each, in order, the keyword-only ones last."""
        given = self.node.args
        return [*given.posonlyargs, *given.args, *given.kwonlyargs]

    def values(self, node: ast.expr) -> frozenset[Value]:
        """What an expression of the function may stand for, wherever in it that stands."""
        return self.resolver.values(plain_term(node), Where(self.index.path, self.scope.number))


class Sources:
    """Finds the trees of functions; each file is parsed once.

    Args:
        situation: a finding; its own file is taken as it is planned.
    """

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._trees: dict[str, Tree | None] = {situation.index.path: situation.tree}

    def of(self, function: Defined) -> Source | None:
        """A function with its tree; None for lambdas, and where the file cannot be parsed."""
        resolver = self._situation.resolver
        index, tree = resolver.file(function.path), self.tree(function.path)
        if index is None or tree is None:
            return None
        scope = index.scopes[function.scope]
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        functions = (node for node in tree.nodes if isinstance(node, kinds))
        wanted = scope.name, scope.line
        node = next((each for each in functions if (each.name, each.lineno) == wanted), None)
        return Source(function, index, tree, node, resolver) if node is not None else None

    def tree(self, path: str) -> Tree | None:
        """The tree of a file of the project."""
        if path not in self._trees:
            parsed = self._situation.surroundings.parsed(path)
            self._trees[path] = parsed.tree if parsed else None
        return self._trees[path]
