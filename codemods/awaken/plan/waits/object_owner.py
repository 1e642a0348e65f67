"""What holds an object, and every place of the project that uses it, where all of them are known."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.names_elsewhere import (
    are_related,
    class_of,
    is_reached_in_class,
    is_reached_in_module,
    names_it,
    runs_one_loop,
    scope_of,
)
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.plan.waits.started_here import StartedHere
from awaken.resolve.values import UNKNOWN, Defined

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_DEFINES = (*FUNCTIONS, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Owner:
    """A variable or attribute that holds one object for as long as it exists.

    Attributes:
        uses: every other place where it is read.
        scope: number of the scope in which the object is made.
        is_local: whether it is a variable of a coroutine, which one loop runs; of all others that cannot be seen.
    """

    uses: tuple[ast.expr, ...]
    scope: int
    is_local: bool


def owner_of(situation: Situation, call: ast.Call) -> Owner | None:
    """What holds the object that a call makes; None where somebody else may have it.

    Args:
        situation: a finding of the file.
        call: the value of an assignment.
    """
    tree = situation.tree
    statement = tree.parent(call)
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
    if len(targets) != 1:
        return None
    target = targets[0]
    around = next((up for up in tree.ancestors(call) if isinstance(up, _DEFINES)), None)
    if isinstance(target, ast.Name) and isinstance(around, ast.AsyncFunctionDef):
        return _local(situation, around, target)
    if isinstance(target, ast.Name) and around is None:
        return _of_module(situation, target)
    if isinstance(target, ast.Attribute) and isinstance(around, FUNCTIONS[:2]):
        return _of_class(situation, around, target)
    return None


def _local(situation: Situation, function: ast.AsyncFunctionDef, target: ast.Name) -> Owner | None:
    nodes = list(ast.walk(function))
    if _is_declared(nodes, target.id) or any(
        isinstance(node, ast.arg) and node.arg == target.id for node in nodes
    ):
        return None
    uses = _names(nodes, target)
    scope = scope_of(situation.index, function)
    here = StartedHere(situation, function)
    if uses is None or not scope or not all(map(here.holds, uses)):
        return None
    return Owner(uses, scope, is_local=True)


def _of_module(situation: Situation, target: ast.Name) -> Owner | None:
    name = target.id
    index = situation.index
    bound = any(name in scope.bindings or name in scope.outer for scope in index.scopes[1:])
    uses = None if bound else _names(situation.tree.nodes, target)
    if uses is None or len(index.scopes[0].bindings.get(name, ())) != 1:
        return None
    if names_it(situation.tree, name) or not runs_one_loop(situation):
        return None
    if is_reached_in_module(situation, name):
        return None
    return Owner(uses, 0, is_local=False)


def _names(
    nodes: list[ast.AST] | tuple[ast.AST, ...], target: ast.Name
) -> tuple[ast.expr, ...] | None:
    """The other places of a name; None where it is bound again."""
    found = [node for node in nodes if isinstance(node, ast.Name) and node.id == target.id]
    uses = tuple(node for node in found if node is not target)
    return uses if all(isinstance(node.ctx, ast.Load) for node in uses) else None


def _is_declared(nodes: list[ast.AST], name: str) -> bool:
    return any(
        isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names for node in nodes
    )


def _of_class(situation: Situation, method: ast.AST, target: ast.Attribute) -> Owner | None:
    tree, name = situation.tree, target.attr
    owner = class_of(situation, target)
    if not isinstance(owner, Defined) or UNKNOWN in situation.resolver.members.lineage(owner):
        return None
    if names_it(tree, name) or not runs_one_loop(situation):
        return None
    uses: list[ast.expr] = []
    for node in tree.nodes:
        if isinstance(node, ast.Attribute) and node.attr == name and node is not target:
            holder = class_of(situation, node)
            if holder is None or (holder != owner and are_related(situation, owner, holder)):
                return None
            if holder == owner:
                uses.append(node)
    if any(not isinstance(getattr(node, "ctx", None), ast.Load) for node in uses):
        return None
    if name in situation.index.scopes[owner.scope].bindings:
        return None  # the class has one, too
    if is_reached_in_class(situation, name, owner):
        return None
    return Owner(tuple(uses), scope_of(situation.index, method), is_local=False)
