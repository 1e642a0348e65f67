"""From LibCST to `ast`: the statements that hold other statements."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import libcst as cst

from awaken.syntax.cst_calls import named, parameters, positional
from awaken.syntax.cst_conversion import Conversion, identifier
from awaken.syntax.cst_type_parameters import type_parameters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from awaken.syntax.cst_conversion import Handler
    from awaken.syntax.cst_positions import Place

# Newer nodes; an older Python takes `except*` for `except`.
_TRY_STAR: Any = getattr(ast, "TryStar", ast.Try)

_ASYNCHRONOUS: Mapping[type[ast.stmt], type[ast.stmt]] = {
    ast.FunctionDef: ast.AsyncFunctionDef,
    ast.For: ast.AsyncFor,
    ast.With: ast.AsyncWith,
}


def statements(lines: Iterable[cst.CSTNode], to: Conversion) -> list[ast.stmt]:
    """Convert the statements of a module or a block, those that share a line one by one."""
    converted = []
    for line in lines:
        small = line.body if isinstance(line, cst.SimpleStatementLine) else (line,)
        converted.extend([to.stmt(statement) for statement in small])
    return converted


def _body(suite: cst.BaseSuite, to: Conversion) -> list[ast.stmt]:
    return statements(suite.body, to)


def _clause(node: cst.Else | cst.Finally | None, to: Conversion) -> list[ast.stmt]:
    return [] if node is None else _body(node.body, to)


def _place(node: cst.CSTNode, last: Any, converted: list[ast.stmt], to: Conversion) -> Place:
    """From the keyword of a statement to the end of its last block.

    Args:
        node: the statement.
        last: its last block, or the `elif` that ends it.
        converted: the statements of that block.
        to: the conversion.
    """
    start = to.at.start(node)
    semicolon = None if isinstance(last, cst.If) else _last_semicolon(last)
    if semicolon is not None:
        return to.at.place(start, to.at.end(semicolon))
    place, end = to.at.place(start, start), converted[-1]
    assert end.end_lineno is not None  # every converted node has all positions
    assert end.end_col_offset is not None
    place["end_lineno"], place["end_col_offset"] = end.end_lineno, end.end_col_offset
    return place


def _last_semicolon(suite: cst.BaseSuite) -> cst.Semicolon | None:
    """The semicolon that ends a block: in `ast` the block includes it, its statement does not."""
    last: Any = suite.body[-1]
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    semicolon = getattr(last, "semicolon", None)
    return semicolon if isinstance(semicolon, cst.Semicolon) else None


def _either(converted: type[ast.stmt], node: Any) -> Any:
    return converted if node.asynchronous is None else _ASYNCHRONOUS[converted]


def _if(node: cst.If, to: Conversion) -> ast.stmt:
    test, body = to.expr(node.test), _body(node.body, to)
    if isinstance(node.orelse, cst.If):
        orelse = [to.stmt(node.orelse)]
        place = _place(node, node.orelse, orelse, to)
    else:
        orelse = _clause(node.orelse, to)
        place = _place(node, (node.orelse or node).body, orelse or body, to)
    return ast.If(test=test, body=body, orelse=orelse, **place)


def _for(node: cst.For, to: Conversion) -> ast.stmt:
    target, iterable = to.target(node.target), to.expr(node.iter)
    body, orelse = _body(node.body, to), _clause(node.orelse, to)
    place = _place(node, (node.orelse or node).body, orelse or body, to)
    converted: ast.stmt = _either(ast.For, node)(
        target=target, iter=iterable, body=body, orelse=orelse, **place
    )
    return converted


def _while(node: cst.While, to: Conversion) -> ast.stmt:
    test, body, orelse = to.expr(node.test), _body(node.body, to), _clause(node.orelse, to)
    place = _place(node, (node.orelse or node).body, orelse or body, to)
    return ast.While(test=test, body=body, orelse=orelse, **place)


def _with(node: cst.With, to: Conversion) -> ast.stmt:
    items, body = [_with_item(item, to) for item in node.items], _body(node.body, to)
    place = _place(node, node.body, body, to)
    converted: ast.stmt = _either(ast.With, node)(items=items, body=body, **place)
    return converted


def _with_item(item: cst.WithItem, to: Conversion) -> ast.withitem:
    target = None if item.asname is None else to.target(item.asname.name)
    return ast.withitem(context_expr=to.expr(item.item), optional_vars=target)


def _try(node: cst.Try, to: Conversion) -> ast.stmt:
    return _try_as(ast.Try, node, to)


def _try_star(node: cst.TryStar, to: Conversion) -> ast.stmt:
    return _try_as(_TRY_STAR, node, to)


def _try_as(converted: Any, node: cst.Try | cst.TryStar, to: Conversion) -> ast.stmt:
    body = _body(node.body, to)
    handlers = [_handler(handler, to) for handler in node.handlers]
    orelse, finalbody = _clause(node.orelse, to), _clause(node.finalbody, to)
    last = node.finalbody or node.orelse or node.handlers[-1]
    end = finalbody or orelse or handlers[-1].body
    place = _place(node, last.body, end, to)
    statement: ast.stmt = converted(
        body=body, handlers=handlers, orelse=orelse, finalbody=finalbody, **place
    )
    return statement


def _handler(node: cst.ExceptHandler | cst.ExceptStarHandler, to: Conversion) -> ast.ExceptHandler:
    name = None if node.name is None else cst.ensure_type(node.name.name, cst.Name).value
    body = _body(node.body, to)
    return ast.ExceptHandler(
        type=to.optional(node.type),
        name=None if name is None else identifier(name),
        body=body,
        **_place(node, node.body, body, to),
    )


def _match(node: cst.Match, to: Conversion) -> ast.stmt:
    subject, cases = to.expr(node.subject), [_case(case, to) for case in node.cases]
    place = _place(node, node.cases[-1].body, cases[-1].body, to)
    return ast.Match(subject=subject, cases=cases, **place)


def _case(case: cst.MatchCase, to: Conversion) -> ast.match_case:
    pattern, guard = to.pattern(case.pattern), to.optional(case.guard)
    return ast.match_case(pattern=pattern, guard=guard, body=_body(case.body, to))


def _function(node: cst.FunctionDef, to: Conversion) -> ast.stmt:
    returns = None if node.returns is None else node.returns.annotation
    body = _body(node.body, to)
    converted: ast.stmt = _either(ast.FunctionDef, node)(
        name=identifier(node.name.value),
        args=parameters(node.params, to),
        body=body,
        decorator_list=[to.expr(decorator.decorator) for decorator in node.decorators],
        returns=to.optional(returns),
        **_type_params(node, to),
        **_place(node, node.body, body, to),
    )
    return converted


def _class(node: cst.ClassDef, to: Conversion) -> ast.stmt:
    body = _body(node.body, to)
    return ast.ClassDef(
        name=identifier(node.name.value),
        bases=positional(node.bases, to),
        keywords=named(node.keywords, to),
        body=body,
        decorator_list=[to.expr(decorator.decorator) for decorator in node.decorators],
        **_type_params(node, to),
        **_place(node, node.body, body, to),
    )


def _type_params(node: cst.FunctionDef | cst.ClassDef, to: Conversion) -> dict[str, Any]:
    if "type_params" not in ast.FunctionDef._fields:  # before Python 3.12
        return {}
    return {"type_params": type_parameters(node.type_parameters, to)}


HANDLERS: Mapping[str, Handler] = {
    "If": _if,
    "For": _for,
    "While": _while,
    "With": _with,
    "Try": _try,
    "TryStar": _try_star,
    "Match": _match,
    "FunctionDef": _function,
    "ClassDef": _class,
}
