"""`asyncio.get_event_loop()` in a coroutine, where it gives the running loop.

Source: https://docs.python.org/3/library/asyncio-eventloop.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.plan.call_text import comment_in_callee
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.reasons import reason
from awaken.plan.recipes import RenameCall

if TYPE_CHECKING:
    from awaken.plan.situation import Situation


def plan_renamed(situation: Situation) -> Fix | Reason:
    """Another function that gives the same where the finding stands."""
    native = situation.finding.entry.native
    if native is None:
        return reason("not-known")
    if comment_in_callee(situation.tree, situation.call):
        return reason("comment-in-call")
    recipe = RenameCall(situation.target(), native.name)
    return Fix(Strategy.NATIVE, f"ask `{native.name}` for it", recipe)
