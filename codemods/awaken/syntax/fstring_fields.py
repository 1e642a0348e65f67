"""The replacement fields of an f-string, found in its text by the rules of Python before 3.12.

Source of the rules: `fstring_find_literal` and `fstring_find_expr` in CPython 3.11's `Parser/string_parser.c`. Up to
there a field holds neither a backslash, nor a comment, nor the quotes of the string around it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from awaken.syntax.positions import Span

# What may stand in front of each part of a string: white space, comments and backslashes at ends of lines.
_OPENING = re.compile(
    r"""(?:[ \t\f\r\n]|\\\r?\n|\\\r|\#[^\r\n]*)*([A-Za-z]*)(\"{3}|'{3}|"|')""", re.VERBOSE
)
_CLOSING = {
    quote: re.compile(rf"(?:[^\\]|\\.)*?(?={quote})", re.DOTALL)
    for quote in ('"""', "'''", '"', "'")
}
_TEXT = re.compile(r"\\N\{[^}]*\}?|\\[^{}]|\{\{|\}\}|[{}]", re.DOTALL)
_RAW_TEXT = re.compile(r"\{\{|\}\}|[{}]")
# In a format spec braces are not doubled.
_SPEC = re.compile(r"\\N\{[^}]*\}?|\\[^{}]|[{}]", re.DOTALL)
_RAW_SPEC = re.compile(r"[{}]")
_TEXTS = {(False, False): _TEXT, (True, False): _RAW_TEXT, (False, True): _SPEC}
_IN_EXPRESSION = re.compile(
    r"""\"{3}.*?\"{3}|'{3}.*?'{3}|"[^"]*"|'[^']*'|[!=<>]=|[\[({\])}!:=]""", re.DOTALL
)
_BEHIND_EXPRESSION = re.compile(r"(?:=\s*)?(?:!.)?")


class OddFieldsError(Exception):
    """The text does not read as an f-string of an older Python."""


class Field(NamedTuple):
    """One replacement field; all are offsets of characters.

    Attributes:
        opening: where its brace opens.
        start: where its expression begins, with the white space and the parentheses around that.
        end: where that ends.
        closing: behind the brace that closes it.
    """

    opening: int
    start: int
    end: int
    closing: int


def fields_of(text: str, span: Span) -> list[Field]:
    """The fields of an f-string, each followed by those of its format spec.

    Args:
        text: the file.
        span: the string, with all the parts that are put together implicitly.

    Raises:
        OddFieldsError: when the text does not read as such a string.
    """
    fields: list[Field] = []
    at = span.start
    while at < span.end:
        opening = _found(_OPENING, text, at, span.end)
        prefix, quote = opening[1].lower(), opening[2]
        closing = _found(_CLOSING[quote], text, opening.end(), span.end)
        if "f" in prefix:
            _Part(text, closing.end(), "r" in prefix, fields).read(opening.end(), in_spec=False)
        at = closing.end() + len(quote)
    return fields


class _Part:
    """One string between its quotes."""

    def __init__(self, text: str, end: int, raw: bool, fields: list[Field]) -> None:
        self._text = text
        self._end = end
        self._raw = raw
        self._fields = fields

    def read(self, at: int, *, in_spec: bool) -> int:
        """Read literal text and the fields in it; gives where that ends."""
        pattern = _TEXTS.get((self._raw, in_spec), _RAW_SPEC)
        while (found := pattern.search(self._text, at, self._end)) is not None:
            at = found.end()
            if found[0] == "{":
                at = self._field(found.start())
            elif found[0] == "}":
                if in_spec:
                    return found.start()
                raise OddFieldsError
        return self._end

    def _field(self, opening: int) -> int:
        end = self._end_of_expression(opening + 1)
        number = len(self._fields)
        at = _found(_BEHIND_EXPRESSION, self._text, end, self._end).end()
        if self._text.startswith(":", at, self._end):
            at = self.read(at + 1, in_spec=True)
        if not self._text.startswith("}", at, self._end):
            raise OddFieldsError
        self._fields.insert(number, Field(opening, opening + 1, end, at + 1))
        return at + 1

    def _end_of_expression(self, start: int) -> int:
        depth = 0
        for found in _IN_EXPRESSION.finditer(self._text, start, self._end):
            token = found[0]
            if token in "([{":
                depth += 1
            elif depth and token in ")]}":
                depth -= 1
            elif not depth and token in "!:=}":
                return found.start()
        raise OddFieldsError


def _found(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str]:
    match = pattern.match(text, start, end)
    if match is None:
        raise OddFieldsError
    return match
