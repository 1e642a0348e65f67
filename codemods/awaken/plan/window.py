"""Shared state that is looked at in front of a new `await` and changed behind it, in one coroutine.

What counts as looking: a test, an iteration, a local copy that the change is made of, and what goes into the
call itself when it is emptied afterwards. Where an `await` stands in between already, the window was open before.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.terms import Imported, Scoped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_SUSPENDS = (ast.Await, ast.AsyncFor, ast.AsyncWith)
_MUTATORS = frozenset(
    [
        "add",
        "append",
        "appendleft",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "setdefault",
        "update",
    ]
)
_VIEWS = frozenset(("items", "keys", "values"))
_EMPTYING = frozenset(("clear",))


def window_across(situation: Situation) -> str | None:
    """The code of the reason why the finding's `await` would open a window, or None."""
    nodes = list(_own_nodes(situation.function()))
    here = situation.tree.span(situation.node)
    after = {
        place for node in nodes if _start(situation, node) >= here.end for place in _written(node)
    }
    for node in nodes:
        code = _looked_at(situation, node, nodes, after)
        if code:
            return code
    return _emptied(situation, nodes)


def _looked_at(
    situation: Situation, node: ast.AST, nodes: list[ast.AST], after: set[str]
) -> str | None:
    here = situation.tree.span(situation.node).start
    if isinstance(node, (ast.If, ast.While)):
        tested = _places(situation, node.test)
        if tested & after and _quiet_between(situation, nodes, _end(situation, node.test)):
            return "check-then-act"
    elif isinstance(node, ast.For) and _start(situation, node.body[0]) <= here <= _end(
        situation, node
    ):
        if _iterates_shared(situation, node) and not _suspends(node.body):
            return "check-then-act"
    elif isinstance(node, ast.Assign) and _end(situation, node) <= here:
        copied = _places(situation, node.value) & after
        quiet = copied and _quiet_between(situation, nodes, _end(situation, node))
        if quiet and _made_of(situation, nodes, node.targets, copied):
            return "read-modify-write"
    return None


def _quiet_between(situation: Situation, nodes: list[ast.AST], start: int) -> bool:
    """Whether the look stands in front of the finding with no `await` in between."""
    here = situation.tree.span(situation.node).start
    return start <= here and not any(
        isinstance(node, _SUSPENDS) and start <= _start(situation, node) < here for node in nodes
    )


def _suspends(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, _SUSPENDS) for statement in body for node in ast.walk(statement))


def _iterates_shared(situation: Situation, loop: ast.For) -> bool:
    """`for x in self.items.values()`: it must not change while the loop waits."""
    node: ast.expr = loop.iter
    view = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in _VIEWS:
            return False
        node = node.func.value
    # Only what this class itself changes somewhere is known to change.
    place = _place(situation, node)
    return (
        place is not None
        and (view or isinstance(node, ast.Attribute))
        and _changes(situation, place)
    )


def _changes(situation: Situation, place: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _MUTATORS
        and ast.unparse(node.func.value) == place
        for node in situation.tree.nodes
    ) or any(
        isinstance(node, ast.Subscript)
        and not isinstance(node.ctx, ast.Load)
        and ast.unparse(node.value) == place
        for node in situation.tree.nodes
    )


def _made_of(
    situation: Situation, nodes: list[ast.AST], targets: list[ast.expr], places: set[str]
) -> bool:
    """Whether a later assignment to one of the places uses the local copy."""
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    here = situation.tree.span(situation.node).end
    for node in nodes:
        if isinstance(node, ast.Assign) and _start(situation, node) >= here:
            used = {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
            if used & names and places & set(_written(node)):
                return True
    return False


def _emptied(situation: Situation, nodes: list[ast.AST]) -> str | None:
    """`write(self.pending)` and then `self.pending.clear()`: what came in meanwhile is lost."""
    call = situation.node
    if not isinstance(call, ast.Call):
        return None
    handed = set().union(
        *(_places(situation, each) for each in (*call.args, *(k.value for k in call.keywords)))
    )
    here = situation.tree.span(call).end
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            emptied = node.func.attr in _EMPTYING and ast.unparse(node.func.value) in handed
            if emptied and _start(situation, node) >= here:
                return "read-modify-write"
    return None


def _written(node: ast.AST) -> Iterator[str]:
    """The places that a statement or call changes."""
    targets: list[ast.expr] = []
    if isinstance(node, (ast.Assign, ast.Delete)):
        targets = node.targets
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        targets = [node.target]
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _MUTATORS
    ):
        targets = [node.func.value]
    for target in targets:
        yield ast.unparse(target.value if isinstance(target, ast.Subscript) else target)


def _places(situation: Situation, node: ast.AST) -> set[str]:
    found = (_place(situation, each) for each in ast.walk(node) if isinstance(each, ast.expr))
    return {place for place in found if place is not None}


def _place(situation: Situation, node: ast.expr) -> str | None:
    """`self.x`, or a global: what other tasks see, too."""
    root = node
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name):
        return None
    if isinstance(node, ast.Attribute):
        return ast.unparse(node) if root.id in ("self", "cls") else None
    return node.id if isinstance(node, ast.Name) and _is_outer(situation, node.id) else None


def _is_outer(situation: Situation, name: str) -> bool:
    """Whether a name is a variable of the module; imports, functions and classes are none."""
    bindings = situation.index.scopes[0].bindings.get(name, ())
    variable = any(not isinstance(each.term, (Imported, Scoped)) for each in bindings)
    local = name in situation.scope.bindings and name not in situation.scope.outer
    return variable and not local


def _own_nodes(function: ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    pending: list[ast.AST] = [*function.body]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _FUNCTIONS):
            pending.extend(ast.iter_child_nodes(node))


def _start(situation: Situation, node: ast.AST) -> int:
    if isinstance(node, (ast.expr, ast.stmt)):
        return situation.tree.span(node).start
    return -1


def _end(situation: Situation, node: ast.expr | ast.stmt) -> int:
    return situation.tree.span(node).end
