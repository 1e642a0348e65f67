"""What becomes of a queryset: whether its rows are only read, so that a join in it changes nothing else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.orm.rows.steps import CHOOSES, GIVES_ITERATOR, READS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_BUILTINS = frozenset(
    (
        *("list", "tuple", "set", "frozenset", "sorted", "reversed", "enumerate", "zip", "len"),
        *("bool", "min", "max", "any", "all", "iter", "isinstance"),
    )
)
_SHORTCUTS = frozenset(
    ("get_object_or_404", "aget_object_or_404", "get_list_or_404", "aget_list_or_404")
)
_TESTS = (ast.If, ast.While, ast.Assert, ast.IfExp)


def only_read(situation: Situation, query: ast.Call, *, asks: bool) -> bool:
    """Whether everything that the coroutine does with a queryset gives rows, or counts them.

    Args:
        situation: a finding in the coroutine.
        query: the last call that builds it, or the one that asks for its rows.
        asks: whether it is that.
    """
    return asks or _is_read(situation, query, frozenset())


def _is_read(situation: Situation, node: ast.expr, names: frozenset[str]) -> bool:
    parent = situation.tree.parent(node)
    if isinstance(parent, (ast.For, ast.AsyncFor, ast.comprehension)):
        return parent.iter is node
    if isinstance(parent, ast.Await):
        return _is_read(situation, parent, names)
    if isinstance(parent, ast.Attribute):
        return _is_read_by_method(situation, parent, names)
    if isinstance(parent, ast.Call):
        return _is_given_to_reader(parent, node)
    if isinstance(parent, ast.Subscript) and parent.value is node:
        sliced = isinstance(parent.slice, ast.Slice)
        return not sliced or _is_read(situation, parent, names)
    if isinstance(parent, ast.Assign):
        return _is_read_by_name(situation, parent, names)
    tested = isinstance(parent, _TESTS) and parent.test is node
    return tested or isinstance(parent, ast.UnaryOp)


def _is_read_by_method(
    situation: Situation, attribute: ast.Attribute, names: frozenset[str]
) -> bool:
    call = situation.tree.parent(attribute)
    if attribute.attr in READS:
        return True  # also `sync_to_async(rows.get)`
    if not isinstance(call, ast.Call) or call.func is not attribute:
        return False
    if attribute.attr in GIVES_ITERATOR:
        return True
    return attribute.attr in CHOOSES and _is_read(situation, call, names)


def _is_given_to_reader(call: ast.Call, node: ast.expr) -> bool:
    """`list(rows)`, `await sync_to_async(list)(rows)`, `get_object_or_404(rows, pk=1)`."""
    if node not in call.args:
        return False
    func = call.func
    if isinstance(func, ast.Call) and len(func.args) == 1:
        func = func.args[0]
    name = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
    return name in (_BUILTINS if isinstance(func, ast.Name) else ()) or (
        name in _SHORTCUTS and call.args[:1] == [node]
    )


def _is_read_by_name(situation: Situation, statement: ast.Assign, names: frozenset[str]) -> bool:
    """Whether all uses of the variable that a queryset is kept in only read it."""
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Name) or target.id in names:
        return False
    function = situation.function()
    uses = list(_uses(function, target.id))
    stored = [each for each in uses if not isinstance(each.ctx, ast.Load)]
    declared = any(isinstance(each, (ast.Global, ast.Nonlocal)) for each in ast.walk(function))
    return (
        len(stored) == 1
        and not declared
        and all(
            _is_read(situation, each, names | {target.id}) for each in uses if each not in stored
        )
    )


def _uses(function: ast.AsyncFunctionDef, name: str) -> Iterator[ast.Name]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name)
