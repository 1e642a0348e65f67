"""`select_for_update()` where no transaction is open: databases that lock rows refuse the query, SQLite ignores it.

Reference: `QuerySet.select_for_update`, which raises TransactionManagementError in autocommit mode.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_LOCKS = "select_for_update"


def locks_rows(situation: Situation) -> bool:
    """Whether a query asks for locked rows, in its own chain of calls or in that of the variable it starts with."""
    if _LOCKS not in situation.tree.text:
        return False
    node: ast.AST = situation.node
    seen: set[str] = set()
    while True:
        if isinstance(node, ast.Attribute):
            if node.attr == _LOCKS:
                return True
            node = node.value
        elif isinstance(node, ast.Call):
            consumes = node is situation.node and isinstance(node.func, ast.Name) and node.args
            node = node.args[0] if consumes else node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Name) and node.id not in seen:
            seen.add(node.id)
            found = _only_value(situation, node.id)
            if found is None:
                return False
            node = found
        else:
            return False


def _only_value(situation: Situation, name: str) -> ast.expr | None:
    """What a variable of the coroutine is set to, where that is done once."""
    if situation.in_cell:
        return None
    values = [
        node.value
        for node in ast.walk(situation.function())
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]
    return values[0] if len(values) == 1 else None
