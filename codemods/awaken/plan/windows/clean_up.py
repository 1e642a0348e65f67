"""Clean-up that a cancelled scope of anyio or trio would skip: there, each further `await` is cancelled at once."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.reasons import reason
from awaken.plan.runners.foreign_loop import EventLoop, event_loop
from awaken.syntax.names import parts_in

if TYPE_CHECKING:
    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

_CANCELLED = frozenset(("BaseException", "CancelledError", "Cancelled", "get_cancelled_exc_class"))


def cancels_every_await(situation: Situation) -> bool:
    """Whether scopes of anyio or trio may cancel a coroutine: each further `await` in them, not one only.

    Source: their documentation on cancellation.
    """
    elsewhere = event_loop(situation) is not EventLoop.ASYNCIO
    return elsewhere or "anyio" in situation.packages.anywhere


def skipped_clean_up(situation: Situation) -> Reason | None:
    """The difference that an `await` makes to clean-up where scopes of anyio or trio are cancelled, or None."""
    if not cancels_every_await(situation):
        return None
    child: ast.AST = situation.node
    for up in situation.tree.ancestors(situation.node):
        if isinstance(up, ast.With) and _is_shielded(up):
            return None
        if _runs_when_cancelled(up, child):
            return reason("skipped-clean-up")
        if isinstance(up, ast.AsyncFunctionDef):
            return None
        child = up
    return None


def _runs_when_cancelled(node: ast.AST, child: ast.AST) -> bool:
    if isinstance(node, ast.Try):
        return child in node.finalbody
    if isinstance(node, ast.ExceptHandler):
        return node.type is None or bool(parts_in(node.type) & _CANCELLED)
    return isinstance(node, ast.AsyncFunctionDef) and node.name == "__aexit__"


def _is_shielded(statement: ast.With) -> bool:
    return any(
        keyword.arg == "shield"
        for item in statement.items
        if isinstance(item.context_expr, ast.Call)
        for keyword in item.context_expr.keywords
    )
