"""What can be seen of a value without running anything."""

from __future__ import annotations

import ast
from enum import Enum

from awaken.plan.situation import Situation
from awaken.resolve.values import External, Instance

_SAME = frozenset({"builtins.str", "builtins.int", "builtins.float"})
_DIFFERENT = frozenset({"builtins.bytes", "builtins.bool", "builtins.NoneType"})


class Sight(Enum):
    """How a value compares on the two sides."""

    SAME = "same"
    DIFFERENT = "different"
    UNSEEN = "unseen"


def worst(sights: list[Sight]) -> Sight:
    for sight in (Sight.DIFFERENT, Sight.UNSEEN):
        if sight in sights:
            return sight
    return Sight.SAME


def scalar(situation: Situation, node: ast.expr) -> Sight:
    """Text and numbers are sent alike; None, booleans and bytes are not."""
    if isinstance(node, ast.Constant):
        plain = isinstance(node.value, (str, int, float)) and not isinstance(node.value, bool)
        return Sight.SAME if plain else Sight.DIFFERENT
    if isinstance(node, ast.JoinedStr):
        return Sight.SAME
    if isinstance(node, (ast.List, ast.Tuple)):
        return worst([scalar(situation, item) for item in node.elts])
    if isinstance(node, ast.IfExp):
        return worst([scalar(situation, node.body), scalar(situation, node.orelse)])
    if isinstance(node, ast.BinOp):
        return worst([scalar(situation, node.left), scalar(situation, node.right)])
    return type_sight(situation, node)


def type_sight(situation: Situation, node: ast.expr) -> Sight:
    """The same by the type of an expression, where that is known."""
    names = {type_name(situation, node)} if not isinstance(node, ast.Call) else {_called(situation, node)}
    if names & _DIFFERENT:
        return Sight.DIFFERENT
    return Sight.SAME if names <= _SAME else Sight.UNSEEN


def type_name(situation: Situation, node: ast.expr) -> str:
    """The qualified name of an expression's type, empty where it is not known."""
    values = situation.values_of(node)
    names = {
        value.of.name if isinstance(value, Instance) and isinstance(value.of, External) else ""
        for value in values
    }
    return names.pop() if len(names) == 1 else ""


def _called(situation: Situation, node: ast.Call) -> str:
    value = situation.value_of(node.func)
    if isinstance(value, External) and value.name in _SAME:
        return value.name  # str(x), int(x)
    return type_name(situation, node)


def literal(situation: Situation, node: ast.expr) -> ast.expr:
    """The literal that a name stands for, where it is bound once and never changed; else the node itself."""
    if not isinstance(node, ast.Name):
        return node
    function = situation.function()
    for body in (function, situation.tree.module):
        bound = _bound_value(body, node.id)
        if bound is not None:
            return bound if bound is not _MANY else node
    return node


_MANY = ast.Constant(None)


def _bound_value(body: ast.AST, name: str) -> ast.expr | None:
    """The value of the only assignment to a name; `_MANY` where there are others, or it is changed."""
    values: list[ast.expr] = []
    for node in ast.walk(body):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            values.append(_MANY)
        elif isinstance(node, ast.arg) and node.arg == name:
            values.append(_MANY)
        elif _changes(node, name):
            return _MANY
    if not values:
        return None
    assigned = [
        node.value
        for node in ast.walk(body)
        if isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == name
    ]
    return assigned[0] if len(values) == 1 and len(assigned) == 1 else _MANY


def _changes(node: ast.AST, name: str) -> bool:
    """`name[k] = v`, `name.update(...)`: what a literal said no longer holds."""
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return isinstance(node.value, ast.Name) and node.value.id == name
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return isinstance(node.func.value, ast.Name) and node.func.value.id == name
    return False


def holds_no_query(situation: Situation, node: ast.expr) -> bool:
    """Whether a URL is seen to have no `?`: a literal, or an f-string whose literal parts have none."""
    seen = literal(situation, node)
    if isinstance(seen, ast.Constant):
        return isinstance(seen.value, str) and "?" not in seen.value
    if isinstance(seen, ast.JoinedStr):
        return all(
            not isinstance(part, ast.Constant) or "?" not in str(part.value) for part in seen.values
        )
    if isinstance(seen, ast.BinOp) and isinstance(seen.op, ast.Add):
        return holds_no_query(situation, seen.left) and holds_no_query(situation, seen.right)
    return False
