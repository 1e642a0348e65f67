"""From LibCST expressions to `ast` expressions: names, operators, containers, comprehensions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import libcst as cst

from awaken.syntax.cst_conversion import LOAD, STORE, Conversion, identifier, set_context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from awaken.syntax.cst_conversion import Handler

_CONSTANTS = {"None": None, "True": True, "False": False}

# Like the parser of CPython, one instance of each operator serves the whole tree.
UNARY: Mapping[type[cst.BaseUnaryOp], ast.unaryop] = {
    cst.Plus: ast.UAdd(),
    cst.Minus: ast.USub(),
    cst.BitInvert: ast.Invert(),
    cst.Not: ast.Not(),
}
BOOLEAN: Mapping[type[cst.BaseBooleanOp], ast.boolop] = {cst.And: ast.And(), cst.Or: ast.Or()}
BINARY: Mapping[type[cst.BaseBinaryOp], ast.operator] = {
    cst.Add: ast.Add(),
    cst.Subtract: ast.Sub(),
    cst.Multiply: ast.Mult(),
    cst.Divide: ast.Div(),
    cst.FloorDivide: ast.FloorDiv(),
    cst.Modulo: ast.Mod(),
    cst.Power: ast.Pow(),
    cst.LeftShift: ast.LShift(),
    cst.RightShift: ast.RShift(),
    cst.BitOr: ast.BitOr(),
    cst.BitAnd: ast.BitAnd(),
    cst.BitXor: ast.BitXor(),
    cst.MatrixMultiply: ast.MatMult(),
}
COMPARISON: Mapping[type[cst.BaseCompOp], ast.cmpop] = {
    cst.LessThan: ast.Lt(),
    cst.GreaterThan: ast.Gt(),
    cst.Equal: ast.Eq(),
    cst.LessThanEqual: ast.LtE(),
    cst.GreaterThanEqual: ast.GtE(),
    cst.NotEqual: ast.NotEq(),
    cst.In: ast.In(),
    cst.NotIn: ast.NotIn(),
    cst.Is: ast.Is(),
    cst.IsNot: ast.IsNot(),
}


def _name(node: cst.Name, to: Conversion) -> ast.expr:
    if node.value in _CONSTANTS:
        return ast.Constant(value=_CONSTANTS[node.value], **to.place(node))
    return ast.Name(id=identifier(node.value), ctx=LOAD, **to.place(node))


def _ellipsis(node: cst.Ellipsis, to: Conversion) -> ast.expr:
    return ast.Constant(value=..., **to.place(node))


def _attribute(node: cst.Attribute, to: Conversion) -> ast.expr:
    attr = identifier(node.attr.value)
    return ast.Attribute(value=to.expr(node.value), attr=attr, ctx=LOAD, **to.place(node))


def _unary(node: cst.UnaryOperation, to: Conversion) -> ast.expr:
    operator = UNARY[type(node.operator)]
    return ast.UnaryOp(op=operator, operand=to.expr(node.expression), **to.place(node))


def _binary(node: cst.BinaryOperation, to: Conversion) -> ast.expr:
    left, operator = to.expr(node.left), BINARY[type(node.operator)]
    return ast.BinOp(left=left, op=operator, right=to.expr(node.right), **to.place(node))


def _boolean(node: cst.BooleanOperation, to: Conversion) -> ast.expr:
    # `a and b and c` is one operation with three values in ast, two nested ones in LibCST.
    values, left = [node.right], node.left
    while (
        isinstance(left, cst.BooleanOperation)
        and not left.lpar
        and type(left.operator) is type(node.operator)
    ):
        values.append(left.right)
        left = left.left
    values.append(left)
    operator = BOOLEAN[type(node.operator)]
    operands = [to.expr(value) for value in reversed(values)]
    return ast.BoolOp(op=operator, values=operands, **to.place(node))


def _comparison(node: cst.Comparison, to: Conversion) -> ast.expr:
    return ast.Compare(
        left=to.expr(node.left),
        ops=[COMPARISON[type(target.operator)] for target in node.comparisons],
        comparators=[to.expr(target.comparator) for target in node.comparisons],
        **to.place(node),
    )


def _conditional(node: cst.IfExp, to: Conversion) -> ast.expr:
    test, body = to.expr(node.test), to.expr(node.body)
    return ast.IfExp(test=test, body=body, orelse=to.expr(node.orelse), **to.place(node))


def _named(node: cst.NamedExpr, to: Conversion) -> ast.expr:
    target = to.expr(node.target)
    set_context(target, STORE)
    assert isinstance(target, ast.Name)  # the grammar allows nothing else
    return ast.NamedExpr(target=target, value=to.expr(node.value), **to.place(node))


def _await(node: cst.Await, to: Conversion) -> ast.expr:
    return ast.Await(value=to.expr(node.expression), **to.place(node))


def _yield(node: cst.Yield, to: Conversion) -> ast.expr:
    if isinstance(node.value, cst.From):
        return ast.YieldFrom(value=to.expr(node.value.item), **to.place(node))
    return ast.Yield(value=to.optional(node.value), **to.place(node))


def _starred(node: cst.StarredElement, to: Conversion) -> ast.expr:
    place = to.at.place(to.at.start(node), to.end(node.value))
    return ast.Starred(value=to.expr(node.value), ctx=LOAD, **place)


def _elements(elements: Sequence[cst.BaseElement], to: Conversion) -> list[ast.expr]:
    return [
        to.expr(element if isinstance(element, cst.StarredElement) else element.value)
        for element in elements
    ]


def _tuple(node: cst.Tuple, to: Conversion) -> ast.expr:
    elements = _elements(node.elements, to)
    return ast.Tuple(elts=elements, ctx=LOAD, **to.place_with_parentheses(node))


def _list(node: cst.List, to: Conversion) -> ast.expr:
    return ast.List(elts=_elements(node.elements, to), ctx=LOAD, **to.place(node))


def _set(node: cst.Set, to: Conversion) -> ast.expr:
    return ast.Set(elts=_elements(node.elements, to), **to.place(node))


def _dict(node: cst.Dict, to: Conversion) -> ast.expr:
    return ast.Dict(
        keys=[
            to.expr(element.key) if isinstance(element, cst.DictElement) else None
            for element in node.elements
        ],
        values=[to.expr(element.value) for element in node.elements],
        **to.place(node),
    )


def _generators(clause: cst.CompFor | None, to: Conversion) -> list[ast.comprehension]:
    generators = []
    while clause is not None:
        generators.append(
            ast.comprehension(
                target=to.target(clause.target),
                iter=to.expr(clause.iter),
                ifs=[to.expr(condition.test) for condition in clause.ifs],
                is_async=int(clause.asynchronous is not None),
            )
        )
        clause = clause.inner_for_in
    return generators


def _list_comprehension(node: cst.ListComp, to: Conversion) -> ast.expr:
    generators = _generators(node.for_in, to)
    return ast.ListComp(elt=to.expr(node.elt), generators=generators, **to.place(node))


def _set_comprehension(node: cst.SetComp, to: Conversion) -> ast.expr:
    generators = _generators(node.for_in, to)
    return ast.SetComp(elt=to.expr(node.elt), generators=generators, **to.place(node))


def _generator(node: cst.GeneratorExp, to: Conversion) -> ast.expr:
    place = to.place_with_parentheses(node)
    return ast.GeneratorExp(elt=to.expr(node.elt), generators=_generators(node.for_in, to), **place)


def _dict_comprehension(node: cst.DictComp, to: Conversion) -> ast.expr:
    return ast.DictComp(
        key=to.expr(node.key),
        value=to.expr(node.value),
        generators=_generators(node.for_in, to),
        **to.place(node),
    )


def _unpacking_comprehension(node: cst.StarredDictComp, to: Conversion) -> ast.expr:
    # PEP 798: `{**d for d in ds}`. Older trees have no form without a key.
    place = to.place(node)
    return ast.DictComp(
        key=ast.Constant(value=None, **place),
        value=to.expr(node.value),
        generators=_generators(node.for_in, to),
        **place,
    )


HANDLERS: Mapping[str, Handler] = {
    "Name": _name,
    "Ellipsis": _ellipsis,
    "Attribute": _attribute,
    "UnaryOperation": _unary,
    "BinaryOperation": _binary,
    "BooleanOperation": _boolean,
    "Comparison": _comparison,
    "IfExp": _conditional,
    "NamedExpr": _named,
    "Await": _await,
    "Yield": _yield,
    "StarredElement": _starred,
    "Tuple": _tuple,
    "List": _list,
    "Set": _set,
    "Dict": _dict,
    "ListComp": _list_comprehension,
    "SetComp": _set_comprehension,
    "GeneratorExp": _generator,
    "DictComp": _dict_comprehension,
    "StarredDictComp": _unpacking_comprehension,
}
