"""Where a variable of a coroutine gets its values, and which of them a use may see."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from awaken.plan.names_in_scope import COMPREHENSIONS, FUNCTIONS, SCOPES, TRIES, reading_nodes
from awaken.syntax.suites import suites_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeGuard

    from awaken.syntax.tree import Tree

_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.NamedExpr)
_NAMED = (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
_FOR = (ast.For, ast.AsyncFor)
# A suite of no statement: what stands there hides nothing.
_NOWHERE = 0


@dataclass(frozen=True, slots=True)
class Binding:
    """One place where the variable gets a value.

    Attributes:
        node: the name that is bound there, or what binds it otherwise (a parameter, an import, a handler).
        value: the expression assigned to it as a whole, or None where there is none.
        start: the offset from which it holds.
        blocks: the suites that it stands in, from the inside out; the first is the one that it holds in.
    """

    node: ast.AST
    value: ast.expr | None
    start: int
    blocks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A local variable of a coroutine.

    Attributes:
        tree: the file.
        function: the coroutine.
        name: of the variable.
        bindings: where it gets its values.
    """

    tree: Tree
    function: ast.AsyncFunctionDef
    name: str
    bindings: tuple[Binding, ...]

    def reads(self) -> Iterator[ast.Name]:
        """Where it is read, in inner functions, too."""
        for statement in self.function.body:
            for node in reading_nodes(statement):
                if node.id == self.name and not isinstance(node.ctx, ast.Del):
                    yield node

    def seen_from(self, read: ast.Name) -> list[Binding]:
        """The bindings that a read may see.

        The last one in front of it, in the same block or in one around it, hides those before. Later ones count where
        a loop brings them back. An inner function may run whenever it likes.
        """
        start = self.tree.span(read).start
        above = list(self._above(read))
        if any(isinstance(up, (*FUNCTIONS, ast.GeneratorExp)) for up in above):
            return list(self.bindings)
        blocks = set(_blocks(self.tree, read, self.function))
        before = [each for each in self.bindings if each.start <= start]
        around = [each for each in before if self._holds_in(each, blocks, above)]
        hiding = max(around, key=lambda each: each.start, default=None)
        seen = [
            each
            for each in before
            if each is hiding
            or (
                (hiding is None or each.start >= hiding.start)
                and not self._leaves(each, hiding, blocks)
            )
        ]
        loops = {
            id(up.body)
            for up in above
            if isinstance(up, ast.While) or (isinstance(up, _FOR) and id(up.body) in blocks)
        }
        loops -= set(hiding.blocks) if hiding else set()
        later = (each for each in self.bindings if each.start > start and loops & set(each.blocks))
        return [*seen, *later]

    def _holds_in(self, binding: Binding, blocks: set[int], above: Sequence[ast.AST]) -> bool:
        """Whether a binding has taken place wherever the text behind it is reached in some suites.

        That of the body of a `try` has, behind the `try`, where all of its handlers lead elsewhere.
        """
        if binding.blocks[0] in blocks:
            return True
        if binding.value is None or binding.blocks[0] == _NOWHERE:
            return False
        child: ast.AST = self.tree.statement(binding.node)
        for up in self._above(child):
            if up in above or not _goes_on_from(up, child):
                return False
            child = up
            if blocks & set(islice(_blocks(self.tree, up, self.function), 1)):
                return True
        return False

    def _leaves(self, binding: Binding, hiding: Binding | None, blocks: set[int]) -> bool:
        """Whether every way from a binding leads out of the function, or past the one that hides it.

        Args:
            binding: the binding.
            hiding: one that stands in front of it and of the read, or None.
            blocks: the suites around the read.
        """
        child = binding.node
        for up in self._above(binding.node):
            suites = [suite for suite in suites_of(up) if child in suite]
            if any(id(suite) in blocks for suite in suites):
                return False
            if isinstance(up, (*TRIES, ast.With, ast.AsyncWith)):
                return False
            for suite in suites:
                if isinstance(suite[-1], (ast.Return, ast.Raise)):
                    return not any(isinstance(each, TRIES) for each in self._above(up))
                if isinstance(suite[-1], (ast.Break, ast.Continue)):
                    loop = next(each for each in self._above(suite[-1]) if _is_loop(each))
                    return hiding is not None and id(loop.body) in hiding.blocks
            child = up
        return False

    def _above(self, node: ast.AST) -> Iterator[ast.AST]:
        for up in self.tree.ancestors(node):
            if up is self.function:
                return
            yield up


def variable_of(tree: Tree, function: ast.AsyncFunctionDef, name: str) -> Variable:
    """A local variable with everything that binds it.

    Args:
        tree: the file.
        function: the coroutine.
        name: of the variable.
    """
    bindings = (_binding(tree, function, node) for node in _binders(function, name))
    return Variable(tree, function, name, tuple(bindings))


def _goes_on_from(statement: ast.AST, part: ast.AST) -> bool:
    """Whether what stands behind a `try` is reached only where a part of its body has run."""
    handlers: list[ast.ExceptHandler] = getattr(statement, "handlers", [])
    tried = [*getattr(statement, "body", ()), *getattr(statement, "orelse", ())]
    return isinstance(statement, TRIES) and part in tried and all(map(_leads_elsewhere, handlers))


def _leads_elsewhere(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.body[-1], (ast.Return, ast.Raise, ast.Break, ast.Continue))


def _is_loop(node: ast.AST) -> TypeGuard[ast.For | ast.AsyncFor | ast.While]:
    return isinstance(node, (*_FOR, ast.While))


def _binders(function: ast.AST, name: str) -> Iterator[ast.AST]:
    """The nodes that bind a name in a function, not those that bind another one of that name inside."""
    for child in ast.iter_child_nodes(function):
        if _binds(child, name):
            yield child
        if isinstance(child, SCOPES):
            continue
        if isinstance(child, COMPREHENSIONS):
            yield from (
                node.target
                for node in ast.walk(child)
                if isinstance(node, ast.NamedExpr) and _binds(node.target, name)
            )
            continue
        yield from _binders(child, name)


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == name and isinstance(node.ctx, ast.Store)
    if isinstance(node, ast.arg):
        return node.arg == name
    if isinstance(node, ast.alias):
        return (node.asname or node.name.partition(".")[0]) == name
    if isinstance(node, (*_NAMED, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node.name == name
    return isinstance(node, ast.MatchMapping) and node.rest == name


def _binding(tree: Tree, function: ast.AsyncFunctionDef, node: ast.AST) -> Binding:
    parent = tree.parent(node)
    if isinstance(node, ast.arg):
        return Binding(node, None, 0, (id(function.body),))
    if isinstance(node, ast.Name) and isinstance(parent, _ASSIGNMENTS):
        # An annotation without a value binds nothing.
        hides = parent.value is not None and (
            not isinstance(parent, ast.NamedExpr) or _is_always_evaluated(tree, parent)
        )
        blocks = tuple(_blocks(tree, node, function)) if hides else (_NOWHERE,)
        return Binding(node, parent.value, tree.span(parent).end, blocks)
    start, blocks = _otherwise(tree, function, node)
    # What it is bound to is at least what the response of this call gives when it is entered: itself.
    entered = parent.context_expr if isinstance(parent, ast.withitem) else None
    return Binding(node, entered, start, blocks)


def _is_always_evaluated(tree: Tree, node: ast.AST) -> bool:
    """Whether nothing in its statement decides if an expression is evaluated."""
    for up in tree.ancestors(node):
        if isinstance(up, ast.stmt):
            return True
        if isinstance(up, (ast.BoolOp, ast.IfExp, ast.Compare, *COMPREHENSIONS, *FUNCTIONS)):
            return isinstance(up, ast.Compare) and len(up.ops) == 1
    return False


def _otherwise(
    tree: Tree, function: ast.AsyncFunctionDef, node: ast.AST
) -> tuple[int, tuple[int, ...]]:
    """From where, and in which suites, a loop, a `with`, a handler, an import... binds."""
    owner = node if isinstance(node, (ast.stmt, ast.ExceptHandler)) else _owner(tree, node)
    span = tree.offsets.span(owner)
    around = tuple(_blocks(tree, owner, function))
    if isinstance(owner, (ast.For, ast.AsyncFor, ast.With, ast.AsyncWith, ast.ExceptHandler)):
        return tree.span(owner.body[0]).start, (id(owner.body), *around)
    if isinstance(owner, ast.Match):
        return span.start, (_NOWHERE, *around)
    return span.end, around


def _owner(tree: Tree, node: ast.AST) -> ast.stmt:
    return next(up for up in tree.ancestors(node) if isinstance(up, ast.stmt))


def _blocks(tree: Tree, node: ast.AST, function: ast.AsyncFunctionDef) -> Iterator[int]:
    """The suites around a node, from the inside out."""
    child = node
    for up in tree.ancestors(node):
        for suite in suites_of(up):
            if child in suite:
                yield id(suite)
        if up is function:
            return
        child = up
