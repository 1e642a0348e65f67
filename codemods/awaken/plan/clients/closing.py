"""Where an object is closed, and whether something may be asked of it behind: a session answers, a client does not."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.clients.constructions import comes_to_its_end, objects_of_coroutines
from awaken.plan.clients.enclosed import Enclosed
from awaken.plan.clients.holders import Attribute
from awaken.plan.names_in_scope import FUNCTIONS, TRIES
from awaken.syntax.suites import suites_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from awaken.plan.clients.constructions import Local
    from awaken.plan.clients.converted import Converted
    from awaken.plan.clients.flow import Flow
    from awaken.syntax.tree import Tree

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def may_be_used_behind(flow: Flow, converted: Converted, call: ast.Call) -> bool:
    """Whether something may still be asked of the object when a call has closed it.

    Args:
        flow: the object.
        converted: what becomes of its uses.
        call: the call.
    """
    scopes = converted.scopes
    function = scopes.around(call)
    if _is_forgotten(scopes.tree, call):
        return False
    if getattr(function, "name", "") == "__aexit__":
        return _is_left_early(flow, converted)
    asking = [each for each in flow.uses if asks(converted, each)]
    others = [each for each in asking if scopes.around(each) is not function]
    if others and (function is None or not _are_over(converted, call, function, others)):
        return not _closes_last(flow, converted, function)
    here = [each for each in asking if scopes.around(each) is function]
    return _comes_back(scopes.tree, call, flow.made, here)


def asks(converted: Converted, node: ast.expr) -> bool:
    """Whether a use makes a request."""
    member = converted.scopes.tree.parent(node)
    return any(call.func is member for call in converted.own)


def is_repeated(tree: Tree, node: ast.AST, made: Iterable[ast.AST]) -> bool:
    """Whether a loop comes back to a node without making the object anew."""
    loops = [up for up in tree.ancestors(node) if isinstance(up, _LOOPS)]
    around = {up for each in made for up in tree.ancestors(each)}
    return any(loop not in around for loop in loops)


def suite_of(tree: Tree, statement: ast.stmt) -> Sequence[ast.stmt]:
    """The block that a statement stands in."""
    parent = tree.parent(statement)
    suites = suites_of(parent) if parent is not None else ()
    return next((suite for suite in suites if statement in suite), [statement])


def _comes_back(
    tree: Tree, call: ast.Call, made: Iterable[ast.AST], uses: Sequence[ast.expr]
) -> bool:
    """Whether the function of a call may come to one of some uses behind it."""
    statement = tree.statement(call)
    behind = [each for each in uses if _is_behind(each, statement)]
    leaving = _leaves_behind(tree, call)
    if leaving is not None:
        last = set(ast.walk(leaving))
        return any(each in last for each in behind)
    return is_repeated(tree, call, made) or bool(behind)


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


def _is_forgotten(tree: Tree, call: ast.Call) -> bool:
    """Whether the variable that held it is set to None right behind; an attribute other tasks see in between."""
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    following = _next_statement(tree, call)
    return (
        isinstance(receiver, ast.Name)
        and isinstance(following, ast.Assign)
        and isinstance(following.value, ast.Constant)
        and following.value.value is None
        and [ast.unparse(each) for each in following.targets] == [receiver.id]
    )


def _leaves_behind(tree: Tree, call: ast.Call) -> ast.stmt | None:
    """The `return` or `raise` behind a call that leaves the function, with no `try` around that goes on."""
    following = _next_statement(tree, call)
    if not isinstance(following, (ast.Return, ast.Raise)):
        return None
    for up in tree.ancestors(following):
        if isinstance(up, FUNCTIONS):
            return following
        goes_on = isinstance(up, TRIES) and (up.finalbody or isinstance(following, ast.Raise))
        if goes_on or isinstance(up, (ast.With, ast.AsyncWith)):
            return None
    return None


def _next_statement(tree: Tree, node: ast.AST) -> ast.stmt | None:
    statement = tree.statement(node)
    suite = suite_of(tree, statement)
    behind = suite[suite.index(statement) + 1 :]
    return behind[0] if behind else None


def _is_behind(node: ast.expr, statement: ast.stmt) -> bool:
    end = (statement.end_lineno or statement.lineno, statement.end_col_offset or 0)
    return (node.lineno, node.col_offset) > end


# -- methods that close


def _is_left_early(flow: Flow, converted: Converted) -> bool:
    """Whether an `async with` of an object that has it is seen to end before all that was begun in it."""
    kept = [each for each in flow.holders if isinstance(each, Attribute)]
    made = objects_of_coroutines(converted.scopes, kept[0].of) if len(kept) == 1 else None
    return any(not comes_to_its_end(each.scopes, use) for each in made or () for use in each.uses)


def _closes_last(flow: Flow, converted: Converted, function: ast.AST | None) -> bool:
    """Whether a method that closes an attribute is called last on every object that has it."""
    kept = [each for each in flow.holders if isinstance(each, Attribute)]
    name = getattr(function, "name", "")
    if len(kept) != 1 or not name:
        return False
    made = objects_of_coroutines(converted.scopes, kept[0].of)
    inside = any(
        isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.value, ast.Name)
        for owner in converted.scopes.nodes.classes
        for node in ast.walk(owner)
    )
    return bool(made) and not inside and all(_is_last(each, name) for each in made or ())


def _is_last(made: Local, name: str) -> bool:
    """Whether nothing is done with an object behind the call of a method."""
    tree = made.scopes.tree
    closing = [each for each in made.uses if getattr(tree.parent(each), "attr", "") == name]
    others = [each for each in made.uses if each not in closing]
    for each in closing:
        call = next((up for up in tree.ancestors(each) if isinstance(up, ast.Call)), None)
        if call is None or not isinstance(tree.parent(call), ast.Await):
            return False
        if _comes_back(tree, call, [made.made], others):
            return False
    return all(comes_to_its_end(made.scopes, each) for each in others)
