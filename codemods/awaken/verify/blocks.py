"""Functions that are made of blocks: the names that stay the coroutine's, and the ways out, as they were planned."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from awaken.plan.names_in_scope import own_nodes_of
from awaken.plan.recipes import HopBlock
from awaken.syntax.suites import suites_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from awaken.plan.recipes import Recipe
    from awaken.syntax.tree import Tree

_NUMBER = re.compile(r"(?:_\d+)+$")  # the name may have one of its own
_KEYWORDS = {ast.Return: "return", ast.Break: "break", ast.Continue: "continue"}


class _Shape(NamedTuple):
    """What is asked of one function, or found of it.

    Attributes:
        name: without the numbers behind it.
        outer: names that it sets in the coroutine.
        left: how many of its ways leave the block.
        keyword: what the coroutine does then; empty where none does.
        decorators: how many it has.
    """

    name: str
    outer: tuple[str, ...]
    left: int
    keyword: str
    decorators: int


def misshapen_blocks(before: Tree, after: Tree, recipes: Iterable[Recipe]) -> Counter[str]:
    """Names of functions that do not keep names, or leave, as their recipes say.

    Args:
        before: the file as it was.
        after: the file as it is now.
        recipes: what was done.
    """
    planned = Counter(_planned(each) for each in recipes if isinstance(each, HopBlock))
    if not planned:
        return Counter()
    missing = planned - (Counter(_found(after)) - Counter(_found(before)))
    return Counter({shape.name: number for shape, number in missing.items()})


def _planned(recipe: HopBlock) -> _Shape:
    leaving = recipe.leaving
    return _Shape(
        _NUMBER.sub("", recipe.function),
        tuple(sorted(recipe.outer)),
        len(leaving.places) if leaving else 0,
        leaving.keyword if leaving else "",
        1 if recipe.decorator else 0,
    )


def _found(tree: Tree) -> Iterator[_Shape]:
    for node in tree.nodes:
        for suite in suites_of(node):
            for number, function in enumerate(suite):
                if isinstance(function, ast.FunctionDef):
                    yield _shape(function, suite[number + 1 : number + 3])


def _shape(function: ast.FunctionDef, behind: Sequence[ast.stmt]) -> _Shape:
    first = function.body[0]
    outer = tuple(sorted(first.names)) if isinstance(first, ast.Nonlocal) else ()
    keyword = _way_out(behind)
    name, decorators = _NUMBER.sub("", function.name), len(function.decorator_list)
    if not keyword:
        return _Shape(name, outer, 0, "", decorators)
    returned = [
        node
        for each in function.body
        for node in own_nodes_of(each)
        if isinstance(node, ast.Return)
    ]
    marks = Counter(_mark(each) for each in returned)
    ends = (
        marks == Counter({True: len(returned) - 1, False: 1}) and _mark(function.body[-1]) is False
    )
    return _Shape(name, outer, len(returned) - 1 if ends else -1, keyword, decorators)


def _mark(statement: ast.stmt) -> object:
    """`True` of `return True, value`."""
    value = statement.value if isinstance(statement, ast.Return) else None
    if isinstance(value, ast.Tuple) and value.elts:
        value = value.elts[0]
    return value.value if isinstance(value, ast.Constant) else None


def _way_out(behind: Sequence[ast.stmt]) -> str:
    """The keyword of `if await f(): break`, or of `left, value = await f()` and `if left: return value`."""
    if not behind:
        return ""
    call, test = behind[0], behind[-1]
    if isinstance(call, ast.If):
        return _keyword(call) if isinstance(call.test, ast.Await) else ""
    target = call.targets[0] if isinstance(call, ast.Assign) else None
    if not isinstance(target, ast.Tuple) or not isinstance(test, ast.If):
        return ""
    names = [each.id for each in target.elts if isinstance(each, ast.Name)]
    marked = isinstance(test.test, ast.Name) and names[:1] == [test.test.id]
    keyword = _keyword(test)
    last = test.body[0]
    given = last.value if isinstance(last, ast.Return) else None
    right = keyword != "return" or (isinstance(given, ast.Name) and names[1:] == [given.id])
    return keyword if marked and right else ""


def _keyword(statement: ast.If) -> str:
    alone = len(statement.body) == 1 and not statement.orelse
    return _KEYWORDS.get(type(statement.body[0]), "") if alone else ""
