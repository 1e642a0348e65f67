"""Statements that must stay together become one function, which Django's thread runs in one hop.

What they do inside is not changed: they are moved as they stand. What they set is handed in and given back, or stays
the coroutine's own; where some ways leave the block, the function says so.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.blocks.block import handle_escapes, in_coroutine
from awaken.plan.blocks.carried_statements import stands_alone
from awaken.plan.blocks.data_flow import flow_of
from awaken.plan.blocks.leaving import leaving_of, statements_that_leave
from awaken.plan.blocks.outer_names import kept_names
from awaken.plan.blocks.stretch import scope_and_suite
from awaken.plan.blocks.suppressing import suppressing
from awaken.plan.blocks.unfinished import is_unfinished, keeps_open, unfinished_names
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.orm.transactions.djangos_thread import judgement_of
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopBlock, Leaving, Target
from awaken.plan.runners.runner_choice import django_runner_for
from awaken.resolve.values import External, Instance
from awaken.syntax.suites import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from awaken.plan.orm.transactions.plain_forms import PlainForms
    from awaken.plan.situation import Situation
    from awaken.resolve.values import Value

_ROWS = "django.db.models."
_HALF_READ = ".iterator()"


@dataclass(frozen=True, slots=True)
class _Ways:
    """What becomes of the names that statements set, and of their ways out.

    Attributes:
        parameters: names that the function is given.
        results: names that it gives back.
        outer: names of the coroutine that it sets there.
        returns: whether the coroutine returns what the function returns.
        leaving: how it leaves on some ways only, or None.
    """

    parameters: tuple[str, ...]
    results: tuple[str, ...]
    outer: tuple[str, ...]
    returns: bool
    leaving: Leaving | None


def plan_sync_function(
    situation: Situation,
    block: Sequence[ast.stmt],
    name: Callable[[Sequence[str]], str],
    what: str,
    plain: PlainForms | None = None,
) -> Fix | Reason:
    """One function for neighbouring statements, and one hop; or why that cannot be.

    Args:
        situation: a finding in the first of them.
        block: the statements, all in one suite of the coroutine.
        name: for the function, told by what it gives back.
        what: what they are, for the description.
        plain: the plain forms of what is awaited in them, where they all have one.
    """
    if not in_coroutine(situation, block[0]):
        return reason("class-body")
    if not stands_alone(situation, block):
        return reason("statement-shape")
    judged = judgement_of(situation, block, plain.nodes if plain else frozenset())
    if judged.refusal is not None:
        return judged.refusal
    kept = _kept(situation, block)
    if isinstance(kept, Reason):
        return kept
    if _leaves_open(situation, block, (*kept.results, *kept.outer)):
        return reason("open-handle")
    runner = django_runner_for(situation)
    recipe = HopBlock(
        target=Target(place_of(block), *scope_and_suite(situation, block)),
        runner=runner,
        function=name(kept.results),
        parameters=kept.parameters,
        results=kept.results,
        returns=kept.returns,
        outer=kept.outer,
        leaving=kept.leaving,
        plain=plain.replacements if plain else (),
        gone=plain.gone if plain else (),
    )
    description = f"run {what} as one function through `{runner.shown}`"
    return Fix(Strategy.BLOCK, description, recipe, judged.difference)


def _kept(situation: Situation, block: Sequence[ast.stmt]) -> _Ways | Reason:
    function = situation.function()
    leaves = list(statements_that_leave(block))
    jumps = any(not isinstance(each, ast.Return) for each in leaves)
    goes_on = suppressing(situation, block)
    flow = None if jumps else flow_of(block, function, goes_on)
    kept = kept_names(block, function, goes_on, jumps=jumps) if flow is None else None
    if flow is None and kept is None:
        return reason("unclear-names")
    parameters = flow.parameters if flow else ()
    results = flow.results if flow else kept.results if kept else ()
    outer = kept.outer if kept else ()
    if not leaves or (flow is not None and flow.leaves):
        return _Ways(parameters, results, outer, bool(leaves), None)
    if _is_last(function, block) and not results and not jumps:
        valued = any(isinstance(each, ast.Return) and each.value for each in leaves)
        return _Ways(parameters, results, outer, valued, None)
    leaving = leaving_of(leaves, function, results=bool(results))
    if leaving is None:
        return reason("leaves-the-block")
    return _Ways(parameters, results, outer, returns=False, leaving=leaving)


def _is_last(function: ast.AsyncFunctionDef, block: Sequence[ast.stmt]) -> bool:
    """Whether nothing comes behind a block: at the end of a coroutine, nothing is as good as None."""
    return function.body[-1] is block[-1]


def _leaves_open(situation: Situation, block: Sequence[ast.stmt], names: Sequence[str]) -> bool:
    """Whether an open cursor, a file or a half-read iterator would leave the thread that made it."""
    open_names = unfinished_names(situation, block, _is_half_read)
    if open_names & {*names}:
        return True
    for statement in block:
        for node in ast.walk(statement):
            if isinstance(node, (ast.With, ast.For)) and handle_escapes(node, tuple(names)):
                return True
            given = node.value if isinstance(node, ast.Return) else None
            if given is not None and is_unfinished(situation, given, open_names, _is_half_read):
                return True
    return False


def _is_half_read(situation: Situation, value: Value | None) -> bool:
    """Whether an object is open: a queryset is not, it asks when somebody wants its rows."""
    if isinstance(value, Instance) and isinstance(value.of, External):
        name = value.of.name
        if name.startswith(_ROWS) and not name.endswith(_HALF_READ):
            return False
    return keeps_open(situation, value)
