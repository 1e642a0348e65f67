"""Containers that other tasks change while a thread goes through them."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from awaken.plan.blocks.made_inside import root_of
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopBlock, HopCall, HopExpression
from awaken.plan.windows.changes import changed_in_place, variables
from awaken.syntax.suites import statements_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.fix import Fix, Reason
    from awaken.plan.situation import Situation
    from awaken.syntax.tree import Tree

# They go through a container in one step of the interpreter, which no other thread interrupts.
_AT_ONCE = frozenset(("len", "bool", "list", "tuple", "dict", "set", "frozenset"))
_MAKERS = frozenset(("__init__", "__new__", "__post_init__"))


def handed_state(situation: Situation, fix: Fix) -> Reason | None:
    """The difference it makes that a thread goes through shared state that changes in place, or None.

    Args:
        situation: the finding.
        fix: what would be done about it.
    """
    shared = variables(situation.index) - situation.scope.bindings.keys()
    given = {
        ast.unparse(node)
        for node in _given(situation, fix)
        if _outlives(root_of(node), shared, is_attribute=isinstance(node, ast.Attribute))
    }
    return reason("changed-meanwhile") if given and given & _changed(situation.tree) else None


def _outlives(root: ast.expr, shared: frozenset[str], *, is_attribute: bool) -> bool:
    """Whether something is an attribute of `self`, or a variable of the module."""
    if not isinstance(root, ast.Name):
        return False
    return root.id in (("self", "cls") if is_attribute else shared)


def _given(situation: Situation, fix: Fix) -> Iterator[ast.expr]:
    """What the thread reads as a whole; the arguments of a call are evaluated before it starts."""
    recipe, tree = fix.recipe, situation.tree
    if isinstance(recipe, HopCall):
        arguments = (*situation.call.args, *(each.value for each in situation.call.keywords))
        yield from (each for each in arguments if isinstance(each, (ast.Attribute, ast.Name)))
    elif isinstance(recipe, (HopExpression, HopBlock)):
        for moved in _moved(tree, recipe):
            for node in ast.walk(moved):
                if isinstance(node, (ast.Attribute, ast.Name)) and _is_read_whole(tree, node):
                    yield node


def _moved(tree: Tree, recipe: HopExpression | HopBlock) -> Sequence[ast.AST]:
    """What becomes part of the function that the thread runs."""
    place = recipe.target.place
    if isinstance(recipe, HopBlock):
        return statements_at(tree, place)
    found = tree.find(place, (ast.expr,))
    return [found] if found is not None else []


def _is_read_whole(tree: Tree, node: ast.expr) -> bool:
    parent = tree.parent(node)
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("items", "values", "keys")
    if isinstance(parent, ast.Subscript):
        return parent.value is not node
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name):
        return parent.func.id not in _AT_ONCE
    return True


@lru_cache(maxsize=4)
def _changed(tree: Tree) -> frozenset[str]:
    """Attributes and variables that functions of this file change in place, after they were made."""
    return frozenset(
        place
        for node in tree.nodes
        for place in changed_in_place(node)
        if _function_around(tree, node) not in (None, *_MAKERS)
    )


def _function_around(tree: Tree, node: ast.AST) -> str | None:
    for up in tree.ancestors(node):
        if isinstance(up, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return up.name
    return None
