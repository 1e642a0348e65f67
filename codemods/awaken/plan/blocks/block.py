"""A `with` block around a blocking handle: the whole block becomes one function and one hop.

One hop for the block costs what one hop for a single call costs; a hop for each line of a file would be
several hundred times slower.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.blocks.block_name import block_name
from awaken.plan.blocks.carried_statements import refusal_of, stands_alone
from awaken.plan.blocks.data_flow import flow_of
from awaken.plan.blocks.suppressing import suppressing
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopBlock, Target
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from awaken.plan.runners.runner import Runner
    from awaken.plan.situation import Situation

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def plan_block(situation: Situation, runner: Runner) -> Fix | Reason | None:
    """One hop for the `with` statement whose item the finding is; None when it is not one.

    Args:
        situation: the finding: a blocking call or context manager in a `with` header.
        runner: what carries the block off the loop.
    """
    statement = with_statement(situation)
    if statement is None:
        return None
    return plan_statement(situation, runner, statement)


def plan_statement(
    situation: Situation, runner: Runner, statement: ast.With | ast.For
) -> Fix | Reason:
    """One hop for a whole statement.

    Args:
        situation: the finding: what the statement enters or goes through.
        runner: what carries the statement off the loop.
        statement: the statement.
    """
    if not in_coroutine(situation, statement):
        return reason("class-body")
    if not stands_alone(situation, [statement]):
        return reason("statement-shape")
    flow = flow_of([statement], situation.function(), suppressing(situation, [statement]))
    refusal = refusal_of(situation, [statement], returns=flow is not None and flow.leaves)
    if refusal is not None:
        return refusal
    if flow is None or handle_escapes(statement, flow.results):
        return reason("open-handle")
    recipe = HopBlock(
        target=Target(Place.of(statement), situation.finding.scope, situation.finding.suite),
        runner=runner,
        function=block_name(situation, statement, flow.results),
        parameters=flow.parameters,
        results=flow.results,
        returns=returns_value(statement),
    )
    kind = "`with` block" if isinstance(statement, ast.With) else "loop"
    description = f"run the {kind} through `{runner.shown}`, in one hop"
    return Fix(Strategy.BLOCK, description, recipe)


def with_statement(situation: Situation) -> ast.With | None:
    """The `with` whose context manager the finding is."""
    item = situation.tree.parent(situation.node)
    if not isinstance(item, ast.withitem) or item.context_expr is not situation.node:
        return None
    statement = situation.tree.parent(item)
    return statement if isinstance(statement, ast.With) else None


def in_coroutine(situation: Situation, node: ast.AST) -> bool:
    """Whether a node stands in the coroutine itself, in no class or function inside it."""
    around = (up for up in situation.tree.ancestors(node) if isinstance(up, _FUNCTIONS))
    return isinstance(next(around, None), ast.AsyncFunctionDef)


def returns_value(block: ast.AST) -> bool:
    """Whether a `return` stands in a block."""
    return any(isinstance(node, ast.Return) for node in ast.walk(block))


def handle_escapes(statement: ast.With | ast.For, results: tuple[str, ...]) -> bool:
    """Whether what the `with` opened is used behind it."""
    handles = {
        node.id
        for item in getattr(statement, "items", ())
        if item.optional_vars is not None
        for node in ast.walk(item.optional_vars)
        if isinstance(node, ast.Name)
    }
    returned = {
        node.value.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Name)
    }
    return bool(handles & {*results, *returned})
