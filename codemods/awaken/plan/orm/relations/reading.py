"""Attributes of models that take a query to be read: one hop into Django's thread."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.orm.rows.at import At, Used
from awaken.plan.await_position import await_position
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.offload import bare_hop
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopAttribute, HopExpression
from awaken.plan.runners.runner_choice import django_runner_for
from awaken.resolve.values import External
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from awaken.plan.recipes import Recipe
    from awaken.plan.situation import Situation


_READER = "getattr"


def read_in_thread(situation: Situation) -> Fix | Reason:
    """One hop for an attribute, also as `hasattr(author, "profile")`; what is read on the way to it goes along."""
    node = situation.node
    if isinstance(node, ast.Call):
        return bare_hop(situation, django_runner_for(situation))
    if not isinstance(node, ast.Attribute):
        return reason("not-known")
    position = await_position(situation, node)
    if position.refusal is not None:
        return position.refusal
    target = situation.target(generator=position.generator)
    runner = django_runner_for(situation)
    along = any(_is_read(situation, inner) for inner in _path(node.value))
    # a name in quotes might end the f-string around it
    quoted = situation.tree.in_fstring(node)
    named = _named(situation)
    recipe: Recipe
    if _is_plain_path(node) and (along or quoted or not named):
        recipe = HopExpression(target, runner)
    elif quoted:
        return reason("quotes-in-fstring")
    elif not named:
        return reason("not-known")
    elif "#" in _between(situation, node):
        return reason("comment-in-call")
    else:
        recipe = HopAttribute(target, runner)
    description = f"read `{node.attr}` through `{runner.shown}`"
    return Fix(Strategy.THREAD, description, recipe)


def _named(situation: Situation) -> bool:
    """Whether the builtin is what its name stands for here."""
    return situation.resolver.lookup(_READER, situation.where) == {External(f"builtins.{_READER}")}


def _is_read(situation: Situation, node: ast.expr) -> bool:
    """Whether an expression in the finding's scope reads something that may not have been loaded."""
    place = Place.of(node)
    where = situation.where._replace(line=place.line, column=place.column)
    reads, index, scope = situation.graph.reads, situation.index, situation.scope
    sites = (each for each in scope.sites if each.place == place)
    found = (reads.of(Used(index, scope, each), At(where)) for each in sites)
    return any(each is not None for each in found)


def _path(node: ast.expr) -> list[ast.expr]:
    """`a.b.c`, `a.b`, `a`."""
    found = [node]
    while isinstance(node, ast.Attribute):
        node = node.value
        found.append(node)
    return found


def _is_plain_path(node: ast.expr) -> bool:
    return isinstance(_path(node)[-1], ast.Name)


def _between(situation: Situation, node: ast.Attribute) -> str:
    """What stands between an object and the name of its attribute."""
    end = situation.tree.span(node).end
    return situation.tree.text[situation.tree.span(node.value).end : end]
