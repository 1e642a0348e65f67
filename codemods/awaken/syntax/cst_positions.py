"""Where every LibCST node stands in the file, in the byte offsets and line numbers of `ast`."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from awaken.syntax.cst_spans import written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import libcst as cst
    from libcst.metadata import CodeSpan

_NEWLINE = re.compile(rb"\r\n?|\n")
# LibCST loses a final carriage return, a form feed before a top-level statement and the blanks
# around an f-string's conversion; it repeats a form feed that stands in an indentation.
_LOST = frozenset(b" \t\f\r\n\\")
_ADDED = frozenset(b"\f")


class Place(TypedDict):
    """The four position attributes of an `ast` node: lines from 1, columns in UTF-8 bytes."""

    lineno: int
    col_offset: int
    end_lineno: int
    end_col_offset: int


@dataclass(frozen=True, slots=True)
class Shifts:
    """How far the code LibCST writes has drifted from the code it read.

    Attributes:
        offsets: places in the written code where the drift changes, ascending.
        drifts: the drift in bytes before the first offset, then after each of them.
    """

    offsets: Sequence[int]
    drifts: Sequence[int]

    def start(self, offset: int) -> int:
        """Translate the first byte of something written to its place in the file."""
        return offset + self.drifts[bisect_right(self.offsets, offset)]

    def end(self, offset: int) -> int:
        """Translate the byte after something written to its place in the file."""
        return offset + self.drifts[bisect_left(self.offsets, offset)]


@dataclass(frozen=True, slots=True)
class Positions:
    """Spans of all nodes of one file.

    Attributes:
        source: the file as UTF-8.
        line_starts: offset of each line's first byte in `source`.
        spans: span of each node in the code LibCST writes, own parentheses excluded.
        shifts: the way from there to `source`.
    """

    source: bytes
    line_starts: Sequence[int]
    spans: Mapping[cst.CSTNode, CodeSpan]
    shifts: Shifts

    def start(self, node: cst.CSTNode) -> int:
        """Offset of the first byte of a node, its own parentheses excluded."""
        return self.spans[node].start

    def end(self, node: cst.CSTNode) -> int:
        """Offset after the last byte of a node, its own parentheses excluded."""
        span = self.spans[node]
        return span.start + span.length

    def place(self, start: int, end: int) -> Place:
        """Express a span as the attributes that an `ast` node carries."""
        first, last = self.shifts.start(start), self.shifts.end(end)
        line = bisect_right(self.line_starts, first)
        end_line = bisect_right(self.line_starts, last)
        return {
            "lineno": line,
            "col_offset": first - self.line_starts[line - 1],
            "end_lineno": end_line,
            "end_col_offset": last - self.line_starts[end_line - 1],
        }

    def text(self, start: int, end: int) -> str:
        """The source between two offsets, with the newlines of a parsed string."""
        written = self.source[self.shifts.start(start) : self.shifts.end(end)]
        return _NEWLINE.sub(b"\n", written).decode()


def positions_of(module: cst.Module, text: str) -> Positions:
    """Locate every node of a parsed file.

    Args:
        module: the tree, fresh from the parser.
        text: what it was parsed from.

    Raises:
        SyntaxError: LibCST would write other code than it read, so that nothing can be located.
    """
    source = text.encode()
    tree = written(module, len if text.isascii() else _utf8_length)
    return Positions(
        source=source,
        line_starts=(0, *(newline.end() for newline in _NEWLINE.finditer(source))),
        spans=tree.spans,
        shifts=_shifts(tree.code.encode(), source),
    )


def _utf8_length(token: str) -> int:
    return len(token.encode())


def _shifts(code: bytes, source: bytes) -> Shifts:
    if source.startswith(code):
        return Shifts((), (0,))
    offsets, drifts = list[int](), [0]
    at = here = 0
    while at < len(code):
        if code[at : at + 1] == source[here : here + 1]:
            at, here = at + 1, here + 1
            continue
        if code[at] in _ADDED:
            at += 1
        elif here < len(source) and source[here] in _LOST:
            here += 1
        else:
            line = len(_NEWLINE.findall(source, 0, here)) + 1
            raise SyntaxError("this code cannot be located exactly", (None, line, 1, None))
        offsets.append(at)
        drifts.append(here - at)
    return Shifts(offsets, drifts)
