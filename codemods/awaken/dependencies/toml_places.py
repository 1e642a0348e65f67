"""Where the values of a TOML file stand in its text, so that one can be changed and every other byte stay."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?!")|\'\'\'.*?\'\'\'(?!\')|"(?:\\.|[^"\\\r\n])*"|\'[^\'\r\n]*\'',
    re.DOTALL,
)
_COMMENT = re.compile(r"#[^\r\n]*")
_HEADER = re.compile(r"[ \t]*(\[\[?)([^\r\n#]*?)\]\]?[ \t]*(?=[\r\n#]|\Z)")
_WORD = r"""(?:[\w-]+|"[^"\r\n]*"|'[^'\r\n]*')"""
_KEY = re.compile(rf"[ \t]*({_WORD}(?:[ \t]*\.[ \t]*{_WORD})*)[ \t]*=[ \t]*")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_BLANK = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r?\n|\Z)")
_LINE = re.compile(r"[^\r\n]*(?:\r?\n|\Z)")
_OPEN, _CLOSE = frozenset("[{"), frozenset("]}")

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A range of characters, the end not among them."""

    start: int
    end: int


@dataclass(slots=True)
class TomlPlaces:
    """Where things stand in a TOML text.

    Attributes:
        values: the value of each key, by the names of its tables and its own; not inside of arrays of tables.
        lines: the lines that such a key and its value take.
        tables: for each `[table]`, what stands below its header up to the next one.
    """

    values: dict[Keys, Span] = field(default_factory=dict)
    lines: dict[Keys, Span] = field(default_factory=dict)
    tables: dict[Keys, Span] = field(default_factory=dict)


class ScanError(Exception):
    """The text is spelled in a way that is not followed."""


def toml_places(text: str) -> TomlPlaces:
    """Find the values of a TOML text, which is known to be valid.

    Raises:
        ScanError: something in it is not understood.
    """
    found = TomlPlaces()
    table: Keys | None = ()
    start = position = 0
    while position < len(text):
        blank = _BLANK.match(text, position)
        header = _HEADER.match(text, position)
        key = _KEY.match(text, position)
        if blank is not None and blank.end() > position:
            position = blank.end()
        elif header is not None:
            _close(found, table, start, position)
            table = None if header[1] == "[[" else _parts(header[2])
            start = position = _line_end(text, header.end())
        elif key is not None:
            end = value_end(text, key.end())
            after = _line_end(text, end)
            if table is not None:
                keys = (*table, *_parts(key[1]))
                found.values[keys] = Span(key.end(), end)
                found.lines[keys] = Span(position, after)
            position = after
        else:
            raise ScanError
    _close(found, table, start, len(text))
    return found


def value_end(text: str, position: int) -> int:
    """Where the value that begins at a position ends."""
    depth = 0
    for token, start, end in tokens(text, position):
        if token in _OPEN:
            depth += 1
        elif token in _CLOSE:
            depth -= 1
        if depth == 0 and (token in _CLOSE or token == "string"):
            return end
        if depth == 0 and token == "newline":
            return len(text[:start].rstrip(" \t"))
        if depth == 0 and token == "comment":
            return len(text[:start].rstrip(" \t"))
    if depth:
        raise ScanError
    return len(text.rstrip(" \t"))


def tokens(text: str, position: int) -> Iterator[tuple[str, int, int]]:
    """Yield what a value is made of: `string`, `comment`, `newline`, or the character itself, with its range."""
    while position < len(text):
        sign = text[position]
        if sign in "\"'":
            found = _STRING.match(text, position)
            if found is None:
                raise ScanError
            yield "string", position, found.end()
            position = found.end()
        elif sign == "#":
            found = _COMMENT.match(text, position)
            end = found.end() if found else position + 1
            yield "comment", position, end
            position = end
        else:
            yield ("newline" if sign == "\n" else sign), position, position + 1
            position += 1


def _close(found: TomlPlaces, table: Keys | None, start: int, end: int) -> None:
    if table:
        if table in found.tables:
            raise ScanError
        found.tables[table] = Span(start, end)


def _parts(key: str) -> Keys:
    return tuple(part.strip("\"'") for part in _PART.findall(key))


def _line_end(text: str, position: int) -> int:
    found = _LINE.match(text, position)
    return found.end() if found else len(text)
