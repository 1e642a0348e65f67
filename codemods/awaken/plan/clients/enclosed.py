"""Whether everything that is done with an object is over when the statements are left behind which it is closed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.clients.callers import calls_of
from awaken.plan.clients.scopes import DEFINITIONS, FileScopes
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Container

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)
_DISPLAYS = (ast.Starred, ast.List, ast.Tuple)
_GATHER = External("asyncio.gather")
_RUN_IT_HERE = frozenset(
    External(f"asyncio.{name}")
    for name in ("create_task", "ensure_future", "gather", "shield", "wait_for")
)


class Enclosed:
    """Looks at uses of an object that some statements enclose.

    Args:
        scopes: the file.
        inside: the nodes of those statements.
        owners: the functions that the statements stand in.
    """

    def __init__(
        self, scopes: FileScopes, inside: Container[ast.AST], owners: Container[ast.AST | None]
    ) -> None:
        self._scopes = scopes
        self._inside = inside
        self._owners = owners
        self._known: dict[ast.AST, bool] = {}

    def holds(self, node: ast.AST) -> bool:
        """Whether a use is over by then: it stands inside, or in a function whose calls all end inside."""
        function = self._scopes.around(node)
        if function in self._owners:
            return node in self._inside
        if function not in self._known and isinstance(function, DEFINITIONS):
            self._known[function] = True  # what it does with itself decides nothing
            self._known[function] = self._ends_inside(function)
        return function is not None and self._known.get(function, False)

    def _ends_inside(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        calls = calls_of(self._scopes, function)
        if calls is None:
            return False
        plain = isinstance(function, ast.FunctionDef)
        return all(
            (plain or runs_to_its_end(self._scopes, each)) and self.holds(each) for each in calls
        )


def runs_to_its_end(scopes: FileScopes, call: ast.expr) -> bool:
    """Whether what calls a coroutine function goes on when the coroutine is over, and not before.

    `gather` may be left by the first exception while other coroutines go on, but for `return_exceptions`.
    """
    given, parent = _given_to(scopes, call)
    if isinstance(parent, ast.Call) and given in parent.args:
        gathered = scopes.value(parent.func) == _GATHER and _gathers_all(parent)
        return gathered and isinstance(scopes.tree.parent(parent), ast.Await)
    return given is call and _waits(parent, given)


def runs_here(scopes: FileScopes, call: ast.expr) -> bool:
    """Whether the loop that runs a coroutine runs another one, too, that is made there."""
    given, parent = _given_to(scopes, call)
    if isinstance(parent, ast.Call) and given in parent.args:
        return scopes.value(parent.func) in _RUN_IT_HERE
    return given is call and _waits(parent, given)


def _waits(parent: ast.AST | None, given: ast.AST) -> bool:
    if isinstance(parent, ast.AsyncFor):
        return parent.iter is given
    return isinstance(parent, ast.Await)


def _given_to(scopes: FileScopes, call: ast.expr) -> tuple[ast.AST, ast.AST | None]:
    """What takes a call, through displays and comprehensions, and in which form."""
    given: ast.AST = call
    parent = scopes.tree.parent(given)
    while isinstance(parent, _DISPLAYS) or (
        isinstance(parent, _COMPREHENSIONS) and parent.elt is given
    ):
        given, parent = parent, scopes.tree.parent(parent)
    return given, parent


def _gathers_all(call: ast.Call) -> bool:
    return any(
        each.arg == "return_exceptions"
        and isinstance(each.value, ast.Constant)
        and each.value.value is True
        for each in call.keywords
    )
