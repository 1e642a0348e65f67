"""Whether nobody but a function itself waits for a future: it was submitted there, and goes nowhere else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.syntax.names import is_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_SUBMITS = "submit"
_ADDS = frozenset(("add", "append"))
_WAITS = frozenset(("as_completed", "wait", "len", "enumerate"))
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)
_DEEPEST = 4


def is_own_future(situation: Situation, future: ast.expr) -> bool:
    """Whether a future, or the list that it comes from, is known in its function only."""
    return _is_own(situation, situation.function(), future, 0)


def _is_own(
    situation: Situation, function: ast.AsyncFunctionDef, node: ast.expr, depth: int
) -> bool:
    if _is_submission(node):
        return True
    if isinstance(node, _COMPREHENSIONS):
        return _is_submission(node.elt)
    if isinstance(node, (ast.List, ast.Set, ast.Tuple)):
        return all(_is_own(situation, function, each, depth + 1) for each in node.elts)
    if not isinstance(node, ast.Name) or depth > _DEEPEST:
        return False
    sources = list(_sources(function, node.id))
    return (
        bool(sources)
        and all(each is not None for each in sources)
        and all(_is_own(situation, function, each, depth + 1) for each in sources if each)
        and all(_stays(situation, each) for each in _loads(function, node.id))
    )


def _is_submission(node: ast.expr) -> bool:
    func = node.func if isinstance(node, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr == _SUBMITS


def _sources(function: ast.AsyncFunctionDef, name: str) -> Iterator[ast.expr | None]:
    """What a name is bound to, or goes through, or gets added; None where that cannot be told."""
    for node in ast.walk(function):
        if isinstance(node, (ast.For, ast.comprehension)) and is_name(node.target, name):
            yield node.iter
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (node.value for each in targets if is_name(each, name))
        elif isinstance(node, ast.Call) and _adds_to(node, name):
            yield node.args[0] if len(node.args) == 1 else None
    if any(each.arg == name for each in ast.walk(function) if isinstance(each, ast.arg)):
        yield None


def _adds_to(call: ast.Call, name: str) -> bool:
    func = call.func
    return isinstance(func, ast.Attribute) and func.attr in _ADDS and is_name(func.value, name)


def _loads(function: ast.AsyncFunctionDef, name: str) -> Iterator[ast.Name]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node


def _stays(situation: Situation, node: ast.Name) -> bool:
    """Whether a use of a name gives it to nobody: its methods, a loop over it, what waits for it."""
    parent = situation.tree.parent(node)
    if isinstance(parent, ast.Attribute):
        return True
    if isinstance(parent, (ast.For, ast.comprehension)):
        return parent.iter is node
    if not isinstance(parent, ast.Call) or node not in parent.args:
        return False
    func = parent.func
    name = func.attr if isinstance(func, ast.Attribute) else ""
    name = func.id if isinstance(func, ast.Name) else name
    return name in _WAITS | _ADDS
