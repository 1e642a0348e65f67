"""Transactions in a coroutine: the whole `with transaction.atomic():` becomes one function in Django's thread.

A transaction belongs to the connection, and the connection to the thread; `atomic` is synchronous in every Django
(reference: "Asynchronous support" and "Database transactions"). Nothing may be awaited before it ends.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.blocks.block import with_statement
from awaken.plan.blocks.carried_statements import waits
from awaken.plan.fix import Fix, Reason
from awaken.plan.offload import plan_hop
from awaken.plan.orm.transactions.decorated import NAME, plan_decorated
from awaken.plan.orm.transactions.djangos_thread import judgement_of
from awaken.plan.orm.transactions.plain_forms import plain_forms
from awaken.plan.orm.transactions.sync_function import plan_sync_function
from awaken.plan.reasons import reason
from awaken.plan.runners.runner_choice import django_runner_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.plan.situation import Situation


def plan_transaction(situation: Situation) -> Fix | Reason:
    """The fix for `transaction.atomic(...)` where it is entered.

    Args:
        situation: the finding: the call.
    """
    function = situation.tree.parent(situation.node)
    if isinstance(function, ast.AsyncFunctionDef):
        return plan_decorated(situation, function)
    statement = with_statement(situation)
    if statement is None:
        return reason("atomic-block")
    waiting = next((node for node in ast.walk(statement) if waits(node)), None)
    if waiting is None:
        return plan_sync_function(situation, [statement], lambda _: NAME, "the transaction")
    plain = plain_forms(situation, [statement])
    if plain is None:
        line = f"line {getattr(waiting, 'lineno', statement.lineno)}"
        return reason("atomic-around-await", line)
    what = "the transaction, with Django's plain methods,"
    option = plan_sync_function(situation, [statement], lambda _: NAME, what, plain)
    return option.but(reason("raises-today")) if isinstance(option, Fix) else option


def plan_on_commit(situation: Situation) -> Fix | Reason:
    """`transaction.on_commit(f)` where no transaction is open: Django calls `f` there and then, in its thread."""
    statement = situation.tree.statement(situation.node)
    judged = judgement_of(situation, [statement])
    if judged.refusal is not None:
        return judged.refusal
    option = next(plan_hop(situation, django_runner_for(situation)))
    return option.but(judged.difference) if isinstance(option, Fix) else option


def plan_by_hand(_: Situation) -> Reason:
    """`commit`, `rollback` and savepoints: whatever belongs together is for the project to say."""
    return reason("atomic-block")


TRANSACTIONS: dict[str, Callable[[Situation], Fix | Reason]] = {
    "django.db.transaction.atomic": plan_transaction,
    "django.db.transaction.on_commit": plan_on_commit,
    **{
        f"django.db.transaction.{name}": plan_by_hand
        for name in (
            *("commit", "get_autocommit", "rollback", "set_autocommit"),
            *("savepoint", "savepoint_commit", "savepoint_rollback"),
        )
    },
}
"""Planners by what is called."""
