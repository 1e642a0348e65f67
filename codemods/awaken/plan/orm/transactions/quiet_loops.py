"""Loops that do nothing to the rows that they have not seen yet."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.await_position import generator_position
from awaken.resolve.values import Contained, External, Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation
    from awaken.resolve.values import Value

_LEAVES = (ast.Break, ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Await)
_CONTAINERS = ("builtins.", "collections.")


def is_quiet(situation: Situation, loop: ast.For | ast.comprehension) -> bool:
    """Whether a loop runs to its end, waits for nothing, and calls nothing but Python's own functions.

    Args:
        situation: the finding.
        loop: the loop that goes through its rows.
    """
    nodes = list(_body(situation, loop))
    if any(isinstance(node, _LEAVES) for node in nodes):
        return False
    return all(_is_pythons(situation, node) for node in nodes if isinstance(node, ast.Call))


def _body(situation: Situation, loop: ast.For | ast.comprehension) -> Iterator[ast.AST]:
    if isinstance(loop, ast.For):
        for statement in (*loop.body, *loop.orelse):
            yield from ast.walk(statement)
        return
    owner = situation.tree.parent(loop)
    iterables = {id(node) for node in ast.walk(loop.iter)}
    lazy = isinstance(owner, ast.GeneratorExp)
    if lazy and generator_position(situation, loop.iter).refusal is not None:
        yield ast.Yield()  # nobody knows how far it is gone through
    if owner is not None:
        yield from (node for node in ast.walk(owner) if id(node) not in iterables)


def _is_pythons(situation: Situation, call: ast.Call) -> bool:
    """Whether a call is one of a builtin, or of a method of a builtin container."""
    if isinstance(call.func, ast.Attribute):
        owner: Value = situation.value_of(call.func.value)
        of = owner.of if isinstance(owner, Instance) else None
        return isinstance(of, External) and of.name.startswith(_CONTAINERS)
    value = situation.value_of(call.func)
    return isinstance(value, Contained) or (
        isinstance(value, External) and value.name.startswith(_CONTAINERS)
    )
