"""The state of one conversion from LibCST to `ast`: positions, and which handler a node goes to."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import libcst as cst

if TYPE_CHECKING:
    from awaken.syntax.cst_positions import Place, Positions

# Like the parser of CPython, one instance of each context serves the whole tree.
LOAD, STORE, DELETE = ast.Load(), ast.Store(), ast.Del()

_NESTED_TARGETS = (ast.Tuple, ast.List)
_WITH_CONTEXT = (ast.Name, ast.Attribute, ast.Subscript, ast.Starred, *_NESTED_TARGETS)


@dataclass(frozen=True, slots=True)
class Conversion:
    """What every handler is given beside its node.

    Attributes:
        at: the positions of all nodes.
        handlers: handler of each LibCST class, by the name of the class (a newer LibCST has
            classes that an older one lacks).
    """

    at: Positions
    handlers: Mapping[str, Handler]

    def _convert(self, node: cst.CSTNode) -> ast.AST:
        handler = self.handlers.get(type(node).__name__)
        if handler is None:
            raise self.error(node, f"unknown syntax: {type(node).__name__}")
        return handler(node, self)

    def expr(self, node: cst.CSTNode) -> ast.expr:
        """Convert an expression that is read."""
        return cast("ast.expr", self._convert(node))

    def optional(self, node: cst.CSTNode | None) -> ast.expr | None:
        """Convert an expression that may be absent."""
        return None if node is None else self.expr(node)

    def target(self, node: cst.CSTNode, context: ast.expr_context = STORE) -> ast.expr:
        """Convert an expression that is assigned to or deleted."""
        converted = self.expr(node)
        set_context(converted, context)
        return converted

    def stmt(self, node: cst.CSTNode) -> ast.stmt:
        """Convert a small or a compound statement."""
        return cast("ast.stmt", self._convert(node))

    def pattern(self, node: cst.CSTNode) -> ast.pattern:
        """Convert a pattern of a `case`."""
        return cast("ast.pattern", self._convert(node))

    def start(self, node: cst.CSTNode) -> int:
        """Offset of the first byte of an expression or pattern, its parentheses included."""
        opening = getattr(node, "lpar", ())
        return self.at.start(opening[0] if opening else node)

    def end(self, node: cst.CSTNode) -> int:
        """Offset after the last byte of an expression or pattern, its parentheses included."""
        closing = getattr(node, "rpar", ())
        return self.at.end(closing[-1]) if closing else self._bare_end(node)

    def _bare_end(self, node: cst.CSTNode) -> int:
        # The span of a bare tuple runs on over the blanks after its last comma.
        if isinstance(node, cst.Tuple) and not node.lpar:
            return self.end_of_items(node.elements)
        if isinstance(node, cst.Yield):
            return self._end_of_yield(node)
        return self.at.end(node)

    def _end_of_yield(self, node: cst.Yield) -> int:
        if node.value is None:
            return self.at.start(node) + len("yield")
        return self.end(node.value.item if isinstance(node.value, cst.From) else node.value)

    def end_of_items(self, items: Sequence[Any]) -> int:
        """Offset after a row of elements, its trailing comma included."""
        last = items[-1]
        return (
            self.at.end(last.comma) if isinstance(last.comma, cst.Comma) else self.end(last.value)
        )

    def place(self, node: cst.CSTNode) -> Place:
        """Position of a node, its own parentheses excluded."""
        return self.at.place(self.at.start(node), self._bare_end(node))

    def place_with_parentheses(self, node: Any) -> Place:
        """Position of a tuple or generator, to which its innermost parentheses belong."""
        if not node.lpar:
            return self.at.place(self.start(node), self.end(node))
        return self.at.place(self.at.start(node.lpar[-1]), self.at.end(node.rpar[0]))

    def error(self, node: cst.CSTNode, message: str) -> SyntaxError:
        """The exception to raise about a node that has no counterpart."""
        place = self.at.place(self.at.start(node), self.at.end(node))
        return SyntaxError(message, (None, place["lineno"], place["col_offset"] + 1, None))


Handler = Callable[[Any, Conversion], ast.AST]


def set_context(target: ast.expr, context: ast.expr_context) -> None:
    """Mark an expression, and what it unpacks into, as assigned to or deleted."""
    if not isinstance(target, _WITH_CONTEXT):
        return
    target.ctx = context
    if isinstance(target, _NESTED_TARGETS):
        for element in target.elts:
            set_context(element, context)
    elif isinstance(target, ast.Starred):
        set_context(target.value, context)


def identifier(name: str) -> str:
    """A name as Python compares names (NFKC)."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)
