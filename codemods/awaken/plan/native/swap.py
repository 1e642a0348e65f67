"""Calls with an async twin that takes the same arguments: `time.sleep` to `asyncio.sleep`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.await_position import await_position
from awaken.plan.call_text import comment_in_callee
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.reasons import reason
from awaken.plan.recipes import SwapCall
from awaken.plan.runners.foreign_loop import EventLoop, event_loop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation


# What anyio and trio call the functions of asyncio.
_ELSEWHERE = {
    EventLoop.EITHER: {"asyncio.sleep": "anyio.sleep"},
    EventLoop.TRIO: {"asyncio.sleep": "trio.sleep"},
}


def plan_swap(situation: Situation) -> Iterator[Fix | Reason]:
    """The async function that the catalogue names as the native form."""
    native = situation.finding.entry.native
    if native is None:
        yield reason("not-known")
        return
    call = situation.call
    position = await_position(situation, call)
    callee = _callee(native.name, event_loop(situation))
    if position.refusal is not None:
        yield position.refusal
    elif any(isinstance(argument, ast.Starred) for argument in call.args) or call.keywords:
        yield reason("argument-unpacking")
    elif comment_in_callee(situation.tree, call):
        yield reason("comment-in-call")
    elif callee is None:
        yield reason("foreign-loop")
    else:
        yield Fix(
            Strategy.NATIVE,
            f"await `{callee}` instead",
            SwapCall(situation.target(generator=position.generator), callee),
        )


def _callee(name: str, loop: EventLoop) -> str | None:
    """What a function of asyncio is called on a loop, or None where it has no counterpart."""
    if loop is EventLoop.ASYNCIO or not name.startswith("asyncio."):
        return name
    return _ELSEWHERE.get(loop, {}).get(name)
