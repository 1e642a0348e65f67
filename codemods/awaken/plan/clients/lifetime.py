"""How long an object lives: where it is closed, what happens behind that, and which loops may run what it does.

A session that is closed still works, one that is never closed lets its connections go with it, and any loop may use it.
A client does none of these.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.clients.closing import asks, is_repeated, may_be_used_behind
from awaken.plan.clients.constructions import objects_of_coroutines
from awaken.plan.clients.enclosed import Enclosed
from awaken.plan.clients.holders import Attribute, Variable
from awaken.plan.names_elsewhere import runs_one_loop
from awaken.plan.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.clients.converted import Converted
    from awaken.plan.clients.flow import Flow
    from awaken.plan.fix import Reason


def differences_in_life(flow: Flow, converted: Converted) -> Iterator[Reason]:
    """What would not be the same because a client lives otherwise.

    Args:
        flow: the object.
        converted: what becomes of its uses.
    """
    kept = [each for each in flow.holders if _is_kept(each, converted)]
    situation = converted.scopes.situation
    if kept and not _is_entered_and_left(flow, converted):
        if not all(_lives_in_coroutines(each, converted) for each in kept):
            yield reason("one-loop")
        if _is_made_for_an_attribute(flow, converted) and not converted.closed:
            yield reason("client-not-closed")
    elif _is_passed(flow) and not runs_one_loop(situation):
        yield reason("one-loop")
    if any(may_be_used_behind(flow, converted, call) for call in converted.closed):
        yield reason("used-when-closed")


def _is_kept(holder: object, converted: Converted) -> bool:
    """Whether the holder outlives the coroutine that made the object."""
    if isinstance(holder, Variable):
        return holder.of is converted.scopes.tree.module
    return isinstance(holder, Attribute)


def _lives_in_coroutines(holder: object, converted: Converted) -> bool:
    """Whether the objects that have it are variables of coroutines, which one loop runs."""
    if not isinstance(holder, Attribute):
        return False
    return objects_of_coroutines(converted.scopes, holder.of) is not None


def _is_made_for_an_attribute(flow: Flow, converted: Converted) -> bool:
    """Whether an attribute is the first to have it."""
    statements = (converted.scopes.tree.statement(each) for each in (*flow.made, *flow.given))
    return any(
        isinstance(target, ast.Attribute)
        for each in statements
        if isinstance(each, (ast.Assign, ast.AnnAssign))
        for target in (each.targets if isinstance(each, ast.Assign) else [each.target])
    )


def _is_passed(flow: Flow) -> bool:
    """Whether several functions have it."""
    return len({each.of for each in flow.holders if isinstance(each, Variable)}) > 1


def _is_entered_and_left(flow: Flow, converted: Converted) -> bool:
    """Whether it is made in `__aenter__` and closed in `__aexit__`: one loop runs an `async with`."""
    scopes = converted.scopes
    made = {getattr(scopes.around(each), "name", "") for each in flow.made}
    closed = {getattr(scopes.around(each), "name", "") for each in converted.closed}
    return made == {"__aenter__"} and closed == {"__aexit__"}


# -- entering


def cannot_enter(flow: Flow, converted: Converted) -> Reason | None:
    """Why `async with` would not do what `with` does, or None: a client is opened once, and not before."""
    scopes = converted.scopes
    for statement in flow.entered:
        entered = statement.items[0].context_expr
        if not scopes.in_coroutine(statement):
            return reason("client-in-sync-code", f"line {statement.lineno}")
        if isinstance(entered, ast.Attribute):
            return reason("client-entered-again")
        if isinstance(entered, ast.Name) and (
            len(flow.entered) > 1 or is_repeated(scopes.tree, statement, flow.made)
        ):
            return reason("client-entered-again")
    return None


def enclosed_by(flow: Flow, converted: Converted, opened: Sequence[Sequence[ast.stmt]]) -> bool:
    """Whether all that is done with the object is over where what encloses it is left.

    Args:
        flow: the object.
        converted: what becomes of its uses.
        opened: the statements that new `async with` statements enclose.
    """
    scopes = converted.scopes
    bodies = [*(each.body for each in flow.entered), *opened]
    inside = {node for body in bodies for each in body for node in ast.walk(each)}
    owners = {scopes.around(body[0]) for body in bodies}
    enclosed = Enclosed(scopes, inside, owners)
    return all(enclosed.holds(each) for each in flow.uses if asks(converted, each))
