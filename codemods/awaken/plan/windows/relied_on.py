"""An item that was known to be there before the new `await`: another task may have taken it meanwhile."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from awaken.plan.windows.changes import own_nodes
from awaken.plan.windows.window import looks_before, torn

if TYPE_CHECKING:
    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation
    from awaken.syntax.tree import Tree

_TAKES = frozenset(("clear", "discard", "pop", "popitem", "popleft", "remove"))


def item_relied_on(situation: Situation) -> Reason | None:
    """Why an item that was known to be there may be gone behind the finding's `await`, or None."""
    shrinking = _shrinking(situation.tree)
    looks = [
        (line, places & shrinking) for line, places, copies in looks_before(situation) if not copies
    ]
    if not any(places for _, places in looks):
        return None
    here = situation.tree.span(situation.node).end
    for node in own_nodes(situation.function()):
        if isinstance(node, ast.Subscript) and situation.tree.span(node).start >= here:
            place = ast.unparse(node.value)
            for line, places in looks:
                if place in places:
                    return torn("check-then-act", place, line, f"relied on in line {node.lineno}")
    return None


@lru_cache(maxsize=4)
def _shrinking(tree: Tree) -> frozenset[str]:
    """What loses items somewhere in the file, as source text."""
    found = set()
    for node in tree.nodes:
        func = node.func if isinstance(node, ast.Call) else None
        if isinstance(func, ast.Attribute) and func.attr in _TAKES:
            found.add(ast.unparse(func.value))
        if isinstance(node, ast.Delete):
            found |= {
                ast.unparse(each.value) for each in node.targets if isinstance(each, ast.Subscript)
            }
    return frozenset(found)
