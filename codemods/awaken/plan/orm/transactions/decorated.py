"""`@transaction.atomic` on a coroutine function: the body becomes a function with it, in Django's thread."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.blocks.assignment import Assignment
from awaken.plan.blocks.carried_statements import stands_alone, waits
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.names_in_scope import bound_names
from awaken.plan.orm.transactions.djangos_thread import judgement_of
from awaken.plan.orm.transactions.plain_forms import plain_forms
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopBlock, Target
from awaken.plan.runners.runner_choice import django_runner_for
from awaken.syntax.positions import Place
from awaken.syntax.suites import place_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.situation import Situation

NAME = "_transaction"


def plan_decorated(situation: Situation, function: ast.AsyncFunctionDef) -> Fix | Reason:
    """The fix for the decorator of a coroutine function; unsafe, since what it says comes true only then.

    Args:
        situation: the finding: the decorator.
        function: what it decorates.
    """
    body = _without_docstring(function.body)
    plain = plain_forms(situation, body)
    if plain is None:
        waiting = next(node for each in body for node in ast.walk(each) if waits(node))
        return reason("atomic-around-await", f"line {getattr(waiting, 'lineno', function.lineno)}")
    if function.decorator_list[-1] is not situation.node:
        return reason("other-decorator")
    if not body or not _has_its_line(situation) or not stands_alone(situation, body):
        return reason("statement-shape")
    judged = judgement_of(situation, body, plain.nodes)
    if judged.refusal is not None:
        return judged.refusal
    runner = django_runner_for(situation)
    nodes = [node for each in body for node in ast.walk(each)]
    recipe = HopBlock(
        target=Target(place_of(body), situation.finding.scope, situation.finding.suite),
        runner=runner,
        function=NAME,
        parameters=_parameters(function, body),
        results=(),
        returns=any(isinstance(node, ast.Return) and node.value for node in nodes),
        decorator=Place.of(situation.node),
        plain=plain.replacements,
        gone=plain.gone,
    )
    description = f"run the body as one function, with its decorator, through `{runner.shown}`"
    return Fix(Strategy.BLOCK, description, recipe, judged.difference or reason("opens-now"))


def _without_docstring(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    first = body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if told and isinstance(first.value.value, str) else body  # type: ignore[attr-defined]


def _has_its_line(situation: Situation) -> bool:
    """Whether nothing else, not even a comment, stands on the lines of the decorator."""
    tree, span = situation.tree, situation.tree.span(situation.node)
    before = tree.text[tree.offsets.line_start(span.start) : span.start]
    behind = tree.text[span.end : tree.offsets.line_end(span.end)]
    return before.strip() == "@" and not behind.strip()


def _parameters(function: ast.AsyncFunctionDef, body: Sequence[ast.stmt]) -> tuple[str, ...]:
    """Parameters that the body sets anew: they are given to the function, which sets its own."""
    scan = Assignment()
    scan.run(body, set())
    changed = bound_names(body) & scan.needed
    arguments = [each for each in ast.walk(function.args) if isinstance(each, ast.arg)]
    return tuple(each.arg for each in arguments if each.arg in changed)
