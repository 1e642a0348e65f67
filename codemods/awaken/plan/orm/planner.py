"""Django's ORM in a coroutine: `a...` methods where this project has them, else `sync_to_async`.

Never a bare thread: connections opened in one are not closed, and test transactions do not reach it
(reference: Django's "Asynchronous support" topic, and `asgiref.sync.sync_to_async`).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.finding import Shape
from awaken.plan.await_position import await_position
from awaken.plan.call_text import comment_in_callee
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.offload import hop_whole, plan_hop
from awaken.plan.orm.first_uses.late_asking import asks_too_late
from awaken.plan.orm.first_uses.loading import plan_first_use
from awaken.plan.orm.native import has_native, means_the_same, takes_the_arguments
from awaken.plan.orm.querysets.rows import (
    plan_consumption,
    plan_index,
    plan_iteration,
    plan_membership,
    plan_truth,
)
from awaken.plan.orm.querysets.streams import plan_stream
from awaken.plan.orm.querysets.texts import plan_text
from awaken.plan.orm.relations.reading import read_in_thread
from awaken.plan.orm.transactions.atomic_blocks import TRANSACTIONS
from awaken.plan.orm.transactions.connections import CONNECTIONS
from awaken.plan.orm.transactions.row_locks import locks_rows
from awaken.plan.reasons import reason
from awaken.plan.recipes import AwaitMember, HopExpression, Recipe, SwapCall
from awaken.plan.runners.runner_choice import django_runner_for
from awaken.plan.views.template_response import as_template_response
from awaken.resolve.values import External
from awaken.syntax.names import is_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_CACHES = "django.core.cache."


def plan_django(situation: Situation) -> Iterator[Fix | Reason]:
    """The native form, else one call through `sync_to_async`."""
    if situation.finding.shape is Shape.LOAD:
        yield from plan_first_use(situation)
        return
    planner = _BY_NAME.get(situation.finding.call) or _BY_SHAPE.get(situation.finding.shape)
    if planner is None:
        yield reason("context-manager")
    else:
        yield planner(situation)
        if locks_rows(situation):
            yield reason("lock-outside-transaction")


def in_djangos_thread(situation: Situation) -> list[Fix | Reason]:
    """The same call in the thread that Django's connections belong to."""
    if situation.finding.shape is Shape.RELATION:
        return [read_in_thread(situation)]
    return list(plan_hop(situation, django_runner_for(situation)))


def _plan_call(situation: Situation) -> Fix | Reason:
    rendered = as_template_response(situation)
    if rendered is not None:
        return rendered
    entry = situation.finding.entry
    native = entry.native
    func = situation.call.func
    # A method under another name (`find = Book.objects.get`) has no name to change.
    renamed = isinstance(func, ast.Attribute) and func.attr == entry.name
    followed = renamed or isinstance(situation.finding.value, External)
    if asks_too_late(situation):
        return reason("asked-too-late")
    fits = native is not None and takes_the_arguments(native, situation.call)
    if native is None or not (
        followed and fits and has_native(situation) and means_the_same(situation)
    ):
        return in_djangos_thread(situation)[0]
    position = await_position(situation, situation.node)
    if position.refusal is not None:
        return position.refusal
    target = situation.target(generator=position.generator)
    recipe: Recipe = AwaitMember(target, native.name)
    if isinstance(situation.finding.value, External):
        if comment_in_callee(situation.tree, situation.call):
            return reason("comment-in-call")
        recipe = SwapCall(target, native.name)
    return Fix(Strategy.NATIVE, f"await `{native.name}`", recipe)


def _plan_property(situation: Situation) -> Fix | Reason:
    """`paginator.count`, read in the thread."""
    if not is_path(situation.node):
        return reason("unproven-callee")  # what gives the object may not run there
    position = await_position(situation, situation.node)
    if position.refusal is not None:
        return position.refusal
    runner = django_runner_for(situation)
    name = situation.finding.entry.name
    recipe = HopExpression(situation.target(generator=position.generator), runner)
    return Fix(Strategy.THREAD, f"read `{name}` through `{runner.shown}`", recipe)


_BY_NAME = {**TRANSACTIONS, **CONNECTIONS}


def _plan_search(situation: Situation) -> Fix | Reason:
    """`x in rows`, `key in cache`."""
    compare = situation.tree.parent(situation.node)
    if not situation.finding.call.startswith(_CACHES) or not isinstance(compare, ast.Compare):
        return plan_membership(situation)
    return hop_whole(situation, django_runner_for(situation), compare, materialise=False)


_BY_SHAPE = {
    Shape.CALL: _plan_call,
    Shape.ITERATE: plan_iteration,
    Shape.CONSUME: plan_consumption,
    Shape.TRUTH: plan_truth,
    Shape.CONTAINS: _plan_search,
    Shape.INDEX: plan_index,
    Shape.PROPERTY: _plan_property,
    Shape.RELATION: read_in_thread,
    Shape.TEXT: plan_text,
    Shape.STREAM: plan_stream,
}
