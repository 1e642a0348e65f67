"""What is fetched when it is first used: fetched in Django's thread, in front of that use.

A line in front of the statement does nothing but fetch it; what the file does with it behind that stays as it is, also
in helpers, decorators and templates. Where a use may be left out, fetching it for sure would be a query too many, and
a cookie that the response depends on: there the use itself goes to the thread.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.orm.first_uses.held import Held, held_objects
from awaken.plan.await_position import await_position
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.offload import hop_whole
from awaken.plan.orm.first_uses.fetched_anew import plan_anew
from awaken.plan.reasons import reason
from awaken.plan.recipes import ApplyAsync, FetchFirst
from awaken.plan.runners.runner_choice import django_runner_for
from awaken.syntax.evaluated_before import is_certain, suite_of
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_BLOCKS = (
    ast.AsyncFunctionDef,
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
)

_DEFINITIONS = (ast.AsyncFunctionDef, ast.FunctionDef, ast.ClassDef)


def plan_first_use(situation: Situation) -> Iterator[Fix | Reason]:
    """The options for a finding of the shape `LOAD`."""
    objects = list(held_objects(situation.index, situation.resolver, lambda: situation.tree))
    finding = situation.finding
    here = next(
        (
            each
            for each in objects
            if Place.of(each.node) == finding.place and each.loading.attribute == finding.entry.name
        ),
        None,
    )
    if here is None:
        yield reason("not-known")
        return
    same = [
        each for each in objects if each.function is here.function and each.origin == here.origin
    ]
    anew = plan_anew(situation, here, same)
    if anew is not None:
        yield anew
    yield _fetch(situation, here)


def _fetch(situation: Situation, held: Held) -> Fix | Reason:
    if not is_certain(situation.tree, held.node) or not takes_a_line(situation, held.node):
        return _in_its_place(situation, held)
    loading, runner = held.loading, django_runner_for(situation)
    source = held.origin if held.given else situation.tree.source(held.node)
    callee = loading.applied or f"{source}.{loading.called}"
    recipe = FetchFirst(
        situation.target(held.node), runner, callee, source if loading.applied else ""
    )
    description = f"fetch `{held.origin}` through `{runner.shown}` before its first use"
    return Fix(Strategy.THREAD, description, recipe)


def takes_a_line(situation: Situation, node: ast.expr) -> bool:
    """Whether a line may stand in front of the statement that an expression is part of."""
    tree = situation.tree
    statement = tree.statement(node)
    if isinstance(statement, _DEFINITIONS):
        return False
    start = tree.span(statement).start
    alone = not tree.text[tree.offsets.line_start(start) : start].strip()
    is_elif = tree.text.startswith("elif", start)
    in_block = isinstance(tree.parent(statement), (*_BLOCKS, ast.ExceptHandler, ast.match_case))
    return alone and not is_elif and in_block and statement in suite_of(tree, statement)


def _in_its_place(situation: Situation, held: Held) -> Fix | Reason:
    """The use itself in the thread: an attribute, a comparison, a call with all of its arguments."""
    tree, runner = situation.tree, django_runner_for(situation)
    used = tree.parent(held.node)
    if held.given:
        used = tree.parent(used) if isinstance(used, ast.keyword) else used
    elif isinstance(used, (ast.BoolOp, ast.UnaryOp, ast.If, ast.IfExp)) and held.loading.applied:
        position = await_position(situation, held.node)
        if position.refusal is not None:
            return position.refusal
        recipe = ApplyAsync(situation.target(held.node), runner, held.loading.applied)
        return Fix(Strategy.THREAD, f"fetch `{held.origin}` through `{runner.shown}`", recipe)
    around = tree.parent(used) if isinstance(used, (ast.Attribute, ast.keyword)) else None
    if isinstance(around, ast.Call) and (around.func is used or isinstance(used, ast.keyword)):
        used = around
    if isinstance(used, (ast.Attribute, ast.Call, ast.Compare)):
        return hop_whole(situation, runner, used, materialise=False)
    return reason("used-on-the-way")
