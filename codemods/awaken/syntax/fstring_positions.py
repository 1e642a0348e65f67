"""Exact positions inside f-strings, which `ast` gives from Python 3.12 on only.

Before that CPython parses the expression of each replacement field by itself, and misplaces some: those that go over
several lines for one. Here the fields are found in the text, and what does not stand in its field is put there.
"""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from awaken.syntax.fstring_fields import Field, OddFieldsError, fields_of
from awaken.syntax.walking import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.syntax.positions import Offsets

_SINGLETONS = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)


def put_in_place(module: ast.Module, offsets: Offsets) -> bool:
    """Give the nodes inside f-strings the positions that the text tells.

    Args:
        module: the tree as `ast` made it of the text; its nodes are changed.
        offsets: of the text.

    Returns:
        Whether some expression stood elsewhere.

    Raises:
        OddFieldsError: when the text does not tell; some nodes may have been moved by then.
    """
    moved = False
    specs: set[ast.AST] = set()
    for node in walk(module):  # a string comes before those in its fields
        if isinstance(node, ast.JoinedStr) and node not in specs:
            formatted = list(_formatted(node, specs))
            fields = fields_of(offsets.text, offsets.span(node)) if formatted else []
            if len(fields) != len(formatted):
                raise OddFieldsError
            for value, field in zip(formatted, fields, strict=True):
                moved |= _put(value, field, offsets)
    return moved


def _formatted(string: ast.JoinedStr, specs: set[ast.AST]) -> Iterator[ast.FormattedValue]:
    """The fields of a string in the order of the text; `specs` takes the strings that format specs are."""
    for value in string.values:
        if isinstance(value, ast.FormattedValue):
            yield value
            if isinstance(value.format_spec, ast.JoinedStr):
                specs.add(value.format_spec)
                yield from _formatted(value.format_spec, specs)


def _put(value: ast.FormattedValue, field: Field, offsets: Offsets) -> bool:
    _stretch(value, field.opening, field.closing, offsets)
    if _fits(value.value, field, offsets):
        return False
    text = offsets.text[field.start : field.end]
    expression = _parsed(text)
    line, column = _point(field.start, offsets)
    _move(value.value, expression, line - 1, column - 1)
    if (expression.lineno, expression.col_offset) == (1, 0):  # `{a, b}`: the parentheses are ours
        start = field.end - len(text.lstrip())
        _stretch(value.value, start, start + len(text.strip()), offsets)
    return True


def _stretch(node: ast.expr, start: int, end: int, offsets: Offsets) -> None:
    node.lineno, node.col_offset = _point(start, offsets)
    node.end_lineno, node.end_col_offset = _point(end, offsets)


def _fits(node: ast.expr, field: Field, offsets: Offsets) -> bool:
    """Whether an expression on one line stands where it should: nothing but its parentheses is around it."""
    if node.lineno != node.end_lineno or not 0 < node.lineno <= len(offsets.starts):
        return False
    span = offsets.span(node)
    if not field.start <= span.start < span.end <= field.end:
        return False
    before = "".join(offsets.text[field.start : span.start].split())
    behind = "".join(offsets.text[span.end : field.end].split())
    return before == "(" * len(before) and behind == ")" * len(before)


def _point(offset: int, offsets: Offsets) -> tuple[int, int]:
    """Line and byte column, as `ast` counts."""
    line = offsets.line_of(offset)
    head = offsets.text[offsets.starts[line - 1] : offset]
    return line, len(head) if head.isascii() else len(head.encode("utf-8", "surrogatepass"))


def _parsed(text: str) -> ast.expr:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(f"({text})", mode="eval").body
        except (SyntaxError, ValueError):
            raise OddFieldsError from None


def _move(node: ast.AST, parsed: ast.AST, lines: int, columns: int) -> None:
    """Give a tree the positions of another that was parsed of the same text.

    Args:
        node: the tree that is changed.
        parsed: the other one.
        lines: how many lines further down the text stands.
        columns: how many bytes further right its first line does.
    """
    if type(node) is not type(parsed):
        raise OddFieldsError
    if isinstance(node, (ast.expr, ast.arg, ast.keyword)) and isinstance(parsed, type(node)):
        node.lineno = parsed.lineno + lines
        node.col_offset = parsed.col_offset + (columns if parsed.lineno == 1 else 0)
        end = parsed.end_lineno or parsed.lineno
        node.end_lineno = end + lines
        node.end_col_offset = (parsed.end_col_offset or 0) + (columns if end == 1 else 0)
    inner = [each for each in children(node) if not isinstance(each, _SINGLETONS)]
    others = [each for each in children(parsed) if not isinstance(each, _SINGLETONS)]
    if len(inner) != len(others):
        raise OddFieldsError
    for one, other in zip(inner, others, strict=True):
        _move(one, other, lines, columns)
