"""Objects that a coroutine makes and never closes: an `async with` around what uses them closes the client."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.clients.callers import is_property
from awaken.plan.clients.closing import suite_of
from awaken.plan.clients.holders import Attribute, Variable
from awaken.plan.clients.scopes import DEFINITIONS, parameter_names
from awaken.plan.names_in_scope import own_nodes_of
from awaken.plan.reasons import reason
from awaken.plan.recipes import OpenedClient
from awaken.syntax.names import is_name
from awaken.syntax.positions import Place
from awaken.syntax.suites import place_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from awaken.plan.clients.converted import Converted
    from awaken.plan.clients.flow import Flow
    from awaken.plan.clients.scopes import Function
    from awaken.plan.fix import Reason
    from awaken.syntax.tree import Tree

_STORED = (
    ast.Assign,
    ast.AnnAssign,
    ast.NamedExpr,
    ast.withitem,
    ast.Return,
    ast.IfExp,
    ast.BoolOp,
)


def opened_clients(
    flow: Flow, converted: Converted
) -> dict[OpenedClient, Sequence[ast.stmt]] | Reason:
    """The assignments that become `async with` statements, each with what it encloses.

    Args:
        flow: the object.
        converted: what becomes of its uses.
    """
    tree = converted.scopes.tree
    read = [each for each in flow.given if _is_read(converted, each)]
    if read and not any(isinstance(each, Attribute) for each in flow.holders):
        return reason("client-never-closed", f"`{tree.source(read[0])}`")
    sources = [*flow.made, *(each for each in flow.given if each not in read)]
    if not all(isinstance(tree.parent(each), _STORED) for each in sources):
        return reason("client-never-closed")
    found: dict[OpenedClient, Sequence[ast.stmt]] = {}
    for holder in flow.holders:
        if isinstance(holder, Variable) and _is_left_open(flow, converted, holder, sources):
            opened = _opened(converted, holder, sources)
            if opened is None or not isinstance(holder.of, ast.AsyncFunctionDef):
                return reason("client-never-closed", f"`{holder.name}`")
            found.update(opened)
    return found


def _is_read(converted: Converted, node: ast.expr) -> bool:
    """Whether it is a property that is read: what gives it keeps it."""
    functions = (
        each for each in ast.walk(converted.scopes.tree.module) if isinstance(each, ast.FunctionDef)
    )
    names = {each.name for each in functions if is_property(each)}
    return isinstance(node, ast.Attribute) and node.attr in names


def _is_left_open(
    flow: Flow, converted: Converted, holder: Variable, sources: Sequence[ast.expr]
) -> bool:
    """Whether a variable of a function gets a new object that nothing closes, and nobody else gets."""
    scopes = converted.scopes
    if not isinstance(holder.of, DEFINITIONS) or holder.name in parameter_names(holder.of):
        return False
    names = list(scopes.names(holder.of, holder.name))
    gets = [scopes.tree.parent(each) for each in names if isinstance(each.ctx, ast.Store)]
    new = [each for each in gets if each is not None and _holds_any(each, sources)]
    if not new or all(isinstance(each, ast.withitem) for each in new):
        return False
    entered = {each.items[0].context_expr for each in flow.entered}
    closing = [
        call
        for call in converted.closed
        if isinstance(call.func, ast.Attribute) and call.func.value in names
    ]
    if any(each in entered or _is_handed_on(converted, each) for each in names):
        return False
    return not closing or _is_returned_from(converted, holder.of, names, closing)


def _is_returned_from(
    converted: Converted,
    function: Function,
    names: Sequence[ast.Name],
    closing: Sequence[ast.Call],
) -> bool:
    """Whether a `return` leaves the function while the object is open."""
    tree = converted.scopes.tree
    first = min((each.lineno, each.col_offset) for each in names)
    ends = {tree.statement(each) for each in closing}
    for node in own_nodes_of_all(function.body):
        if isinstance(node, ast.Return) and (node.lineno, node.col_offset) > first:
            suite = suite_of(tree, node)
            before = suite[: suite.index(node)]
            if not any(each in ends for each in before) and not _is_closed_finally(
                tree, node, ends
            ):
                return True
    return False


def own_nodes_of_all(statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of some statements, without those of functions inside."""
    for each in statements:
        yield from own_nodes_of(each)


def _is_closed_finally(tree: Tree, node: ast.stmt, ends: Container[ast.stmt]) -> bool:
    """Whether a `finally` around closes it, or what stands in front of the block does."""
    child: ast.AST = node
    for up in tree.ancestors(node):
        closes = any(
            each in ends for last in getattr(up, "finalbody", ()) for each in ast.walk(last)
        )
        if closes and child not in getattr(up, "finalbody", ()):
            return True
        if isinstance(up, ast.stmt) and not isinstance(up, DEFINITIONS):
            suite = suite_of(tree, up)
            if any(each in ends for each in suite[: suite.index(up)]):
                return True
        if isinstance(up, DEFINITIONS):
            return False
        child = up
    return False


def _holds_any(node: ast.AST, sources: Sequence[ast.expr]) -> bool:
    value = getattr(node, "value", None) or getattr(node, "context_expr", None)
    return value is not None and any(inner in sources for inner in ast.walk(value))


def _is_handed_on(converted: Converted, node: ast.Name) -> bool:
    """Whether something that outlives the function gets the object."""
    if not isinstance(node.ctx, ast.Load):
        return False
    parent = converted.scopes.tree.parent(node)
    if isinstance(parent, ast.Assign):
        return not all(map(converted.scopes.is_local, parent.targets))
    if isinstance(parent, ast.AnnAssign):
        return not converted.scopes.is_local(parent.target)
    return isinstance(parent, ast.Return)


def _opened(
    converted: Converted, holder: Variable, sources: Sequence[ast.expr]
) -> dict[OpenedClient, Sequence[ast.stmt]] | None:
    """The one assignment to the variable, and the statements behind it up to the last that uses it."""
    scopes = converted.scopes
    names = list(scopes.names(holder.of, holder.name))
    stores = [each for each in names if isinstance(each.ctx, ast.Store)]
    statement = scopes.tree.parent(stores[0])
    if len(stores) > 1 or not isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return None
    if statement.value not in sources or not _fills_its_lines(converted, statement):
        return None
    enclosed = _behind(converted, statement, holder.name)
    inside = {inner for each in enclosed for inner in ast.walk(each)}
    outside = [each for each in names if each not in inside and each not in stores]
    own = (inner for each in enclosed for inner in own_nodes_of(each))
    yields = any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in own)
    if not enclosed or outside or yields or statement.value is None:
        return None
    if not all(_fills_its_lines(converted, each) for each in enclosed):
        return None
    place = place_of(enclosed)
    return {OpenedClient(Place.of(statement.value), holder.name, place): enclosed}


def _behind(converted: Converted, statement: ast.stmt, name: str) -> Sequence[ast.stmt]:
    suite = suite_of(converted.scopes.tree, statement)
    behind = suite[suite.index(statement) + 1 :]
    using = [number for number, each in enumerate(behind) if _uses(each, name)]
    return behind[: using[-1] + 1] if using else []


def _uses(statement: ast.stmt, name: str) -> bool:
    return any(is_name(each, name) for each in ast.walk(statement))


def _fills_its_lines(converted: Converted, statement: ast.stmt) -> bool:
    """Whether nothing else stands on the lines of a statement."""
    tree = converted.scopes.tree
    start, end = tree.span(statement)
    before = tree.text[tree.offsets.line_start(start) : start].strip(" \t\f")
    rest = tree.text[end : tree.offsets.line_end(end)].strip()
    return not before and (not rest or rest.startswith("#"))
