"""The fix for a stretch of statements: one function, and one hop."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.detect.loop_context import enclosing_function
from awaken.plan.blocks.block import handle_escapes
from awaken.plan.blocks.carried_statements import refusal_of, stands_alone
from awaken.plan.blocks.data_flow import Flow, flow_of
from awaken.plan.blocks.members import Member, hops_of, runner_for_all
from awaken.plan.blocks.stretch_name import stretch_name
from awaken.plan.blocks.suppressing import suppressing
from awaken.plan.blocks.unfinished import is_unfinished, unfinished_names
from awaken.plan.fix import Fix, Strategy
from awaken.plan.recipes import HopBlock, Target
from awaken.plan.windows.handed_state import handed_state
from awaken.syntax.suites import place_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.situation import Situation

_MANY_RESULTS = 3
_TWO = 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring statements of one suite, and the findings in them.

    Attributes:
        statements: the statements.
        members: the findings.
    """

    statements: Sequence[ast.stmt]
    members: Sequence[Member]

    @property
    def situation(self) -> Situation:
        return self.members[0].situation


def plan_stretch(stretch: Stretch) -> Fix | None:
    """One function and one hop for a stretch, or None where that saves no hop or cannot be proven."""
    situation, block = stretch.situation, stretch.statements
    if hops_of(stretch.members) < _TWO or (len(block) == 1 and not hasattr(block[0], "body")):
        return None
    runner = runner_for_all(stretch.members)
    if runner is None or not stands_alone(situation, block):
        return None
    flow = flow_of(block, situation.function(), suppressing(situation, block))
    if flow is None or not _is_sound(stretch, flow):
        return None
    recipe = HopBlock(
        target=Target(place_of(block), *scope_and_suite(situation, block)),
        runner=runner,
        function=stretch_name(stretch.members, flow.results),
        parameters=flow.parameters,
        results=flow.results,
        returns=_returns(stretch),
    )
    what = "the statement" if len(block) == 1 else f"{len(block)} statements"
    description = f"run {what} through `{runner.shown}`, in one hop"
    difference = next((each.difference for each in stretch.members if each.difference), None)
    fix = Fix(Strategy.BLOCK, description, recipe, difference)
    return None if difference is None and handed_state(situation, fix) else fix


def _is_sound(stretch: Stretch, flow: Flow) -> bool:
    """Whether the function would do, and give back, what the statements did."""
    situation, block = stretch.situation, stretch.statements
    whole = ast.Module([*block], [])
    if refusal_of(situation, block, returns=_may_return(stretch, flow)) is not None:
        return False
    if len(flow.results) > _MANY_RESULTS:
        return False
    if not all(each.is_answered(whole) for each in stretch.members):
        return False
    return not _leaks(stretch, flow)


def _returns(stretch: Stretch) -> bool:
    """Whether the coroutine must return what the function returns; at its end, nothing is as good as None."""
    block = stretch.statements
    found = [node for each in block for node in ast.walk(each) if isinstance(node, ast.Return)]
    valued = any(node.value is not None for node in found)
    return bool(found) and (valued or not _is_at_end(stretch))


def _may_return(stretch: Stretch, flow: Flow) -> bool:
    """Whether each `return` may become one of the coroutine: nothing but the end comes behind the stretch."""
    function = stretch.situation.function()
    if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(function)):
        return False
    return flow.leaves or (_is_at_end(stretch) and not flow.results)


def _is_at_end(stretch: Stretch) -> bool:
    return stretch.situation.function().body[-1] is stretch.statements[-1]


def _leaks(stretch: Stretch, flow: Flow) -> bool:
    """Whether something open or lazy would leave the thread that made it."""
    situation = stretch.situation
    names = unfinished_names(situation, stretch.statements)
    if names & {*flow.results}:
        return True
    for statement in stretch.statements:
        for node in ast.walk(statement):
            given = node.value if isinstance(node, ast.Return) else None
            if given is not None and is_unfinished(situation, given, names):
                return True
            if isinstance(node, ast.With) and handle_escapes(node, flow.results):
                return True
            if isinstance(node, ast.Assign) and _stores(situation, node, names):
                return True
    return False


def _stores(situation: Situation, node: ast.Assign, names: frozenset[str]) -> bool:
    """Whether something open is put into an object."""
    into = any(not isinstance(target, (ast.Name, ast.Tuple)) for target in node.targets)
    return into and is_unfinished(situation, node.value, names)


def scope_and_suite(situation: Situation, block: Sequence[ast.stmt]) -> tuple[int, int]:
    """Numbers of the scope and of the suite that hold statements.

    Args:
        situation: a finding in one of them.
        block: the statements, in one suite.
    """
    function = enclosing_function(situation.index, situation.scope)
    if function is None or situation.scope is not function:
        return (function.number if function else situation.finding.scope), 0
    suite = situation.finding.suite
    for up in situation.tree.ancestors(situation.node):
        if up in block:
            break
        if isinstance(up, ast.stmt):
            suite = function.suites[suite].parent
    return function.number, max(suite, 0)
