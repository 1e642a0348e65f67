"""Connections and cursors in a coroutine: they are of use in the thread that looks them up, and nowhere else.

`django.db.connection` gives each thread a connection of its own; Django checks it, and raises DatabaseError where a
cursor, or a method that was looked up before the hop, is used in another one.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.await_position import await_position
from awaken.plan.blocks.block import with_statement
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.orm.transactions.djangos_thread import is_imported
from awaken.plan.orm.transactions.sync_function import plan_sync_function
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopExpression
from awaken.plan.runners.runner_choice import django_runner_for
from awaken.syntax.names import is_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from awaken.plan.situation import Situation

CURSOR = "django.db.backends.base.base.BaseDatabaseWrapper.cursor"
_CONNECTION = "django.db.backends.base.base.BaseDatabaseWrapper"


def plan_cursor(situation: Situation) -> Fix | Reason:
    """`with connection.cursor() as cursor:` as one function; what is not in a `with` needs a stretch of statements."""
    statement = with_statement(situation)
    if statement is None:
        return reason("open-handle")
    return plan_sync_function(situation, [statement], cursor_name, "the `with` block")


def cursor_name(results: Sequence[str]) -> str:
    """`_query_rows`: for a function that gives back rows, or whatever is made of them."""
    return f"_query_{results[0].strip('_')}" if results else "_with_cursor"


def plan_method(situation: Situation) -> Fix | Reason:
    """`connection.close()` to `await sync_to_async(lambda: connection.close())()`: looked up in the thread, too."""
    call = situation.call
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    if call.args or call.keywords or not _is_looked_up(situation, receiver):
        return reason("thread-affine")
    position = await_position(situation, call)
    if position.refusal is not None:
        return position.refusal
    runner = django_runner_for(situation)
    recipe = HopExpression(situation.target(generator=position.generator), runner)
    return Fix(Strategy.THREAD, f"run the whole call through `{runner.shown}`", recipe)


def _is_looked_up(situation: Situation, node: ast.expr) -> bool:
    """Whether an expression looks a connection up: `connection`, `connections["replica"]`, `db.connection`."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and _is_looked_up(situation, node.value)
    named = isinstance(node, (ast.Name, ast.Attribute)) and is_path(node)
    return named and is_imported(situation, node)


CONNECTIONS: dict[str, Callable[[Situation], Fix | Reason]] = {
    CURSOR: plan_cursor,
    **{
        f"{_CONNECTION}.{name}": plan_method
        for name in ("close", "commit", "connect", "ensure_connection", "rollback")
    },
}
"""Planners by what is called."""
