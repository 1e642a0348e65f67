"""One parsed file: the tree, the parents of its nodes, and the text behind each of them."""

from __future__ import annotations

import ast
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.syntax.fstring_positions import put_in_place
from awaken.syntax.positions import Offsets, Span
from awaken.syntax.regions import Regions
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from awaken.syntax.positions import Place

# CPython places the nodes inside an f-string exactly from 3.12 on (PEP 701).
EXACT_FSTRINGS = sys.version_info >= (3, 12)


@dataclass(slots=True, eq=False)
class Tree:
    """A parsed file.

    Attributes:
        text: the decoded source.
        module: the tree, as `ast` gives it.
        offsets: from `ast` positions to character offsets.
        native: False when the running Python could not parse it and LibCST did.
    """

    text: str
    module: ast.Module
    offsets: Offsets
    native: bool = True
    _regions: Regions | None = None
    _nodes: tuple[ast.AST, ...] = ()
    _assigned: dict[str, list[ast.expr]] | None = None

    @property
    def regions(self) -> Regions:
        """The nodes by their places, with their parents."""
        if self._regions is None:
            self._regions = Regions(self.module)
        return self._regions

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node, outer ones first."""
        if not self._nodes:
            self._nodes = tuple(walk(self.module))
        return self._nodes

    @property
    def assigned(self) -> Mapping[str, list[ast.expr]]:
        """The targets of all assignments with `=`, by the text of what they change: `d` for `d[k]`."""
        if self._assigned is None:
            self._assigned = {}
            for node in self.nodes:
                for target in assigned_in(node):
                    holder = target.value if isinstance(target, ast.Subscript) else target
                    self._assigned.setdefault(ast.unparse(holder), []).append(target)
        return self._assigned

    def span(self, node: ast.expr | ast.stmt) -> Span:
        return self.offsets.span(node)

    def source(self, node: ast.expr | ast.stmt) -> str:
        span = self.span(node)
        return self.text[span.start : span.end]

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self.regions.parent(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The chain of parents, innermost first, ending at the module."""
        current = self.parent(node)
        while current is not None:
            yield current
            current = self.parent(current)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that holds a node."""
        if isinstance(node, ast.stmt):
            return node
        return next(up for up in self.ancestors(node) if isinstance(up, ast.stmt))

    def find(self, place: Place, kinds: tuple[type[ast.AST], ...]) -> ast.AST | None:
        """The outermost node of one of `kinds` that stands exactly at `place`."""
        return next((node for node in self.regions.at(place) if isinstance(node, kinds)), None)

    def settle(self) -> bool:
        """Put what stands inside f-strings where the text has it; whether an expression stood elsewhere.

        Raises:
            OddFieldsError: when the text does not tell. The tree is of no use then.
        """
        moved = not EXACT_FSTRINGS and put_in_place(self.module, self.offsets)
        if moved:
            self._regions = None
        return moved

    def in_fstring(self, node: ast.AST) -> bool:
        """Whether a node stands inside an f-string."""
        return any(isinstance(up, ast.JoinedStr) for up in self.ancestors(node))


def assigned_in(node: ast.AST) -> Sequence[ast.expr]:
    """What an assignment with `=` sets; nothing for any other node."""
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def parse(text: str) -> Tree:
    """Parse with `ast`, or with LibCST where the syntax is newer than the running Python.

    Raises:
        SyntaxError: when neither can read it.
    """
    try:
        return Tree(text, _parse_native(text), Offsets(text))
    except (SyntaxError, RecursionError, MemoryError) as error:
        return _parse_newer(text, error)


def parse_exact(text: str) -> Tree:
    """Like `parse`, with exact positions inside f-strings on every Python."""
    if EXACT_FSTRINGS:
        return parse(text)
    from awaken.syntax.newer_syntax import parse_newer  # noqa: PLC0415 - LibCST takes 0.2 s to import

    return Tree(text, parse_newer(text), Offsets(text))


def _parse_native(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the file's own invalid escapes are not ours to report
        try:
            return ast.parse(text)
        except ValueError as error:
            raise SyntaxError(str(error)) from None


def _parse_newer(text: str, error: BaseException) -> Tree:
    from awaken.syntax.newer_syntax import parse_newer  # noqa: PLC0415 - LibCST takes 0.2 s to import

    try:
        return Tree(text, parse_newer(text), Offsets(text), native=False)
    except (SyntaxError, RecursionError):
        if isinstance(error, SyntaxError):
            raise error from None
        raise SyntaxError("nested too deeply to be parsed") from None
