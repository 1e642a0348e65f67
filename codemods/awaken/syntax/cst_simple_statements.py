"""From LibCST to `ast`: the statements that fit on one line."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import libcst as cst

from awaken.syntax.cst_conversion import DELETE, Conversion, identifier
from awaken.syntax.cst_expressions import BINARY
from awaken.syntax.cst_type_parameters import type_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from awaken.syntax.cst_conversion import Handler
    from awaken.syntax.cst_positions import Place

_TYPE_ALIAS: Any = getattr(ast, "TypeAlias", None)  # new in Python 3.12

_BINARY_BY_NAME = {operator.__name__: converted for operator, converted in BINARY.items()}


def _place(node: cst.CSTNode, last: cst.CSTNode, to: Conversion) -> Place:
    """From the keyword of a statement to the end of its last expression."""
    return to.at.place(to.at.start(node), to.end(last))


def _keyword_place(node: cst.CSTNode, keyword: str, to: Conversion) -> Place:
    start = to.at.start(node)
    return to.at.place(start, start + len(keyword))


def _expression(node: cst.Expr, to: Conversion) -> ast.stmt:
    return ast.Expr(value=to.expr(node.value), **_place(node, node.value, to))


def _assign(node: cst.Assign, to: Conversion) -> ast.stmt:
    targets = [to.target(target.target) for target in node.targets]
    return ast.Assign(targets=targets, value=to.expr(node.value), **_place(node, node.value, to))


def _annotated(node: cst.AnnAssign, to: Conversion) -> ast.stmt:
    annotation = node.annotation.annotation
    target: Any = to.target(node.target)
    return ast.AnnAssign(
        target=target,
        annotation=to.expr(annotation),
        value=to.optional(node.value),
        simple=int(isinstance(node.target, cst.Name) and not node.target.lpar),
        **_place(node, node.value or annotation, to),
    )


def _augmented(node: cst.AugAssign, to: Conversion) -> ast.stmt:
    target: Any = to.target(node.target)
    return ast.AugAssign(
        target=target,
        op=_BINARY_BY_NAME[type(node.operator).__name__.removesuffix("Assign")],
        value=to.expr(node.value),
        **_place(node, node.value, to),
    )


def _return(node: cst.Return, to: Conversion) -> ast.stmt:
    if node.value is None:
        return ast.Return(value=None, **_keyword_place(node, "return", to))
    return ast.Return(value=to.expr(node.value), **_place(node, node.value, to))


def _raise(node: cst.Raise, to: Conversion) -> ast.stmt:
    if node.exc is None:
        return ast.Raise(exc=None, cause=None, **_keyword_place(node, "raise", to))
    cause = None if node.cause is None else node.cause.item
    place = _place(node, cause or node.exc, to)
    return ast.Raise(exc=to.expr(node.exc), cause=to.optional(cause), **place)


def _assert(node: cst.Assert, to: Conversion) -> ast.stmt:
    place = _place(node, node.msg or node.test, to)
    return ast.Assert(test=to.expr(node.test), msg=to.optional(node.msg), **place)


def _delete(node: cst.Del, to: Conversion) -> ast.stmt:
    if isinstance(node.target, cst.Tuple) and not node.target.lpar:
        targets = [to.target(element.value, DELETE) for element in node.target.elements]
    else:
        targets = [to.target(node.target, DELETE)]
    return ast.Delete(targets=targets, **_place(node, node.target, to))


def _pass(node: cst.Pass, to: Conversion) -> ast.stmt:
    return ast.Pass(**to.place(node))


def _break(node: cst.Break, to: Conversion) -> ast.stmt:
    return ast.Break(**to.place(node))


def _continue(node: cst.Continue, to: Conversion) -> ast.stmt:
    return ast.Continue(**to.place(node))


def _global(node: cst.Global, to: Conversion) -> ast.stmt:
    return ast.Global(names=_names(node), **to.place(node))


def _nonlocal(node: cst.Nonlocal, to: Conversion) -> ast.stmt:
    return ast.Nonlocal(names=_names(node), **to.place(node))


def _names(node: cst.Global | cst.Nonlocal) -> list[str]:
    return [identifier(item.name.value) for item in node.names]


def _import(node: Any, to: Conversion) -> ast.stmt:
    return ast.Import(names=_aliases(node.names, to), **to.place(node))


def _import_from(node: Any, to: Conversion) -> ast.stmt:
    module, level = node.module, len(node.relative)
    return ast.ImportFrom(
        module=None if module is None else _dotted(module),
        names=_aliases(node.names, to),
        level=level,
        **to.place(node),
    )


def _aliases(names: Sequence[cst.ImportAlias] | cst.ImportStar, to: Conversion) -> list[ast.alias]:
    if isinstance(names, cst.ImportStar):
        return [ast.alias(name="*", asname=None, **to.place(names))]
    return [
        ast.alias(
            name=_dotted(name.name),
            asname=None if name.asname is None else _dotted(name.asname.name),
            **to.place(name),
        )
        for name in names
    ]


def _dotted(name: cst.BaseExpression) -> str:
    parts: list[str] = []
    while isinstance(name, cst.Attribute):
        parts.append(name.attr.value)
        name = name.value
    parts.append(cst.ensure_type(name, cst.Name).value)
    return identifier(".".join(reversed(parts)))


def _type_alias(node: cst.TypeAlias, to: Conversion) -> ast.stmt:
    name, value = to.target(node.name), to.expr(node.value)
    place = _place(node, node.value, to)
    if _TYPE_ALIAS is None:
        return ast.Assign(targets=[name], value=value, **place)
    params = type_parameters(node.type_parameters, to)
    converted: ast.stmt = _TYPE_ALIAS(name=name, type_params=params, value=value, **place)
    return converted


HANDLERS: Mapping[str, Handler] = {
    "Expr": _expression,
    "Assign": _assign,
    "AnnAssign": _annotated,
    "AugAssign": _augmented,
    "Return": _return,
    "Raise": _raise,
    "Assert": _assert,
    "Del": _delete,
    "Pass": _pass,
    "Break": _break,
    "Continue": _continue,
    "Global": _global,
    "Nonlocal": _nonlocal,
    "Import": _import,
    "ImportFrom": _import_from,
    "LazyImport": _import,
    "LazyImportFrom": _import_from,
    "TypeAlias": _type_alias,
}
