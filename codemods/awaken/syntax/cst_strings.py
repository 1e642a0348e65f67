"""From LibCST to `ast`: numbers, strings, and f-strings with exact positions inside."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, cast

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from awaken.syntax.cst_conversion import Conversion, Handler
    from awaken.syntax.cst_positions import Place

_ESCAPE = re.compile(r"\\(?:([4-7][0-7]{2})|(.)|\Z)", re.DOTALL)
_ESCAPE_OR_QUOTE = re.compile(r'(\\.)|"', re.DOTALL)
_KNOWN_ESCAPES = {"str": "\r\n\\'\"abfnrtv01234567xNuU", "bytes": "\r\n\\'\"abfnrtv01234567x"}
_CONVERSION_NONE = -1

# Python 3.14 has nodes for t-strings; older ones take them for f-strings.
_INTERPOLATION: Any = getattr(ast, "Interpolation", None)
_TEMPLATE: Any = getattr(ast, "TemplateStr", ast.JoinedStr)


def _number(node: cst.BaseNumber, to: Conversion) -> ast.expr:
    value = _evaluated(node, getattr(node, "value"), to)  # noqa: B009  # only its subclasses have it
    return ast.Constant(value=value, **to.place(node))


def _simple(node: cst.SimpleString, to: Conversion) -> ast.expr:
    kind = "u" if node.value.startswith("u") else None
    return ast.Constant(value=_string_value(node, to), kind=kind, **to.place(node))


def _string_value(node: cst.SimpleString, to: Conversion) -> Any:
    literal = node.value
    if "\\" in literal and "r" not in node.prefix:
        literal = _without_odd_escapes(literal, "bytes" if "b" in node.prefix else "str")
    return _evaluated(node, literal, to)


def _evaluated(node: cst.CSTNode, literal: str, to: Conversion) -> Any:
    try:
        return ast.literal_eval(literal)
    except SyntaxError as error:
        raise to.error(node, error.msg) from None


def _without_odd_escapes(text: str, kind: str) -> str:
    r"""Spell out escapes that Python understands but warns of, such as `\d` and `\777`."""

    def spelled(match: re.Match[str]) -> str:
        octal, character = match.groups()
        if octal is not None:
            value = int(octal, 8)
            return f"\\x{value & 0xFF:02x}" if kind == "bytes" else f"\\u{value:04x}"
        if character is None:  # the text of an f-string ends before `{`
            return "\\\\"
        return match[0] if character in _KNOWN_ESCAPES[kind] else f"\\\\{character}"

    return _ESCAPE.sub(spelled, text)


def _quoted(text: str) -> str:
    """A literal around text that may begin, end or run on with quotes of its own."""
    inner = _ESCAPE_OR_QUOTE.sub(lambda match: match[1] or '\\"', text)
    return f'"""{inner}"""'


def _formatted(node: Any, to: Conversion) -> ast.expr:
    values = _folded([_pieces(part, node, to) for part in node.parts])
    return ast.JoinedStr(values=values, **to.place(node))


def _template(node: Any, to: Conversion) -> ast.expr:
    pieces = [_interpolated(part, _pieces(part, node, to), to) for part in node.parts]
    converted: ast.expr = _TEMPLATE(values=_folded(pieces), **to.place(node))
    return converted


def _interpolated(part: Any, pieces: list[Any], to: Conversion) -> list[ast.expr]:
    """Turn the field of an f-string into that of a t-string, which knows its own source."""
    if _INTERPOLATION is None or isinstance(part, cst.TemplatedStringText):
        return pieces
    field = pieces[-1]
    interpolation = _INTERPOLATION(
        value=field.value,
        str=to.at.text(to.start(part.expression), to.end(part.expression)),
        conversion=field.conversion,
        format_spec=field.format_spec,
        **to.place(part),
    )
    return [*pieces[:-1], interpolation]


def _concatenated(node: cst.ConcatenatedString, to: Conversion) -> ast.expr:
    converted = [to.expr(string) for string in _strings(node)]
    if not any(isinstance(string, ast.JoinedStr) for string in converted):
        return _joined_constant(converted, to.place(node))
    pieces = [
        string.values if isinstance(string, ast.JoinedStr) else [string] for string in converted
    ]
    return ast.JoinedStr(values=_folded(pieces), **to.place(node))


def _strings(node: cst.ConcatenatedString) -> Iterator[cst.BaseString]:
    rest: cst.BaseString = node
    while isinstance(rest, cst.ConcatenatedString):
        yield rest.left
        rest = rest.right
    yield rest


def _joined_constant(strings: Sequence[Any], place: Place) -> ast.expr:
    empty = b"" if isinstance(strings[0].value, bytes) else ""
    value = empty.join(string.value for string in strings)
    return ast.Constant(value=value, kind=strings[0].kind, **place)


def _folded(pieces: Sequence[Sequence[ast.expr]]) -> list[ast.expr]:
    """One list of values, neighbouring constants joined and empty ones dropped, as `ast` does."""
    folded: list[ast.expr] = []
    for value in (value for values in pieces for value in values):
        last = folded[-1] if folded else None
        if isinstance(value, ast.Constant) and isinstance(last, ast.Constant):
            last.value = cast("str", last.value) + cast("str", value.value)
            last.end_lineno, last.end_col_offset = value.end_lineno, value.end_col_offset
        else:
            folded.append(value)
    return [value for value in folded if not (isinstance(value, ast.Constant) and not value.value)]


def _pieces(part: Any, string: Any, to: Conversion) -> list[ast.expr]:
    if isinstance(part, (cst.FormattedStringText, cst.TemplatedStringText)):
        return _text(part, string, to)
    return _replacement(part, string, to)


def _text(part: Any, string: Any, to: Conversion) -> list[ast.expr]:
    start, end = to.at.start(part), to.at.end(part)
    written = to.at.text(start, end).replace("{{", "{").replace("}}", "}")
    value = _decoded(written, part, string, to)
    return [ast.Constant(value=value, **to.at.place(start, end))] if value else []


def _decoded(text: str, part: cst.CSTNode, string: Any, to: Conversion) -> str:
    """Interpret the escapes in the text of an f-string."""
    if "\\" not in text or "r" in string.prefix:
        return text
    return cast("str", _evaluated(part, _quoted(_without_odd_escapes(text, "str")), to))


def _replacement(part: Any, string: Any, to: Conversion) -> list[ast.expr]:
    """A `{...}` field, preceded by its own text when it is a `{...=}` one."""
    field = _field(part, string, to)
    if part.equal is None:
        return [field]
    opening, end = to.at.start(part) + 1, to.at.end(part.whitespace_after_expression)
    # CPython interprets the escapes in this text as well.
    text = _decoded(_debug_text(part, end, to), part, string, to)
    return [ast.Constant(value=text, **to.at.place(opening, end)), field]


def _debug_text(part: Any, end: int, to: Conversion) -> str:
    """What a `{...=}` field shows before its value: its source up to `end` without comments."""
    kept, start = "", to.at.start(part) + 1
    for comment in [found for found in _comments(part) if to.at.start(found) < end]:
        kept += to.at.text(start, to.at.start(comment))
        start = to.at.end(comment)
    return kept + to.at.text(start, end)


def _comments(node: cst.CSTNode) -> Iterator[cst.Comment]:
    for child in node.children:
        if isinstance(child, cst.Comment):
            yield child
        else:
            yield from _comments(child)


def _field(part: Any, string: Any, to: Conversion) -> ast.expr:
    return ast.FormattedValue(
        value=to.expr(part.expression),
        conversion=_conversion(part),
        format_spec=_format_spec(part, string, to),
        **to.place(part),
    )


def _conversion(part: Any) -> int:
    if part.conversion is not None:
        return ord(part.conversion)
    debug = part.equal is not None and part.format_spec is None
    return ord("r") if debug else _CONVERSION_NONE


def _format_spec(part: Any, string: Any, to: Conversion) -> ast.JoinedStr | None:
    if part.format_spec is None:
        return None
    values = _folded([_pieces(piece, string, to) for piece in part.format_spec])
    end = to.at.end(part) - 1
    start = to.at.start(part.format_spec[0]) if part.format_spec else end
    return ast.JoinedStr(values=values, **to.at.place(start - 1, end))


HANDLERS: Mapping[str, Handler] = {
    "Integer": _number,
    "Float": _number,
    "Imaginary": _number,
    "SimpleString": _simple,
    "FormattedString": _formatted,
    "TemplatedString": _template,
    "ConcatenatedString": _concatenated,
}
