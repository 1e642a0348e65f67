"""From the type parameters of LibCST to those of `ast`, on Pythons that have them (3.12 on)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import libcst as cst

from awaken.syntax.cst_conversion import LOAD, Conversion, identifier

if TYPE_CHECKING:
    from awaken.syntax.cst_positions import Place


def type_parameters(node: cst.TypeParameters | None, to: Conversion) -> list[Any]:
    """Convert `[T: bound = default, *Ts, **P]`; call it only where `ast` has such nodes."""
    return [] if node is None else [_parameter(parameter, to) for parameter in node.params]


def _parameter(node: cst.TypeParam, to: Conversion) -> Any:
    converted: Any = getattr(ast, type(node.param).__name__)
    fields: dict[str, Any] = {"name": identifier(node.param.name.value)}
    if isinstance(node.param, cst.TypeVar):
        fields["bound"] = to.optional(node.param.bound)
    if "default_value" in converted._fields:  # PEP 696, Python 3.13
        fields["default_value"] = _default(node, to)
    return converted(**fields, **_place(node, to))


def _default(node: cst.TypeParam, to: Conversion) -> ast.expr | None:
    if node.default is None or not node.star:
        return to.optional(node.default)
    start = to.at.start(node.whitespace_after_star) - len("*")
    place = to.at.place(start, to.end(node.default))
    return ast.Starred(value=to.expr(node.default), ctx=LOAD, **place)


def _place(node: cst.TypeParam, to: Conversion) -> Place:
    bound = node.param.bound if isinstance(node.param, cst.TypeVar) else None
    last = node.default or bound or node.param.name
    return to.at.place(to.at.start(node.param), to.end(last))
