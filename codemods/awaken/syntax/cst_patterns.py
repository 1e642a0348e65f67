"""From the patterns of `match` in LibCST to those in `ast`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import libcst as cst

from awaken.syntax.cst_conversion import Conversion, identifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from awaken.syntax.cst_conversion import Handler
    from awaken.syntax.cst_positions import Place

_SINGLETONS = {"None": None, "True": True, "False": False}
_SequenceItem = cst.MatchSequenceElement | cst.MatchStar


def _value(node: cst.MatchValue, to: Conversion) -> ast.pattern:
    return ast.MatchValue(value=to.expr(node.value), **to.place(node.value))


def _singleton(node: cst.MatchSingleton, to: Conversion) -> ast.pattern:
    return ast.MatchSingleton(value=_SINGLETONS[node.value.value], **to.place(node.value))


def _items(items: Sequence[_SequenceItem], to: Conversion) -> list[ast.pattern]:
    return [to.pattern(item if isinstance(item, cst.MatchStar) else item.value) for item in items]


def _list(node: cst.MatchList, to: Conversion) -> ast.pattern:
    # `case a, b:` is a list without brackets; its span runs on over blanks after the last comma.
    place = to.place(node) if node.lbracket else _bare(node, to)
    return ast.MatchSequence(patterns=_items(node.patterns, to), **place)


def _bare(node: cst.MatchList, to: Conversion) -> Place:
    last = node.patterns[-1]
    if isinstance(last.comma, cst.Comma):
        end = to.at.end(last.comma)
    else:
        end = _end_of_star(last, to) if isinstance(last, cst.MatchStar) else _end(last.value, to)
    return to.at.place(to.at.start(node), end)


def _tuple(node: cst.MatchTuple, to: Conversion) -> ast.pattern:
    patterns = _items(node.patterns, to)
    return ast.MatchSequence(patterns=patterns, **to.place_with_parentheses(node))


def _star(node: cst.MatchStar, to: Conversion) -> ast.pattern:
    name = None if node.name is None else identifier(node.name.value)
    return ast.MatchStar(name=name, **to.at.place(to.at.start(node), _end_of_star(node, to)))


def _end_of_star(node: cst.MatchStar, to: Conversion) -> int:
    if node.name is None:
        return to.at.end(node.whitespace_before_name) + len("_")
    return to.at.end(node.name)


def _end(node: cst.MatchPattern, to: Conversion) -> int:
    """Offset after a pattern; a value keeps the parentheses around it to itself."""
    inner = node.value if isinstance(node, (cst.MatchValue, cst.MatchSingleton)) else node
    return to.end(inner)


def _mapping(node: cst.MatchMapping, to: Conversion) -> ast.pattern:
    return ast.MatchMapping(
        keys=[to.expr(element.key) for element in node.elements],
        patterns=[to.pattern(element.pattern) for element in node.elements],
        rest=None if node.rest is None else identifier(node.rest.value),
        **to.place(node),
    )


def _class(node: cst.MatchClass, to: Conversion) -> ast.pattern:
    return ast.MatchClass(
        cls=to.expr(node.cls),
        patterns=_items(node.patterns, to),
        kwd_attrs=[identifier(keyword.key.value) for keyword in node.kwds],
        kwd_patterns=[to.pattern(keyword.pattern) for keyword in node.kwds],
        **to.place(node),
    )


def _as(node: cst.MatchAs, to: Conversion) -> ast.pattern:
    return ast.MatchAs(
        pattern=None if node.pattern is None else to.pattern(node.pattern),
        name=None if node.name is None else identifier(node.name.value),
        **to.place(node),
    )


def _or(node: cst.MatchOr, to: Conversion) -> ast.pattern:
    patterns = [to.pattern(element.pattern) for element in node.patterns]
    return ast.MatchOr(patterns=patterns, **to.place(node))


HANDLERS: Mapping[str, Handler] = {
    "MatchValue": _value,
    "MatchSingleton": _singleton,
    "MatchList": _list,
    "MatchTuple": _tuple,
    "MatchStar": _star,
    "MatchMapping": _mapping,
    "MatchClass": _class,
    "MatchAs": _as,
    "MatchOr": _or,
}
