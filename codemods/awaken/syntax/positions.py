"""Where a node stands in the text: character offsets, from the line and byte columns that `ast` gives."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple, Protocol

_NEWLINE = re.compile(r"\r\n|\r|\n")


class Span(NamedTuple):
    """A half-open range of characters."""

    start: int
    end: int

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


class Located(Protocol):
    """Anything that carries the four position attributes of `ast`."""

    lineno: int
    col_offset: int
    end_lineno: int | None
    end_col_offset: int | None


class Place(NamedTuple):
    """A range as `ast` counts it: 1-based lines and 0-based UTF-8 byte columns."""

    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def of(cls, node: Located) -> Place:
        end_line, end_column = node.end_lineno, node.end_col_offset
        if end_line is None or end_column is None:
            return cls(node.lineno, node.col_offset, node.lineno, node.col_offset)
        return cls(node.lineno, node.col_offset, end_line, end_column)


def encloses(outer: Place, inner: Place) -> bool:
    """Whether one place lies within another."""
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    return starts and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


@dataclass(frozen=True)
class Offsets:
    """Line starts of one text, split as Python's tokenizer does (LF, CRLF and CR)."""

    text: str

    @cached_property
    def starts(self) -> tuple[int, ...]:
        if "\r" in self.text:
            return (0, *(match.end() for match in _NEWLINE.finditer(self.text)))
        lengths = (len(line) + 1 for line in self.text.split("\n")[:-1])
        return tuple(accumulate(lengths, initial=0))

    def offset(self, line: int, byte_column: int) -> int:
        """The character offset of a 1-based line and a UTF-8 byte column."""
        start = self.starts[line - 1]
        head = self.text[start : start + byte_column]
        if head.isascii():
            return start + byte_column
        return start + len(
            head.encode("utf-8", "surrogatepass")[:byte_column].decode("utf-8", "surrogatepass")
        )

    def span(self, node: Located) -> Span:
        return self.span_of(Place.of(node))

    def span_of(self, place: Place) -> Span:
        return Span(
            self.offset(place.line, place.column), self.offset(place.end_line, place.end_column)
        )

    def line_of(self, offset: int) -> int:
        """The 1-based line that holds a character offset."""
        return bisect_right(self.starts, offset)

    def line_start(self, offset: int) -> int:
        """The offset at which the line that holds `offset` begins."""
        return self.starts[self.line_of(offset) - 1]

    def line_end(self, offset: int) -> int:
        """The offset just behind the newline of the line that holds `offset`."""
        line = self.line_of(offset)
        return self.starts[line] if line < len(self.starts) else len(self.text)

    def column(self, offset: int) -> int:
        """The 1-based column, in characters, of an offset."""
        return offset - self.line_start(offset) + 1
