"""Calls that may wait for as long as somebody else likes: each in a thread that is started for it.

In the default pool a few of them would keep everybody else waiting, name lookups included; and they wait for ever when
what they wait for needs a place in the same pool. A pool of a fixed size of their own has the same end. A thread
for each call has none, and costs a tenth of a millisecond, which is little beside the wait.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.plan.block import plan_statement
from awaken.plan.context_variables import reads_context
from awaken.plan.fix import Fix, Reason
from awaken.plan.foreign_loop import EventLoop, event_loop
from awaken.plan.hop_expression import comprehension_over
from awaken.plan.offload import hop_whole, plan_hop
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopExpression
from awaken.plan.runners import OWN_THREAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation


def plan_own_thread(situation: Situation) -> Iterator[Fix | Reason]:
    """`await asyncio.get_running_loop().run_in_executor(ThreadPoolExecutor(1), call)`."""
    if not may_have_own_thread(situation):
        yield reason("parks-the-pool")
        return
    entry = situation.finding.entry
    whole = _with_what_goes_through_it(situation) if entry.result is Result.ITERATOR else None
    if whole is not None:
        yield whole
        return
    loses = reason(entry.loses) if entry.loses else None
    for option in plan_hop(situation, OWN_THREAD):
        late = _handled_later(option)
        yield option.but(loses or late) if isinstance(option, Fix) else option


def _with_what_goes_through_it(situation: Situation) -> Fix | None:
    """One hop for the loop or comprehension that takes the results one by one, where all of it may go."""
    node, parent = situation.node, situation.tree.parent(situation.node)
    if isinstance(parent, ast.For) and parent.iter is node:
        block = plan_statement(situation, OWN_THREAD, parent)
        return block if isinstance(block, Fix) else None
    comprehension = comprehension_over(situation, node)
    if comprehension is None:
        return None
    hop = hop_whole(situation, OWN_THREAD, comprehension, materialise=False)
    return hop if isinstance(hop, Fix) else None


def _handled_later(option: Fix | Reason) -> Reason | None:
    """The difference it makes that all results are there before the first one is handled, or None."""
    recipe = option.recipe if isinstance(option, Fix) else None
    late = isinstance(recipe, HopExpression) and recipe.materialise
    return reason("in-one-go") if late else None


def may_have_own_thread(situation: Situation) -> bool:
    """Whether a thread of its own is no worse than one of the pool: asyncio's loop, no context variables."""
    either = event_loop(situation) is EventLoop.EITHER
    return not either and not reads_context(situation)
