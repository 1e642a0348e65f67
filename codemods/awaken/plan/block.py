"""A `with` block around a blocking handle: the whole block becomes one function and one hop.

One hop for the block costs what one hop for a single call costs; a hop for each line of a file would be
several hundred times slower.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.block_name import block_name
from awaken.plan.carried_calls import runs_in_any_thread
from awaken.plan.data_flow import flow_of
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopBlock, Target
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from awaken.plan.runners import Runner
    from awaken.plan.situation import Situation

_LEAVES = (
    ast.Await,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.Yield,
    ast.YieldFrom,
    ast.Global,
    ast.Nonlocal,
)
_LOOPS = (ast.For, ast.While)
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
    refusal = _refusal(situation, statement)
    if refusal is not None:
        return refusal
    flow = flow_of(statement, situation.function())
    if flow is None or _handle_escapes(statement, flow.results):
        return reason("open-handle")
    last = statement.body[-1]
    recipe = HopBlock(
        target=Target(Place.of(statement), situation.finding.scope, situation.finding.suite),
        runner=runner,
        function=block_name(situation, statement, flow.results),
        parameters=flow.parameters,
        results=flow.results,
        returns=isinstance(last, ast.Return),
    )
    description = f"run the `with` block through `{runner.shown}`, in one hop"
    return Fix(Strategy.BLOCK, description, recipe)


def with_statement(situation: Situation) -> ast.With | None:
    """The `with` whose context manager the finding is."""
    item = situation.tree.parent(situation.node)
    if not isinstance(item, ast.withitem) or item.context_expr is not situation.node:
        return None
    statement = situation.tree.parent(item)
    return statement if isinstance(statement, ast.With) else None


def _refusal(situation: Situation, statement: ast.With) -> Reason | None:
    for up in situation.tree.ancestors(statement):
        if isinstance(up, ast.AsyncFunctionDef):
            break
        if isinstance(up, _FUNCTIONS):
            return reason("class-body")
    if not _stands_alone(situation, statement):
        return reason("statement-shape")
    last = statement.body[-1]
    for node in ast.walk(statement):
        if isinstance(node, _LEAVES) or getattr(node, "is_async", False):
            return reason("open-handle")
        if isinstance(node, ast.Return) and node is not last:
            return reason("leaves-the-block")
        if isinstance(node, (ast.Break, ast.Continue)) and not _in_own_loop(
            situation, node, statement
        ):
            return reason("leaves-the-block")
        if isinstance(node, ast.Call) and not runs_in_any_thread(situation, node, statement):
            return reason("unproven-callee", f"`{situation.tree.source(node.func)}`")
    return None


def _stands_alone(situation: Situation, statement: ast.With) -> bool:
    tree = situation.tree
    span = tree.span(statement)
    before = tree.text[tree.offsets.line_start(span.start) : span.start]
    after = tree.text[span.end : tree.offsets.line_end(span.end)].strip()
    return not before.strip() and (not after or after.startswith("#"))


def _in_own_loop(situation: Situation, node: ast.AST, statement: ast.With) -> bool:
    for up in situation.tree.ancestors(node):
        if up is statement:
            return False
        if isinstance(up, _LOOPS):
            return True
    return False


def _handle_escapes(statement: ast.With, results: tuple[str, ...]) -> bool:
    """Whether what the `with` opened is used behind it."""
    handles = {
        node.id
        for item in statement.items
        if item.optional_vars is not None
        for node in ast.walk(item.optional_vars)
        if isinstance(node, ast.Name)
    }
    last = statement.body[-1]
    returned = last.value if isinstance(last, ast.Return) else None
    return bool(handles & {*results, *([returned.id] if isinstance(returned, ast.Name) else ())})
