"""From LibCST to `ast`: calls, subscripts, and the parameters of functions and lambdas."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import libcst as cst

from awaken.syntax.cst_conversion import LOAD, Conversion, identifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from awaken.syntax.cst_conversion import Handler


def positional(args: Sequence[cst.Arg], to: Conversion) -> list[ast.expr]:
    """The arguments of a call or class that have no name, `*args` included."""
    return [_positional(arg, to) for arg in args if arg.keyword is None and arg.star != "**"]


def named(args: Sequence[cst.Arg], to: Conversion) -> list[ast.keyword]:
    """The keyword arguments of a call or class, `**kwargs` included."""
    return [
        ast.keyword(
            arg=None if arg.keyword is None else identifier(arg.keyword.value),
            value=to.expr(arg.value),
            **to.place(arg),
        )
        for arg in args
        if arg.keyword is not None or arg.star == "**"
    ]


def _positional(arg: cst.Arg, to: Conversion) -> ast.expr:
    value = to.expr(arg.value)
    return ast.Starred(value=value, ctx=LOAD, **to.place(arg)) if arg.star else value


def _call(node: cst.Call, to: Conversion) -> ast.expr:
    func, args = to.expr(node.func), positional(node.args, to)
    if len(node.args) == 1 and _is_bare_generator(node.args[0]):
        # A sole generator shares the parentheses of the call; in ast they belong to both.
        opening = to.at.end(node.whitespace_after_func)
        for name, value in to.at.place(opening, to.at.end(node)).items():
            setattr(args[0], name, value)
    return ast.Call(func=func, args=args, keywords=named(node.args, to), **to.place(node))


def _is_bare_generator(arg: cst.Arg) -> bool:
    return isinstance(arg.value, cst.GeneratorExp) and not arg.value.lpar


def _subscript(node: cst.Subscript, to: Conversion) -> ast.expr:
    elements = [_element(element.slice, to) for element in node.slice]
    if len(elements) == 1 and not _makes_tuple(node.slice[0]):
        key = elements[0]
    else:
        place = to.at.place(to.at.start(node.slice[0]), _end_of_key(node.slice[-1], to))
        key = ast.Tuple(elts=elements, ctx=LOAD, **place)
    return ast.Subscript(value=to.expr(node.value), slice=key, ctx=LOAD, **to.place(node))


def _makes_tuple(element: cst.SubscriptElement) -> bool:
    starred = isinstance(element.slice, cst.Index) and element.slice.star is not None
    return starred or isinstance(element.comma, cst.Comma)


def _element(part: cst.BaseSlice, to: Conversion) -> ast.expr:
    if isinstance(part, cst.Slice):
        return _slice(part, to)
    assert isinstance(part, cst.Index)  # the only other kind
    value = to.expr(part.value)
    return value if part.star is None else ast.Starred(value=value, ctx=LOAD, **to.place(part))


def _slice(part: cst.Slice, to: Conversion) -> ast.expr:
    start = to.start(part.first_colon if part.lower is None else part.lower)
    return ast.Slice(
        lower=to.optional(part.lower),
        upper=to.optional(part.upper),
        step=to.optional(part.step),
        **to.at.place(start, _end_of_slice(part, to)),
    )


def _end_of_slice(part: cst.Slice, to: Conversion) -> int:
    second = part.second_colon if isinstance(part.second_colon, cst.Colon) else None
    return to.end(part.step or second or part.upper or part.first_colon)


def _end_of_key(element: cst.SubscriptElement, to: Conversion) -> int:
    if isinstance(element.comma, cst.Comma):
        return to.at.end(element.comma)
    part = element.slice
    return _end_of_slice(part, to) if isinstance(part, cst.Slice) else to.at.end(part)


def _lambda(node: cst.Lambda, to: Conversion) -> ast.expr:
    return ast.Lambda(args=parameters(node.params, to), body=to.expr(node.body), **to.place(node))


def parameters(node: cst.Parameters, to: Conversion) -> ast.arguments:
    """Convert the parameters of a function or a lambda."""
    star = node.star_arg if isinstance(node.star_arg, cst.Param) else None
    leading = (*node.posonly_params, *node.params)
    return ast.arguments(
        posonlyargs=[_parameter(param, to) for param in node.posonly_params],
        args=[_parameter(param, to) for param in node.params],
        vararg=None if star is None else _parameter(star, to),
        kwonlyargs=[_parameter(param, to) for param in node.kwonly_params],
        kw_defaults=[to.optional(param.default) for param in node.kwonly_params],
        kwarg=None if node.star_kwarg is None else _parameter(node.star_kwarg, to),
        defaults=[to.expr(param.default) for param in leading if param.default is not None],
    )


def _parameter(param: cst.Param, to: Conversion) -> ast.arg:
    annotation = None if param.annotation is None else param.annotation.annotation
    place = to.at.place(to.at.start(param.name), to.end(annotation or param.name))
    return ast.arg(arg=identifier(param.name.value), annotation=to.optional(annotation), **place)


HANDLERS: Mapping[str, Handler] = {"Call": _call, "Subscript": _subscript, "Lambda": _lambda}
