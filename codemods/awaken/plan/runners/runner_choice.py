"""Which runner takes a call off the loop: what the project names, the file uses or `self` has, else the usual one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from awaken.plan.reach import within_reach
from awaken.plan.runners.foreign_loop import EventLoop, event_loop
from awaken.plan.runners.inherited_runner import inherited_runner
from awaken.plan.runners.named_runner import named_runner_at
from awaken.plan.runners.runner import (
    ANYIO,
    ASYNCIFY,
    COPIED_CONTEXT,
    DATABASE_SYNC_TO_ASYNC,
    EXECUTOR,
    EXECUTOR_JOB,
    RUN_IN_THREADPOOL,
    SYNC_TO_ASYNC,
    TO_THREAD,
    TRIO,
    Runner,
)
from awaken.plan.threads.context_variables import reads_context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.runners.runner_uses import RunnerUse
    from awaken.plan.situation import Situation

_DJANGO = frozenset({"django", "channels", "rest_framework"})
# Those made with anyio run on any loop that it knows.
_ON_EITHER_LOOP = frozenset({ANYIO.name, RUN_IN_THREADPOOL.name, ASYNCIFY.name})
_ON_ASYNCIO_ONLY = frozenset(
    runner.name
    for runner in (
        *(TO_THREAD, COPIED_CONTEXT, EXECUTOR, EXECUTOR_JOB),
        *(SYNC_TO_ASYNC, DATABASE_SYNC_TO_ASYNC),
    )
)
_USUAL = {EventLoop.EITHER: ANYIO, EventLoop.TRIO: TRIO}


def runner_for(situation: Situation) -> Runner:
    """What takes a call off the loop that does not ask Django."""
    loop = event_loop(situation)
    asyncio = loop is EventLoop.ASYNCIO
    usual = _USUAL.get(loop, TO_THREAD)
    named = situation.settings.offload
    asked = named_runner_at(situation, named) if named is not None and asyncio else None
    if asked is not None and _carries_enough(situation, asked):
        return asked
    uses = [
        use
        for use in situation.runner_uses
        if _runs_on(loop, use.runner)
        and not (use.runner.is_djangos and _asks_the_database(situation, use.runner))
    ]
    runner = _most_used(situation, uses, usual)
    if runner is not usual or not asyncio or any(use.runner.name == usual.name for use in uses):
        return runner
    own = inherited_runner(situation)
    return own if own is not None and _carries_enough(situation, own) else usual


def _runs_on(loop: EventLoop, runner: Runner) -> bool:
    """Whether what a file uses somewhere may be used everywhere in it."""
    if loop is EventLoop.EITHER:
        return runner.name in _ON_EITHER_LOOP
    return loop is EventLoop.ASYNCIO or runner.name not in _ON_ASYNCIO_ONLY


def _asks_the_database(situation: Situation, runner: Runner) -> bool:
    """Whether a runner is there for Django's one thread, where a long wait would hold up every query."""
    if runner.name == DATABASE_SYNC_TO_ASYNC.name:
        return True
    any_thread = bool(runner.after)
    return not any_thread and bool(situation.packages.anywhere & _DJANGO)


def django_runner_for(situation: Situation) -> Runner:
    """What asks Django in the thread that its connections belong to."""
    uses = [use for use in situation.runner_uses if use.runner.is_djangos]
    return _most_used(situation, uses, SYNC_TO_ASYNC)


def _most_used(situation: Situation, uses: Sequence[RunnerUse], usual: Runner) -> Runner:
    """What the file uses most, of what is within reach; the usual one where it is used as often."""
    counts = Counter(use.runner.name for use in uses)
    if len(counts) > 1:
        # It takes a loop at hand: a file that has another way as well does without.
        del counts[EXECUTOR.name]
    more = [(name, count) for name, count in counts.most_common() if count > counts[usual.name]]
    for name, _ in more:
        for use in uses:
            if use.runner.name == name and within_reach(situation, use):
                if _carries_enough(situation, use.runner):
                    return use.runner
                break
    return usual


def _carries_enough(situation: Situation, runner: Runner) -> bool:
    """Whether what is run sees the context variables that it reads."""
    return runner.carries_context or not reads_context(situation)
