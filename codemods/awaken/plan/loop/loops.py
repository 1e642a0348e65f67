"""Which loop an expression of a coroutine stands for: the one that runs, or one that was made there."""

from __future__ import annotations

import ast
from enum import Enum
from typing import TYPE_CHECKING

from awaken.index.expressions import plain_term
from awaken.index.terms import Call, Declared, Entered
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Mapping

    from awaken.index.summary import Binding
    from awaken.index.terms import Term
    from awaken.plan.situation import Situation


class Made(Enum):
    """Where a loop, or what runs one, comes from."""

    RUNNING = "running"
    """It is the loop that runs the coroutine."""
    NEW = "new"
    """It was made in the coroutine, and does not run."""
    RUNNER = "runner"
    """An `asyncio.Runner` that was made there."""


_MAKERS: Mapping[str, Made] = {
    "asyncio.Runner": Made.RUNNER,
    "asyncio.get_event_loop": Made.RUNNING,
    "asyncio.get_running_loop": Made.RUNNING,
    "asyncio.new_event_loop": Made.NEW,
    "uvloop.new_event_loop": Made.NEW,
}


def loop_of(situation: Situation, node: ast.expr) -> Made | None:
    """Which loop an expression stands for; None where that cannot be told."""
    if isinstance(node, ast.Name):
        bindings = situation.home.bindings.get(node.id, ())
        if situation.scope is not situation.home and node.id in situation.scope.bindings:
            return None
        found = {_bound(situation, each) for each in bindings}
        return found.pop() if len(found) == 1 else None
    return made_by(situation, plain_term(node), situation.where)


def _bound(situation: Situation, binding: Binding) -> Made | None:
    here = binding.scope == situation.home.number
    at = Where(situation.index.path, binding.scope, binding.line, binding.column, binding.within)
    term = binding.term
    if isinstance(term, Entered):
        term = term.base
    elif isinstance(term, Declared):
        term = term.value
    return made_by(situation, term, at) if here else None


def made_by(situation: Situation, term: Term, where: Where) -> Made | None:
    """What a call without arguments makes: `asyncio.new_event_loop()`."""
    if not isinstance(term, Call) or term.args or term.keywords:
        return None
    kinds = {
        _MAKERS.get(value.name) if isinstance(value, External) else None
        for value in situation.resolver.values(term.func, where)
    }
    return kinds.pop() if len(kinds) == 1 else None


def mentions(node: ast.AST, name: str) -> bool:
    """Whether a name is read anywhere in an expression."""
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))
