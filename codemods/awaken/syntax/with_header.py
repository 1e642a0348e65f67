"""The header of a `with` statement: the text around what it enters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awaken.syntax.positions import Span

if TYPE_CHECKING:
    import ast
    from collections.abc import Collection

    from awaken.syntax.tree import Tree

_SPACE = r"(?:[ \t\f\r\n]|\\\r?\n)*"
_OPENING = re.compile(rf"with{_SPACE}\(?{_SPACE}")
_TARGET = rf"(?:{_SPACE}as{_SPACE}[\w.]+)?{_SPACE}"
_BETWEEN = re.compile(rf"{_TARGET},{_SPACE}")
_CLOSING = re.compile(rf"{_TARGET},?{_SPACE}\)?{_SPACE}:")


def header_gaps(tree: Tree, statement: ast.With, opened: Collection[int]) -> list[Span]:
    """The text in front of the first item of a header, between each two, and behind the last one.

    The target of an item belongs to the gap behind it where the number of the item is in `opened`. Nothing is
    given where the gaps hold more than the syntax needs: comments, or parentheses around an item.
    """
    pieces = [_piece(tree, item, number in opened) for number, item in enumerate(statement.items)]
    start = tree.span(statement).start
    closing = _CLOSING.match(tree.text, pieces[-1].end)
    if closing is None:
        return []
    edges = [start, *(edge for piece in pieces for edge in piece), closing.end()]
    gaps = [Span(*edges[place : place + 2]) for place in range(0, len(edges), 2)]
    patterns = [_OPENING, *[_BETWEEN] * (len(pieces) - 1), _CLOSING]
    texts = (tree.text[gap.start : gap.end] for gap in gaps)
    fitting = all(pattern.fullmatch(text) for pattern, text in zip(patterns, texts, strict=True))
    return gaps if fitting else []


def _piece(tree: Tree, item: ast.withitem, opened: bool) -> Span:
    last = item.context_expr if opened or item.optional_vars is None else item.optional_vars
    return Span(tree.span(item.context_expr).start, tree.span(last).end)
