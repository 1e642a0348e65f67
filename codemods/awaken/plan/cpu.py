"""Functions that compute for long: in another process where that keeps what they do, else in a thread.

A thread leaves the loop its turns, one every few milliseconds; it does not make anything faster.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Severity
from awaken.detect.finding import Shape
from awaken.plan.boundary import plan_boundary
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.offload import hop_call, plan_offload
from awaken.plan.process.judge import Judge
from awaken.plan.process.pool import pool_runner
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopCall
from awaken.plan.runners.foreign_loop import EventLoop, event_loop
from awaken.resolve.values import Bound, Defined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

CPU = "cpu"


def plan_cpu(situation: Situation) -> Iterator[Fix | Reason]:
    """Another process, and a thread, each with what speaks against it.

    Args:
        situation: a finding of the rule `cpu`.
    """
    kinds = situation.finding.entry.strategies or (Strategy.PROCESS.value,)
    asked = situation.settings.strategies
    options: list[Fix | Reason] = []
    for kind in kinds:
        if kind == Strategy.PROCESS.value:
            options.append(in_process(situation))
        elif not asked or kind in asked:
            options += _in_thread(situation)
    # where neither is possible, what stands against the thread is the nearer obstacle
    yield from options if any(isinstance(each, Fix) for each in options) else reversed(options)
    if Strategy.THREAD.value not in kinds:
        yield reason("holds-gil")


def needs_process(situation: Situation) -> bool:
    """Whether what keeps the interpreter lock somewhere below may go to a process: where that is asked for."""
    entry = situation.finding.entry
    asked = Strategy.PROCESS.value in situation.settings.strategies
    heavy = entry.severity is not None and entry.severity is not Severity.LOW
    below = bool(situation.finding.into)
    return below and asked and heavy and entry.refuse == "holds-gil"


def _in_thread(situation: Situation) -> Iterator[Fix | Reason]:
    finding = situation.finding
    if finding.into:
        yield from plan_boundary(situation)
    elif not isinstance(finding.value, (Bound, Defined)):
        yield from plan_offload(situation)
    # else a decorator of a library may have put anything in the function's place


def in_process(situation: Situation) -> Fix | Reason:
    """`crunch(x)` to `await loop.run_in_executor(pool, crunch, x)`, or why that would not be the same."""
    if event_loop(situation) is not EventLoop.ASYNCIO:
        return reason("foreign-loop")
    if situation.finding.shape is not Shape.CALL:
        return reason("not-importable")
    option = hop_call(situation, pool_runner(situation.settings.target_python))
    if not isinstance(option, Fix):
        return option
    if not isinstance(option.recipe, HopCall):
        return reason("not-importable")
    refusal, difference = Judge(situation).verdict()
    if refusal is not None:
        return refusal
    callee = situation.tree.source(situation.call.func)
    description = f"run `{callee}` in another process, through a pool"
    return replace(option, strategy=Strategy.PROCESS, description=description).but(difference)
