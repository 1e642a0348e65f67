"""`qs or other`: the queryset itself is the value, where it has rows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.await_position import await_position
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.names_in_scope import COMPREHENSIONS, unused_name
from awaken.plan.reasons import reason
from awaken.plan.recipes import ChooseAsync
from awaken.plan.runners.runner_choice import django_runner_for

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_OPERANDS = 2


def plan_operand(situation: Situation) -> Fix | Reason:
    """A conditional expression, which asks in the thread and gives the queryset with its rows."""
    node, choice = situation.node, situation.tree.parent(situation.node)
    if (
        not isinstance(choice, ast.BoolOp)
        or len(choice.values) != _OPERANDS
        or choice.values[0] is not node
        or "#" in _between(situation, choice)
    ):
        return reason("reused-queryset")
    position = await_position(situation, choice)
    if position.refusal is not None:
        return position.refusal
    named = isinstance(node, ast.Name)
    if not named and any(isinstance(up, COMPREHENSIONS) for up in situation.tree.ancestors(node)):
        return reason("reused-queryset")
    variable = node.id if isinstance(node, ast.Name) else unused_name(situation.function(), "rows")
    runner = django_runner_for(situation)
    target = situation.target(choice, position.generator)
    return Fix(
        Strategy.THREAD,
        f"run `bool` through `{runner.shown}`",
        ChooseAsync(target, runner, variable, not named),
    )


def _between(situation: Situation, choice: ast.BoolOp) -> str:
    """The text between the two operands."""
    first, second = map(situation.tree.span, choice.values)
    return situation.tree.text[first.end : second.start]
