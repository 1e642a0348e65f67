"""Whether something may be written between a query and a later read, so that the read would see other rows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.finding import Shape
from awaken.detect.orm.rows.managers import is_queryset, of_django
from awaken.detect.orm.rows.steps import READS
from awaken.plan.names_in_scope import COMPREHENSIONS
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Bound, Defined, Instance, Method
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.detect.blocking import Blocking
    from awaken.plan.situation import Situation

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
# They read, in the thread that they are run in.
_READERS = frozenset(("getattr", "hasattr", "list", "len", "bool", "str", "set", "tuple", "sorted"))


def written_between(situation: Situation, query: ast.Call) -> bool:
    """Whether other code may write to the database after a query and before the finding's read.

    While the coroutine waits for anything but the database, others run: what they write, a read that comes later sees.

    Args:
        situation: the read.
        query: the query, in the same coroutine.
    """
    return any(_may_write(situation, node) for node in _run_between(situation, query))


def _run_between(situation: Situation, query: ast.Call) -> Iterator[ast.AST]:
    """What may run after the query and before the read: the text between, and loops around the read alone."""
    read = situation.node
    start = (query.end_lineno or 0, query.end_col_offset or 0)
    end = (read.lineno, read.col_offset)
    loops = [loop for loop in situation.tree.ancestors(read) if _goes_round(loop, query)]
    around = {id(node) for loop in loops for node in ast.walk(loop)}
    for node in _own_nodes(situation.function()):
        standing = node.iter if isinstance(node, ast.comprehension) else node
        place = (getattr(standing, "lineno", 0), getattr(standing, "col_offset", 0))
        inside = id(node) in around and not _holds(node, query)
        if inside or start <= place < end:
            yield node


def _goes_round(loop: ast.AST, query: ast.Call) -> bool:
    """Whether a loop comes to the read again without coming to the query."""
    if isinstance(loop, COMPREHENSIONS):
        return True
    if not isinstance(loop, _LOOPS):
        return False
    always = (each for each in loop.body if isinstance(each, (ast.Assign, ast.AnnAssign, ast.Expr)))
    return not any(_holds(statement, query) for statement in always)


def _holds(node: ast.AST, query: ast.Call) -> bool:
    return any(inner is query for inner in ast.walk(node))


def _own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside of it."""
    for child in ast.iter_child_nodes(function):
        yield child
        if not isinstance(child, _FUNCTIONS):
            yield from _own_nodes(child)


def _may_write(situation: Situation, node: ast.AST) -> bool:
    if isinstance(node, (ast.AsyncWith, ast.Yield, ast.YieldFrom)):
        return True
    if isinstance(node, ast.Await):
        return not _only_asks(situation, node.value)
    if isinstance(node, ast.AsyncFor) or (isinstance(node, ast.comprehension) and node.is_async):
        return not _is_rows(situation, node.iter)
    return isinstance(node, ast.Call) and _call_writes(situation, node)


def _only_asks(situation: Situation, node: ast.expr) -> bool:
    """Whether awaiting something runs queries that read, and nothing else."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Call) and len(node.func.args) == 1:
        reader = node.func.args[0]
        return isinstance(reader, ast.Name) and reader.id in _READERS
    value = situation.callee(node)
    return isinstance(value, Method) and value.native and _reads(situation, value)


def _reads(situation: Situation, value: Method) -> bool:
    return of_django(situation.resolver, value) and value.entry.name in READS


def _is_rows(situation: Situation, node: ast.expr) -> bool:
    """Whether something gone through is a queryset, whose rows come in one query."""
    values = situation.values_of(node)
    found = [each for each in values if isinstance(each, Instance)]
    return len(found) == len(values) > 0 and all(
        is_queryset(situation.resolver, each.of) for each in found
    )


def _call_writes(situation: Situation, node: ast.Call) -> bool:
    """Whether a call that is not awaited writes, itself or through functions of the project."""
    value = situation.callee(node)
    if isinstance(value, Method) and value.entry.rule == "django":
        lazy = not value.entry.blocks
        return not (value.native or lazy or _reads(situation, value))
    if not isinstance(value, (Bound, Defined)):
        return False
    known = situation.calls.get(Place.of(node))
    if known is None:
        return True
    scope, site = known
    where = Where(situation.index.path, scope, *site.place[:2], site.suite)
    run = situation.graph.callees.of(site, where)
    return run is not None and any(
        not _leaf_reads(situation, leaf.blocking)
        for target in situation.graph.closure(run.targets)
        for leaf in situation.graph.body(target.function).leaves
    )


def _leaf_reads(situation: Situation, blocking: Blocking) -> bool:
    """Whether what blocks in a function of the project asks the database for something, and changes nothing."""
    if blocking.shape is not Shape.CALL:
        return blocking.entry.rule == "django"
    return isinstance(blocking.value, Method) and _reads(situation, blocking.value)
