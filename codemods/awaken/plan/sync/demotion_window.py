"""What a coroutine without an `await` does in one step, and a plain function in several threads does not.

On the loop nothing came between a look at shared state and its change. Threads run the function beside itself.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.loop_context import scopes_of
from awaken.index.summary import ScopeKind, Use
from awaken.index.terms import Attr, Call
from awaken.plan.reasons import reason
from awaken.plan.threads.origin import root_name
from awaken.plan.threads.shared_writes import touches
from awaken.plan.windows.changes import MUTATORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.detect.callees import Target
    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

_LOOKS = frozenset(("read", "look", "iterate"))


def torn_step(
    situation: Situation, function: ast.AsyncFunctionDef, itself: Target
) -> Reason | None:
    """The first place where threads could come between, as a difference; or None.

    Args:
        situation: a finding in the function.
        function: the coroutine function that would become a plain one.
        itself: the same, as the project knows it.
    """
    found = [
        *_looked_at_and_changed(situation, itself),
        *_changes_of_the_factory(situation.index, situation.home),
        *_updates_of_arguments(function),
    ]
    if not found:
        return None
    line, what = min(found)
    return reason("check-then-act-in-thread", f"`{what}` on line {line}")


def _looked_at_and_changed(situation: Situation, itself: Target) -> Iterator[tuple[int, str]]:
    """Variables of a module that a function first looks at and then changes in place."""
    for target in situation.graph.closure((itself,)):
        index = situation.resolver.file(target.function.path)
        looked: set[str] = set()
        scope = index.scopes[target.function.scope] if index else None
        for touch in touches(index, scope) if index and scope else ():
            if touch.kind in _LOOKS:
                looked.add(touch.place)
            elif touch.place in looked and not touch.place.startswith("self."):
                yield touch.line, touch.place


def _changes_of_the_factory(index: FileIndex, function: Scope) -> Iterator[tuple[int, str]]:
    """In-place changes of what the function around has: `items` of `create_app`."""
    outside = _names_around(index, function)
    for scope in scopes_of(index, function.number):
        for site in scope.sites:
            name = _changed(site)
            if name in outside and name not in function.bindings:
                yield site.place.line, name


def _names_around(index: FileIndex, function: Scope) -> set[str]:
    names: set[str] = set()
    number = function.parent
    while number >= 0:
        scope = index.scopes[number]
        if scope.kind is ScopeKind.FUNCTION:
            names.update(scope.bindings)
        number = scope.parent
    return names


def _changed(site: Site) -> str:
    """The name that the changed object starts with; empty where nothing is changed in place."""
    if site.use in (Use.CHANGE, Use.STORE):
        return root_name(site.term)
    func = site.term.func if isinstance(site.term, Call) else None
    mutates = isinstance(func, Attr) and func.name in MUTATORS
    return root_name(func) if mutates and func is not None else ""


def _updates_of_arguments(function: ast.AsyncFunctionDef) -> Iterator[tuple[int, str]]:
    """`request.app.state.count += 1`."""
    arguments = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    for node in ast.walk(function):
        if isinstance(node, ast.AugAssign) and not isinstance(node.target, ast.Name):
            root: ast.AST = node.target
            while isinstance(root, (ast.Attribute, ast.Subscript)):
                root = root.value
            if isinstance(root, ast.Name) and root.id in arguments:
                yield node.lineno, ast.unparse(node.target)
