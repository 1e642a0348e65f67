"""A queryset that is only asked whether it has rows, or how many: the database can tell without sending them.

`exists()` and `count()` say what `bool()` and `len()` say of the same query (reference: Django's QuerySet API). They
keep nothing, so a queryset that is used again stays with the thread, which leaves it with its rows.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.await_position import await_position
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.names_in_scope import COMPREHENSIONS
from awaken.plan.orm.native import has_async_iteration
from awaken.plan.orm.querysets.chains import chain_of, only_value
from awaken.plan.orm.querysets.ordering import repeats_no_row
from awaken.plan.recipes import AskAsync

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.orm.querysets.chains import Chain
    from awaken.plan.situation import Situation

_LOOPS = (ast.For, ast.AsyncFor, ast.While, *COMPREHENSIONS)
_NARROWING = ("all", "exclude", "filter", "none", "using")
# What is said about columns, order and further tables leaves the question whether there are rows alone.
_ASIDE = (
    *("defer", "distinct", "only", "order_by", "prefetch_related", "reverse", "select_related"),
)
_COLUMNS = ("values", "values_list")
# These make a query of their own, whether the rows are there or not.
_INDEPENDENT = frozenset(
    (
        *(*_NARROWING, *_ASIDE, *_COLUMNS, "alias", "annotate"),
        *("get", "aget", "update", "aupdate", "delete", "adelete"),
    )
)
_ASKED = {"__bool__": "aexists", "__len__": "acount"}


def plan_question(situation: Situation, rows: ast.expr) -> Fix | Reason | None:
    """`await qs.aexists()` for `if qs`, `await qs.acount()` for `len(qs)`; None where that is not the same.

    Args:
        situation: the finding.
        rows: the queryset.
    """
    member = _ASKED[situation.finding.call.rpartition(".")[2]]
    chain = chain_of(situation, _origin(situation, rows))
    if chain is None or not has_async_iteration(situation) or not _is_answered(chain):
        return None
    if member == "acount" and not _keeps_number(situation, chain):
        return None
    position = await_position(situation, situation.node)
    if position.refusal is not None:
        return position.refusal
    wrapped = rows is not situation.node
    if wrapped and not _stands_alone(situation, rows):
        return None
    recipe = AskAsync(situation.target(generator=position.generator), member, wrapped)
    return Fix(Strategy.NATIVE, f"await `{member}`", recipe)


def _stands_alone(situation: Situation, rows: ast.expr) -> bool:
    """Whether a builtin's call is its name and the queryset, on its lines, without more parentheses."""
    call = situation.call
    source = situation.tree.source(call)
    around = source.replace(situation.tree.source(rows), "", 1)
    return around.count("(") == 1 and not {"#", "\n", "\r"} & set(around)


def _is_answered(chain: Chain) -> bool:
    """Whether the database's answer is the one that the rows would give."""
    columns = [each for name in _COLUMNS for each in chain.arguments(name)]
    plain = all(isinstance(each, ast.Constant) for each in columns)
    return plain and chain.names <= {*_NARROWING, *_ASIDE, *_COLUMNS}


def _keeps_number(situation: Situation, chain: Chain) -> bool:
    """Whether there are as many rows without the order, which `count()` leaves out with the tables it needs."""
    distinct = "distinct" in chain.names
    # `DISTINCT` looks at the columns of the order as well.
    by_columns = any(chain.arguments("distinct")) or bool(chain.names & set(_COLUMNS))
    return not (distinct and by_columns) and repeats_no_row(situation, chain)


def _origin(situation: Situation, rows: ast.expr) -> ast.expr:
    """What a name stands for, where this is the only use of it; else the expression itself."""
    value = only_value(situation, rows) if isinstance(rows, ast.Name) else None
    if value is None or not isinstance(rows, ast.Name):
        return rows
    others = (
        node
        for node in ast.walk(situation.function())
        if isinstance(node, ast.Name) and node.id == rows.id and node is not rows
    )
    once = _loops(situation, rows) == _loops(situation, situation.tree.statement(value))
    anew = all(_asks_anew(situation, node) for node in others if _is_load(node))
    return value if once and anew else rows


def _is_load(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def _loops(situation: Situation, node: ast.AST) -> list[ast.AST]:
    return [up for up in _around(situation, node) if isinstance(up, _LOOPS)]


def _around(situation: Situation, node: ast.AST) -> Iterator[ast.AST]:
    """What stands around a node, up to its function; a comprehension is a loop, too."""
    for up in situation.tree.ancestors(node):
        if isinstance(up, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield up
            return
        yield up


def _asks_anew(situation: Situation, node: ast.AST) -> bool:
    """Whether another use of the queryset asks the database in any case."""
    member = situation.tree.parent(node)
    call = situation.tree.parent(member) if member is not None else None
    return (
        isinstance(member, ast.Attribute)
        and member.attr in _INDEPENDENT
        and isinstance(call, ast.Call)
        and call.func is member
    )
