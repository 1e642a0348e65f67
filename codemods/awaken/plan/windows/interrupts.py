"""Ctrl-C at a prompt: Python raises KeyboardInterrupt in the main thread only, whoever waits for a line."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.reasons import reason
from awaken.syntax.names import parts_in

if TYPE_CHECKING:
    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

# click makes Abort of it.
_INTERRUPTS = frozenset(("Abort", "BaseException", "KeyboardInterrupt"))


def interrupt_elsewhere(situation: Situation) -> Reason | None:
    """The difference that a thread makes to a prompt whose Ctrl-C is handled around it, or None.

    Args:
        situation: the finding.
    """
    if not situation.finding.entry.terminal:
        return None
    child: ast.AST = situation.node
    for up in situation.tree.ancestors(situation.node):
        if isinstance(up, ast.Try) and child in up.body and any(map(_handles, up.handlers)):
            return reason("interrupt-elsewhere")
        if isinstance(up, ast.AsyncFunctionDef):
            break
        child = up
    return None


def _handles(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return bool(parts_in(handler.type) & _INTERRUPTS)
