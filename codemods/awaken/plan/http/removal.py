"""Taking an argument out of a call, with the comma in front of it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.syntax.tree import Tree

_COMMA = re.compile(r"[\s)]*,\s*")


def removable(tree: Tree, call: ast.Call, node: ast.expr) -> Span | None:
    """The range to remove so that an argument is gone, or None where that would take more along.

    Args:
        tree: the file.
        call: the call.
        node: the value of the argument, not the first one.
    """
    parent = tree.parent(node)
    argument: ast.expr | ast.keyword = parent if isinstance(parent, ast.keyword) else node
    every: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    arguments = sorted(every, key=lambda each: tree.offsets.span(each).start)
    number = arguments.index(argument)
    if number == 0:
        return None
    before = tree.offsets.span(arguments[number - 1]).end
    span = tree.offsets.span(argument)
    between = tree.text[before : span.start]
    behind = tree.text[span.end : tree.span(call).end].lstrip()
    if _COMMA.fullmatch(between) is None or (behind[:1] != "," and len(behind) != 1):
        return None
    return Span(before + between.rindex(","), span.end)
