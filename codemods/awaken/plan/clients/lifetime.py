"""How long an object lives: where it is closed, what happens behind that, and which loops may run what it does.

A session that is closed still works, one that is never closed lets its connections go with it, and any loop may use it.
A client does none of these.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.clients.enclosed import Enclosed
from awaken.plan.clients.holders import Attribute, Variable
from awaken.plan.names_elsewhere import runs_one_loop
from awaken.plan.names_in_scope import FUNCTIONS, TRIES
from awaken.plan.reasons import reason
from awaken.syntax.suites import suites_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.clients.converted import Converted
    from awaken.plan.clients.flow import Flow
    from awaken.plan.fix import Reason

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def differences_in_life(flow: Flow, converted: Converted) -> Iterator[Reason]:
    """What would not be the same because a client lives otherwise.

    Args:
        flow: the object.
        converted: what becomes of its uses.
    """
    kept = [each for each in flow.holders if _is_kept(each, converted)]
    situation = converted.scopes.situation
    if kept and not _is_entered_and_left(flow, converted):
        yield reason("one-loop")
        if any(isinstance(each, Attribute) for each in kept) and not converted.closed:
            yield reason("client-not-closed")
    elif _is_passed(flow) and not runs_one_loop(situation):
        yield reason("one-loop")
    if any(_may_be_used_behind(flow, converted, call) for call in converted.closed):
        yield reason("used-when-closed")


def _is_kept(holder: object, converted: Converted) -> bool:
    """Whether the holder outlives the coroutine that made the object."""
    if isinstance(holder, Variable):
        return holder.of is converted.scopes.tree.module
    return isinstance(holder, Attribute)


def _is_passed(flow: Flow) -> bool:
    """Whether several functions have it."""
    return len({each.of for each in flow.holders if isinstance(each, Variable)}) > 1


def _is_entered_and_left(flow: Flow, converted: Converted) -> bool:
    """Whether it is made in `__aenter__` and closed in `__aexit__`: one loop runs an `async with`."""
    scopes = converted.scopes
    made = {getattr(scopes.around(each), "name", "") for each in flow.made}
    closed = {getattr(scopes.around(each), "name", "") for each in converted.closed}
    return made == {"__aenter__"} and closed == {"__aexit__"}


# -- closing


def _may_be_used_behind(flow: Flow, converted: Converted, call: ast.Call) -> bool:
    """Whether something may still be asked of the object when the call has closed it."""
    scopes = converted.scopes
    function = scopes.around(call)
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    if getattr(function, "name", "") == "__aexit__" or _is_forgotten(converted, call, receiver):
        return False
    asking = [each for each in flow.uses if _asks(converted, each)]
    others = [each for each in asking if scopes.around(each) is not function]
    if others and (function is None or not _are_over(converted, call, function, others)):
        return True
    statement = scopes.tree.statement(call)
    behind = [each for each in asking if _is_behind(each, statement)]
    leaving = _leaves_behind(converted, call)
    if leaving is not None:
        last = set(ast.walk(leaving))
        return any(each in last for each in behind)
    return _is_repeated(flow, converted, call) or bool(behind)


def _are_over(
    converted: Converted, call: ast.Call, function: ast.AST, others: Sequence[ast.expr]
) -> bool:
    """Whether what other functions do with the object is over before the call closes it."""
    end = (call.lineno, call.col_offset)
    before = {
        node
        for node in ast.walk(function)
        if isinstance(node, ast.expr) and (node.lineno, node.col_offset) < end
    }
    enclosed = Enclosed(converted.scopes, before, {function})
    return all(map(enclosed.holds, others))


def _is_forgotten(converted: Converted, call: ast.Call, receiver: ast.expr) -> bool:
    """Whether what held it is set to None right behind."""
    following = _next_statement(converted, call)
    return (
        isinstance(following, ast.Assign)
        and isinstance(following.value, ast.Constant)
        and following.value.value is None
        and [ast.unparse(each) for each in following.targets] == [ast.unparse(receiver)]
    )


def _leaves_behind(converted: Converted, call: ast.Call) -> ast.stmt | None:
    """The `return` or `raise` behind a call that leaves the function, with no `try` around that goes on."""
    following = _next_statement(converted, call)
    if not isinstance(following, (ast.Return, ast.Raise)):
        return None
    for up in converted.scopes.tree.ancestors(following):
        if isinstance(up, FUNCTIONS):
            return following
        goes_on = isinstance(up, TRIES) and (up.finalbody or isinstance(following, ast.Raise))
        if goes_on or isinstance(up, (ast.With, ast.AsyncWith)):
            return None
    return None


def _next_statement(converted: Converted, node: ast.AST) -> ast.stmt | None:
    suite = suite_of(converted, converted.scopes.tree.statement(node))
    statement = converted.scopes.tree.statement(node)
    behind = suite[suite.index(statement) + 1 :] if statement in suite else []
    return behind[0] if behind else None


def _is_repeated(flow: Flow, converted: Converted, node: ast.AST) -> bool:
    """Whether a loop comes back to a node without making the object anew."""
    loops = [up for up in converted.scopes.tree.ancestors(node) if isinstance(up, _LOOPS)]
    made = {up for each in flow.made for up in converted.scopes.tree.ancestors(each)}
    return any(loop not in made for loop in loops)


def _is_behind(node: ast.expr, statement: ast.stmt) -> bool:
    end = (statement.end_lineno or statement.lineno, statement.end_col_offset or 0)
    return (node.lineno, node.col_offset) > end


def suite_of(converted: Converted, statement: ast.stmt) -> Sequence[ast.stmt]:
    """The block that a statement stands in."""
    parent = converted.scopes.tree.parent(statement)
    suites = suites_of(parent) if parent is not None else ()
    return next((suite for suite in suites if statement in suite), [statement])


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
            len(flow.entered) > 1 or _is_repeated(flow, converted, statement)
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
    return all(enclosed.holds(each) for each in flow.uses if _asks(converted, each))


def _asks(converted: Converted, node: ast.expr) -> bool:
    """Whether a use makes a request."""
    member = converted.scopes.tree.parent(node)
    return any(call.func is member for call in converted.own)
