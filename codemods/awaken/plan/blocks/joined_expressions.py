"""Several hops in one expression become one: `not a.exists() or not b.exists()` is asked in one go."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.await_position import await_position
from awaken.plan.blocks.members import Part, hops_of, runner_for_all
from awaken.plan.blocks.stretch_rules import stays_behind
from awaken.plan.blocks.unfinished import is_unfinished
from awaken.plan.fix import Fix, Strategy
from awaken.plan.hop_expression import runs_anywhere
from awaken.plan.recipes import HopExpression
from awaken.plan.windows.handed_state import handed_state
from awaken.syntax.positions import Place, encloses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.blocks.members import Member

_SEVERAL = 2
# What a `lambda` can give without parentheses of its own.
_KINDS = (ast.BoolOp, ast.UnaryOp, ast.Compare, ast.BinOp, ast.IfExp, ast.Call)


def joined_expressions(
    statement: ast.stmt, members: Sequence[Member]
) -> Iterator[tuple[list[Member], Fix]]:
    """The largest expressions of one statement that hold several hops and may run in a thread as a whole.

    Args:
        statement: the statement; its suites are not looked into.
        members: the findings in it.
    """
    for node in ast.iter_child_nodes(statement):
        if not isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            yield from _in(node, members)


def _in(node: ast.AST, members: Sequence[Member]) -> Iterator[tuple[list[Member], Fix]]:
    inside = members
    if isinstance(node, ast.expr):
        place = Place.of(node)
        inside = [each for each in members if encloses(place, each.planned.finding.place)]
        if hops_of(inside) < _SEVERAL:
            return
        fix = _whole(node, inside) if isinstance(node, _KINDS) else None
        if fix is not None:
            yield list(inside), fix
            return
    for child in ast.iter_child_nodes(node):
        yield from _in(child, inside)


def _whole(node: ast.expr, members: Sequence[Member]) -> Fix | None:
    situation = members[0].situation
    runner = runner_for_all(members)
    if runner is None or not _may_go(node, members):
        return None
    position = await_position(situation, node)
    if position.refusal or position.generator or position.short_circuit:
        return None
    recipe = HopExpression(situation.target(node), runner)
    difference = next((each.difference for each in members if each.difference), None)
    description = f"run the whole expression through `{runner.shown}`, in one hop"
    fix = Fix(Strategy.THREAD, description, recipe, difference)
    return None if difference is None and handed_state(situation, fix) else fix


def _may_go(node: ast.expr, members: Sequence[Member]) -> bool:
    first = members[0]
    statement = ast.copy_location(ast.Expr(node), node)
    block = ast.Module([statement], [])
    alike = all(
        each.part is not Part.STAYS
        and (each.difference is None) == (first.difference is None)
        and each.is_answered(block)
        for each in members
    )
    return (
        alike
        and runs_anywhere(first.situation, node)
        and not stays_behind(first.situation, statement, block, members)
        and not is_unfinished(first.situation, node, frozenset())
    )
