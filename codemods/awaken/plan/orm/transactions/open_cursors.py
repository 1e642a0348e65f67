"""Cursors and connections that are kept in a variable: every statement that uses them becomes one function.

`cursor = connection.cursor()`, the queries, and `rows = cursor.fetchall()` are of use in one thread only, so they
go there together: from the first statement of a suite that mentions the cursor to the last one.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan.blocks.block import in_coroutine
from awaken.plan.fix import Fix, PlannedFinding
from awaken.plan.orm.transactions.connections import CURSOR, cursor_name
from awaken.plan.orm.transactions.djangos_thread import is_imported
from awaken.plan.orm.transactions.sync_function import plan_sync_function
from awaken.syntax.positions import Place, encloses
from awaken.syntax.suites import suites_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.situation import Situation


def join_cursors(
    situations: Sequence[Situation], planned: Sequence[PlannedFinding]
) -> list[PlannedFinding]:
    """Give the findings around each cursor that is kept in a variable the fix that they have in common.

    Args:
        situations: the findings of one file.
        planned: what would be done about each alone.
    """
    joined = list(planned)
    for number, situation in enumerate(situations):
        if situation.finding.call != CURSOR or joined[number].best is not None:
            continue
        block = _uses_of_cursor(situation)
        if not block:
            continue
        what = "the statement" if len(block) == 1 else f"{len(block)} statements"
        option = plan_sync_function(situation, block, cursor_name, what)
        if isinstance(option, Fix):
            for each in _findings_in(block, situations):
                joined[each] = _answered(joined[each], option)
        else:
            joined[number] = replace(joined[number], reason=option)
    return joined


def _answered(planned: PlannedFinding, fix: Fix) -> PlannedFinding:
    if fix.difference is None:
        return replace(planned, safe=fix, unsafe=None, reason=None)
    return replace(planned, safe=None, unsafe=fix, reason=fix.difference)


def _findings_in(block: Sequence[ast.stmt], situations: Sequence[Situation]) -> Iterator[int]:
    places = [Place.of(each) for each in block]
    for number, situation in enumerate(situations):
        if any(encloses(place, situation.finding.place) for place in places):
            yield number


def _uses_of_cursor(situation: Situation) -> Sequence[ast.stmt]:
    """The statements from the first one that mentions the cursor to the last one; none where some stand elsewhere."""
    first = situation.tree.statement(situation.node)
    names = _names_of(first, situation.node)
    connection = _kept_connection(situation)
    if connection is not None:
        first, names = connection, names | _names_of(connection, connection.value)
    if not names or not in_coroutine(situation, first):
        return ()
    mentions = _mentions(situation.function(), names)
    for up in (first, *situation.tree.ancestors(first)):
        if up is situation.function():
            break
        if isinstance(up, ast.stmt):
            block = _around(situation, up, mentions)
            if mentions == _mentions(ast.Module([*block], []), names):
                return block
    return ()


def _around(
    situation: Situation, statement: ast.stmt, mentions: set[ast.AST]
) -> Sequence[ast.stmt]:
    """The statements of the suite of one, from the first that mentions a cursor to the last."""
    suite = _suite_of(situation, statement)
    here = suite.index(statement)
    found = [n for n, each in enumerate(suite) if n == here or _holds(each, mentions)]
    return suite[found[0] : found[-1] + 1]


def _kept_connection(situation: Situation) -> ast.Assign | None:
    """`conn = connections["replica"]`, where the cursor is that of `conn`, which is set once."""
    func = situation.call.func
    of = func.value if isinstance(func, ast.Attribute) else func
    if not isinstance(of, ast.Name) or is_imported(situation, of):
        return None
    stores = [
        node
        for node in _mentions(situation.function(), frozenset((of.id,)))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    statement = situation.tree.statement(stores[0]) if len(stores) == 1 else None
    return statement if isinstance(statement, ast.Assign) else None


def _names_of(statement: ast.stmt, made: ast.expr) -> frozenset[str]:
    """The variable that is set to the cursor."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign) and statement.value is made:
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign) and statement.value is made:
        targets = [statement.target]
    names = [each.id for each in targets if isinstance(each, ast.Name)]
    return frozenset(names) if len(names) == len(targets) else frozenset()


def _suite_of(situation: Situation, statement: ast.stmt) -> list[ast.stmt]:
    parent = situation.tree.parent(statement)
    suites = suites_of(parent) if parent is not None else ()
    return next((suite for suite in suites if statement in suite), [statement])


def _mentions(node: ast.AST, names: frozenset[str]) -> set[ast.AST]:
    return {each for each in ast.walk(node) if isinstance(each, ast.Name) and each.id in names}


def _holds(statement: ast.stmt, nodes: set[ast.AST]) -> bool:
    return any(each in nodes for each in ast.walk(statement))
