"""What the arguments of a call do to context variables, where the context is copied before they are evaluated."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.blocks.carried_calls import runs_in_any_thread

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_WAITS = (ast.Await, ast.Yield, ast.YieldFrom)


def arguments_keep_context(situation: Situation, call: ast.Call) -> bool:
    """Whether nothing in the callee and the arguments of a call may set a context variable.

    What runs in any thread sets none: a thread has a copy of the context.
    """
    parts = [call.func, *call.args, *(keyword.value for keyword in call.keywords)]
    inner = [node for part in parts for node in ast.walk(part)]
    return not any(isinstance(node, _WAITS) for node in inner) and all(
        runs_in_any_thread(situation, node, call) for node in inner if isinstance(node, ast.Call)
    )
