"""Calls from a coroutine into functions of the project that block somewhere below: one hop at the topmost one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.finding import Shape
from awaken.plan.blocks.block import plan_block
from awaken.plan.fix import Fix, Reason
from awaken.plan.hop_expression import (
    consuming_expression,
    runs_anywhere,
    whole_comprehension,
)
from awaken.plan.offload import hop_call, hop_whole, is_open_handle, runner_of
from awaken.plan.orm.querysets.texts import plan_text
from awaken.plan.orm.relations.reading import read_in_thread
from awaken.plan.reasons import reason
from awaken.plan.runners.runner_choice import django_runner_for
from awaken.plan.threads.lazy_return import gives_lazy
from awaken.plan.threads.project_calls import caller_at, given_classes
from awaken.plan.threads.thread_trouble import affinity
from awaken.plan.waits.own_thread import may_have_pool
from awaken.plan.waits.own_thread_runners import OWN_POOL
from awaken.plan.windows.boundary_window import window_into
from awaken.resolve.values import External, Generated, Instance, Managed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.detect.callees import Target
    from awaken.plan.runners.runner import Runner
    from awaken.plan.situation import Situation
    from awaken.plan.threads.other_thread import Verdict

# What the worst call of the chain says about itself.
_OF_THE_CALL = frozenset(("holds-gil", "report-only", "running-loop"))


def plan_boundary(situation: Situation) -> Iterator[Fix | Reason]:
    """One hop off the loop for a use that runs functions of the project.

    Args:
        situation: a finding with `into`.
    """
    runner = runner_of(situation)
    refuse = situation.finding.entry.refuse
    if refuse in _OF_THE_CALL:
        yield reason(refuse)
        return
    verdict = verdict_of(situation)
    asks_django = verdict.django or bool(situation.reads())
    if verdict.parks and not asks_django and may_have_pool(situation):
        runner = OWN_POOL
    elif verdict.refusal is not None:
        yield verdict.refusal
        return
    if asks_django:
        runner = django_runner_for(situation)
    planner = _SHAPES.get(situation.finding.shape)
    option = planner(situation, runner) if planner else reason("implicit-call")
    if isinstance(option, Fix):
        difference = (
            option.difference
            or verdict.loses
            or (None if verdict.ends else reason("exit-waits"))
            or verdict.difference
            or window_into(situation, verdict)
        )
        option = option.but(difference)
    yield option


def verdict_of(situation: Situation) -> Verdict:
    """What running the functions of a finding in another thread comes to."""
    given = given_classes(situation, situation.node)
    caller = caller_at(situation, situation.finding.place)
    return situation.threads.verdict(situation.finding.into, caller=caller, given=given)


def _call(situation: Situation, runner: Runner) -> Fix | Reason:
    kept = kept_by_thread(situation)
    if kept is not None:
        return kept
    if gives_lazy(situation.graph, situation.finding.into):
        return _collected(situation, runner)
    comprehension = whole_comprehension(situation)
    if comprehension is not None:
        return hop_whole(situation, runner, comprehension, materialise=False)
    return hop_call(situation, runner)


def _collected(situation: Situation, runner: Runner) -> Fix | Reason:
    """`list(pages(folder))`, where the function only says how to find the pages: both in the thread."""
    found = consuming_expression(situation)
    if isinstance(found, Reason):
        return reason("lazy-result")
    loop = situation.tree.parent(found.node)
    if found.materialise and isinstance(loop, ast.For) and _leaves_early(loop):
        return reason("lazy-result", "the loop may end before the iterator does")
    return hop_whole(situation, runner, found.node, materialise=found.materialise)


def kept_by_thread(situation: Situation) -> Reason | None:
    """Why an argument cannot go into the thread, or the result not come out of it, or None."""
    return _bound_argument(situation) or _lazy_result(situation)


def _bound_argument(situation: Situation) -> Reason | None:
    """Why an argument cannot go into the thread: it belongs to the one that made it."""
    call = situation.call
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        for value in situation.values_of(argument):
            code = affinity(situation.resolver, value)
            if code is not None:
                return reason(code)
    return None


def _lazy_result(situation: Situation) -> Reason | None:
    """Why the result of the call cannot leave the thread, or None."""
    for value in situation.values_of(situation.node):
        if isinstance(value, (Generated, Managed)):
            return reason("lazy-result")
        code = affinity(situation.resolver, value)
        if code is not None:
            return reason(code)
        if isinstance(value, Instance) and _is_handle(situation, value):
            return reason("open-handle")
    return None


def _is_handle(situation: Situation, value: Instance) -> bool:
    return isinstance(value.of, External) and is_open_handle(situation, value.of.name)


def _consumed(situation: Situation, runner: Runner) -> Fix | Reason:
    """`list(rows(path))`: the builtin runs in the thread, where it asks for one row after the other."""
    return hop_call(situation, runner)


def _iterated(situation: Situation, runner: Runner) -> Fix | Reason:
    """`for row in rows(path)` to a loop over a list that the thread has made."""
    loop = situation.tree.parent(situation.node)
    if isinstance(loop, ast.For) and _leaves_early(loop):
        return reason("lazy-result", "the loop may end before the generator does")
    if isinstance(loop, ast.comprehension) and not _is_collected(situation, loop):
        return reason("lazy-result")
    if any(_is_endless(situation, each) for each in situation.finding.into):
        return reason("endless-generator")
    if not runs_anywhere(situation, situation.node):
        return reason("unproven-callee")
    return hop_whole(situation, runner, situation.node, materialise=True)


def _leaves_early(loop: ast.For) -> bool:
    leaves = (ast.Break, ast.Return, ast.Raise, ast.Yield, ast.YieldFrom)
    return any(isinstance(node, leaves) for each in loop.body for node in ast.walk(each))


def _is_collected(situation: Situation, generator: ast.comprehension) -> bool:
    owner = situation.tree.parent(generator)
    return isinstance(owner, (ast.ListComp, ast.SetComp, ast.DictComp))


def _is_endless(situation: Situation, target: Target) -> bool:
    scope = situation.resolver.scope(target.function)
    return scope is None or scope.endless


def _entered(situation: Situation, runner: Runner) -> Fix | Reason:
    return plan_block(situation, runner) or reason("context-manager")


def _read(situation: Situation, runner: Runner) -> Fix | Reason:
    """A property that asks Django: read in its thread."""
    return read_in_thread(situation) if runner.is_djangos else reason("blocking-property")


def _shown(situation: Situation, runner: Runner) -> Fix | Reason:
    """An object that a text shows, whose own text asks Django."""
    return plan_text(situation) if runner.is_djangos else reason("implicit-call")


_SHAPES: dict[Shape, Callable[[Situation, Runner], Fix | Reason]] = {
    Shape.CALL: _call,
    Shape.CONSUME: _consumed,
    Shape.ITERATE: _iterated,
    Shape.ENTER: _entered,
    Shape.ATTRIBUTE: _read,
    Shape.TEXT: _shown,
}
