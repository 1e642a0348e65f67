"""What leaves a block on some ways only, and how the function that it becomes says so to the coroutine."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.names_in_scope import SCOPES, unused_name
from awaken.plan.recipes import Leaving
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_KEYWORDS: dict[type[ast.stmt], str] = {
    ast.Return: "return",
    ast.Break: "break",
    ast.Continue: "continue",
}
_MARKERS = {"return": "returned", "break": "stopped", "continue": "skipped"}


def statements_that_leave(block: Iterable[ast.AST], *, in_loop: bool = False) -> Iterator[ast.stmt]:
    """The `return`, `break` and `continue` statements whose way leads out of a block.

    Args:
        block: statements of one suite.
        in_loop: whether a loop inside the block holds them.
    """
    for node in block:
        if isinstance(node, ast.Return) or (
            isinstance(node, (ast.Break, ast.Continue)) and not in_loop
        ):
            yield node
        elif isinstance(node, _LOOPS):
            yield from statements_that_leave(node.body, in_loop=True)
            yield from statements_that_leave(node.orelse, in_loop=in_loop)
        elif not isinstance(node, (ast.expr, *SCOPES)):
            yield from statements_that_leave(ast.iter_child_nodes(node), in_loop=in_loop)


def leaving_of(
    statements: Sequence[ast.stmt], function: ast.AsyncFunctionDef, *, results: bool
) -> Leaving | None:
    """How a function says which way was taken, or None where there are ways of several kinds.

    Args:
        statements: those that leave the block; one at least.
        function: the coroutine.
        results: whether the block gives names back, besides.
    """
    keywords = {_KEYWORDS[type(each)] for each in statements}
    if len(keywords) > 1:
        return None
    keyword = keywords.pop()
    valued = any(isinstance(each, ast.Return) and each.value is not None for each in statements)
    if valued and _is_generator(function):
        return None
    pair = valued or results
    return Leaving(
        keyword=keyword,
        places=tuple(Place.of(each) for each in statements),
        marker=unused_name(function, _MARKERS[keyword]) if pair else "",
        value=unused_name(function, "value") if pair else "",
    )


def _is_generator(function: ast.AsyncFunctionDef) -> bool:
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(function))
