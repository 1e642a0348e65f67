"""Whether what stands in a coroutine is run by the loop that runs the coroutine, and by no other one.

A coroutine stays on its loop; so do coroutines that are defined in it, where all that is done with them is to await
them, or to give them to functions of asyncio that run them on the loop that runs.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.resolve.values import External

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)
_RUN_IT_HERE = frozenset(
    External(f"asyncio.{name}")
    for name in ("create_task", "ensure_future", "gather", "shield", "wait_for")
)


class StartedHere:
    """Looks at the uses of one coroutine.

    Args:
        situation: a finding of the file.
        function: the coroutine.
    """

    def __init__(self, situation: Situation, function: ast.AsyncFunctionDef) -> None:
        self._situation = situation
        self._function = function
        self._known: dict[ast.AsyncFunctionDef, bool] = {}

    def holds(self, node: ast.AST) -> bool:
        """Whether a place in the coroutine is reached on its loop only."""
        for up in self._situation.tree.ancestors(node):
            if up is self._function:
                return not _yields(self._situation, self._function)
            if isinstance(up, _DEFINES):
                return isinstance(up, ast.AsyncFunctionDef) and self._is_started_here(up)
        return False

    def _is_started_here(self, inner: ast.AsyncFunctionDef) -> bool:
        if inner not in self._known:
            self._known[inner] = True  # what it does with itself decides nothing
            self._known[inner] = self._all_started(inner)
        return self._known[inner]

    def _all_started(self, inner: ast.AsyncFunctionDef) -> bool:
        if inner.decorator_list or not self.holds(inner):
            return False
        for node in ast.walk(self._function):
            if getattr(node, "name", None) == inner.name and node is not inner:
                return False
            declares = isinstance(node, (ast.Global, ast.Nonlocal)) and inner.name in node.names
            if declares or (isinstance(node, ast.arg) and node.arg == inner.name):
                return False
            if isinstance(node, ast.Name) and node.id == inner.name and not self._starts(node):
                return False
        return True

    def _starts(self, node: ast.Name) -> bool:
        """Whether a use of the name is a call whose coroutine is run there and then."""
        call = self._situation.tree.parent(node)
        if not isinstance(call, ast.Call) or call.func is not node or not self.holds(call):
            return False
        return self._is_run(call)

    def _is_run(self, coroutine: ast.AST) -> bool:
        tree, given = self._situation.tree, coroutine
        parent = tree.parent(given)
        if isinstance(parent, _COMPREHENSIONS) and parent.elt is given:
            given, parent = parent, tree.parent(parent)
            if not isinstance(parent, ast.Starred):
                return False
        if isinstance(parent, ast.Starred):
            given, parent = parent, tree.parent(parent)
        if not isinstance(parent, ast.Call) or given not in parent.args:
            return isinstance(parent, ast.Await)
        if any(keyword.arg in (None, "loop") for keyword in parent.keywords):
            return False
        values = self._situation.values_of(parent.func)
        return len(values) == 1 and values <= _RUN_IT_HERE


def _yields(situation: Situation, function: ast.AsyncFunctionDef) -> bool:
    """Whether it is an asynchronous generator, which several loops may take turns with."""
    return any(
        isinstance(node, (ast.Yield, ast.YieldFrom))
        and next(up for up in situation.tree.ancestors(node) if isinstance(up, _DEFINES))
        is function
        for node in ast.walk(function)
    )
