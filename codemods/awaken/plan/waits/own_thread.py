"""Calls that may wait for as long as somebody else likes: each in a thread that is started for it.

In the default pool a few of them would keep everybody else waiting, name lookups included; and they wait for ever when
what they wait for needs a place in the same pool. A pool of a fixed size of their own has the same end. A thread
for each call has none, and costs a tenth of a millisecond, which is little beside the wait.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.plan.blocks.block import plan_statement
from awaken.plan.fix import Fix, Reason
from awaken.plan.hop_expression import comprehension_over
from awaken.plan.offload import hop_whole, plan_hop
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopBlock, HopCall, HopExpression
from awaken.plan.runners.foreign_loop import EventLoop, event_loop
from awaken.plan.threads.context_variables import reads_context
from awaken.plan.waits.job_errors import job_that_stops
from awaken.plan.waits.jobs import waits_for_jobs
from awaken.plan.waits.own_thread_runners import OWN_POOL, OWN_THREAD
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation


def plan_own_thread(situation: Situation) -> Iterator[Fix | Reason]:
    """`await _in_own_thread(call)`; with more than the call, in a pool of one thread for it."""
    if event_loop(situation) is EventLoop.EITHER:
        yield reason("parks-the-pool")
        return
    entry = situation.finding.entry
    stops = job_that_stops(situation, None) if entry.result is Result.ITERATOR else None
    if stops is not None:
        yield stops
        return
    whole = _with_what_goes_through_it(situation) if entry.result is Result.ITERATOR else None
    if whole is not None:
        yield whole.but(_lasting(situation))
        return
    loses = reason(entry.loses) if entry.loses else None
    for option in plan_hop(situation, OWN_THREAD):
        if isinstance(option, Fix):
            yield (
                option.but(loses)
                if isinstance(option.recipe, HopCall)
                else _in_pool(situation, option, loses)
            )
        else:
            yield option


def _in_pool(situation: Situation, fix: Fix, loses: Reason | None) -> Fix | Reason:
    """The same hop through a thread that the end of the interpreter waits for: more than a wait is done in it."""
    recipe = fix.recipe
    if not isinstance(recipe, (HopBlock, HopExpression)) or not may_have_pool(situation):
        return reason("parks-the-pool")
    description = fix.description.replace(OWN_THREAD.shown, OWN_POOL.shown)
    pooled = replace(fix, recipe=replace(recipe, runner=OWN_POOL), description=description)
    return pooled.but(loses or _handled_later(pooled) or _lasting(situation))


def _with_what_goes_through_it(situation: Situation) -> Fix | None:
    """One hop for the loop or comprehension that takes the results one by one, where all of it may go."""
    if not may_have_pool(situation):
        return None
    node, parent = situation.node, situation.tree.parent(situation.node)
    if isinstance(parent, ast.For) and parent.iter is node:
        block = plan_statement(situation, OWN_POOL, parent)
        return block if isinstance(block, Fix) else None
    comprehension = comprehension_over(situation, node)
    if comprehension is None:
        return None
    hop = hop_whole(situation, OWN_POOL, comprehension, materialise=False)
    return hop if isinstance(hop, Fix) else None


def _handled_later(option: Fix) -> Reason | None:
    """The difference it makes that all results are there before the first one is handled, or None."""
    recipe = option.recipe
    late = isinstance(recipe, HopExpression) and recipe.materialise
    return reason("in-one-go") if late else None


def _lasting(situation: Situation) -> Reason | None:
    """The difference it makes at the end of the interpreter that it waits for the thread, or None."""
    place = Place.of(situation.node)
    _, site = situation.calls.get(place, (0, None))
    ends = site is not None and waits_for_jobs(situation.resolver, site.term, situation.where)
    return None if ends else reason("exit-waits")


def may_have_pool(situation: Situation) -> bool:
    """Whether a pool of its own is no worse than the default one: asyncio's loop, no context variables."""
    either = event_loop(situation) is EventLoop.EITHER
    return not either and not reads_context(situation)
