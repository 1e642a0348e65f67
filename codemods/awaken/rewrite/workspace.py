"""What the writers of edits share: the tree, the names of the file, and where a recipe stands."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.resolve.evaluation import Where
from awaken.rewrite.edit import Edit, insert
from awaken.syntax.positions import Place, Span
from awaken.syntax.suites import statements_at

if TYPE_CHECKING:
    from awaken.index.summary import FileIndex
    from awaken.plan.recipes import Target
    from awaken.rewrite.names import Names
    from awaken.syntax.tree import Tree


@dataclass(frozen=True, slots=True)
class Workspace:
    """One file being rewritten."""

    tree: Tree
    names: Names

    @property
    def index(self) -> FileIndex:
        return self.names.index

    @property
    def newline(self) -> str:
        """The newline of the first line that has one."""
        starts = self.tree.offsets.starts
        if len(starts) == 1:
            return "\n"
        head = self.tree.text[: starts[1]]
        return "\r\n" if head.endswith("\r\n") else head[-1]

    def line_stop(self, offset: int) -> int:
        """Where the line that holds `offset` stops, in front of what ends it: the last line of a file keeps that."""
        offsets = self.tree.offsets
        line = self.tree.text[offsets.line_start(offset) : offsets.line_end(offset)]
        return offsets.line_start(offset) + len(line.rstrip("\r\n"))

    def span(self, place: Place) -> Span:
        return self.tree.offsets.span_of(place)

    def where(self, target: Target) -> Where:
        place = target.place
        return Where(self.names.index.path, target.scope, place.line, place.column, target.suite)

    def call(self, place: Place) -> ast.Call:
        """The call at a place."""
        node = self.tree.find(place, (ast.Call,))
        if not isinstance(node, ast.Call):
            raise LookupError(f"no call at line {place.line}")
        return node

    def expression(self, place: Place) -> ast.expr:
        """The outermost expression at a place."""
        node = self.tree.find(place, (ast.expr,))
        if not isinstance(node, ast.expr):
            raise LookupError(f"no expression at line {place.line}")
        return node

    def statements(self, place: Place) -> list[ast.stmt]:
        """The neighbouring statements that fill a place."""
        found = statements_at(self.tree, place)
        if not found:
            raise LookupError(f"no such statements at line {place.line}")
        return found

    def is_operand(self, node: ast.expr) -> bool:
        """Whether `await node` needs parentheses: it is the base of `.x`, `[x]` or `(x)`.

        Where the source has them already, they serve.
        """
        parent = self.tree.parent(node)
        base = (
            (isinstance(parent, (ast.Attribute, ast.Subscript)) and parent.value is node)
            or (isinstance(parent, ast.Call) and parent.func is node)
            or isinstance(parent, ast.Await)
        )
        return base and not self.is_parenthesised(node)

    def is_parenthesised(self, node: ast.expr) -> bool:
        rest = self.tree.text[self.tree.span(node).end :].lstrip(" \t\f\r\n\\")
        parent = self.tree.parent(node)
        alone = not (isinstance(parent, ast.Call) and (node in parent.args))
        return alone and rest.startswith(")")

    def awaited(self, node: ast.expr, before: str, after: str = "", taken: str = "") -> list[Edit]:
        """Put `await before` in front of a node and `after` behind it, in parentheses if needed.

        Args:
            node: what is awaited.
            before: the text between `await` and it.
            after: the text behind it.
            taken: what is taken of the awaited value, such as `.stdout`.
        """
        span = self.tree.span(node)
        enclosed = bool(taken) or self.is_operand(node)
        opening, closing = ("(", f"){taken}") if enclosed else ("", "")
        glue = " " if self._touches_word(span.start) else ""
        return [
            insert(span.start, f"{glue}{opening}await {before}", span),
            *([insert(span.end, f"{after}{closing}", span)] if after or closing else []),
        ]

    def _touches_word(self, offset: int) -> bool:
        """Whether a keyword stands directly in front, as in `return"".join(x)`."""
        before = self.tree.text[offset - 1 : offset]
        return before.isalnum() or before == "_"

    def listed(self, generator: Place | None) -> list[Edit]:
        """Turn a generator expression into a list: the brackets only."""
        if generator is None:
            return []
        span = self.span(generator)
        node = self.tree.find(generator, (ast.GeneratorExp,))
        consumer = self.tree.parent(node) if node is not None else None
        sole = isinstance(consumer, ast.Call) and self.tree.span(consumer).end == span.end
        before, after = ("([", "])") if sole else ("[", "]")
        return [
            Edit(Span(span.start, span.start + 1), before, span),
            Edit(Span(span.end - 1, span.end), after, span),
        ]
