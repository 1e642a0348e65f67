"""A queryset that is evaluated by a protocol: iterated, collected, tested, searched, indexed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.blocking import ROWS, consumed_rows
from awaken.index.expressions import plain_term
from awaken.plan.await_position import (
    NESTED_ASYNC_COMPREHENSION,
    await_position,
    generator_position,
)
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.offload import hop_call
from awaken.plan.orm.native import has_async_iteration, has_native
from awaken.plan.orm.querysets.asked_once import plan_question
from awaken.plan.orm.querysets.iterators import leaves_some
from awaken.plan.orm.querysets.operands import plan_operand
from awaken.plan.orm.querysets.results import may_be_a_list, row_name
from awaken.plan.orm.querysets.streams import plan_streamed_expression
from awaken.plan.orm.querysets.texts import plan_logged
from awaken.plan.orm.transactions.quiet_loops import is_quiet
from awaken.plan.reasons import reason
from awaken.plan.recipes import ApplyAsync, CollectAsync, IterateAsync, SliceAsync
from awaken.plan.runners.runner_choice import django_runner_for
from awaken.resolve.values import External

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_ITERATION = "__iter__"
_CHAIN = ".chain().__iter__"
# What a list would not be copied, or shown, as.
_WHOLE = frozenset(("__getstate__", "__repr__"))
# What these give is also what they give in a thread; the queryset keeps the rows.
_APPLIED = frozenset(("len", "bool", "list"))
# What goes through the rows of a queryset without being one.
_PAGES = ("django.core.paginator.Page().", "django.forms.models.BaseModelFormSet.")
_QUESTIONS = frozenset(("len", "bool"))
_TESTS = (ast.If, ast.While, ast.Assert, ast.IfExp)


def plan_iteration(situation: Situation) -> Fix | Reason:
    """`for`, a comprehension, `*qs`, or unpacking."""
    node = situation.node
    parent = situation.tree.parent(node)
    if not _is_rows(situation):
        return reason("thread-affine")
    if _is_iterator(situation) and leaves_some(situation, node):
        return reason("lazy-result", "it is gone through elsewhere, too")
    if not isinstance(parent, (ast.For, ast.comprehension)) or parent.iter is not node:
        return _plan_unpacking(situation)
    streamed = plan_streamed_expression(situation)
    if streamed is not None:
        return streamed
    position = (
        await_position(situation, node)
        if isinstance(parent, ast.For)
        else generator_position(situation, node)
    )
    if position.refusal is None and _iterates_natively(situation):
        member = _renamed(situation)
        recipe = IterateAsync(situation.target(generator=position.generator), member)
        return Fix(Strategy.NATIVE, "iterate with `async for`", recipe)
    # The outermost iterable is evaluated before the generator starts: it can be awaited there.
    option = _apply(situation, "list", node)
    early = situation.finding.call.endswith(_CHAIN) and not is_quiet(situation, parent)
    return option.but(reason("asked-early")) if isinstance(option, Fix) and early else option


def plan_consumption(situation: Situation) -> Fix | Reason:
    """`list(qs)`, `zip(a, qs)`, `len(qs)` and the like."""
    if not _is_rows(situation):
        return reason("thread-affine")
    protocol = situation.finding.call.rpartition(".")[2]
    call = situation.call
    rows = _consumed(situation)
    logged = plan_logged(situation, rows[0]) if len(rows) == 1 else None
    if logged is not None:
        return logged
    if len(rows) > 1 or protocol in _WHOLE:
        # One hop for all of them: the iterators that come out of it go through rows that are there.
        return hop_call(situation, django_runner_for(situation))
    argument = rows[0] if rows else call.args[0]
    if _is_iterator(situation) and leaves_some(situation, argument):
        return reason("lazy-result", "it is gone through elsewhere, too")
    name = situation.value_of(call.func)
    builtin = name.name.removeprefix("builtins.") if isinstance(name, External) else ""
    simple = len(call.args) == 1 and isinstance(call.func, ast.Name) and not call.keywords
    if protocol == _ITERATION and _is_async_iterable(situation, argument):
        whole = simple and builtin in ("list", "set")
        collected = _collect(situation, call if whole else argument, argument)
        if isinstance(collected, Fix):
            return collected
    if builtin in _QUESTIONS and simple and (asked := plan_question(situation, argument)):
        return asked
    if builtin in _APPLIED and simple:
        return _apply(situation, builtin, call)
    return _apply(situation, "list", argument)


def _consumed(situation: Situation) -> list[ast.expr]:
    """The arguments that are querysets and are gone through, in their order."""
    call = situation.call
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    called = situation.value_of(call.func)
    found = consumed_rows(situation.resolver, plain_term(call), called, situation.where)
    return [
        call.args[each.place] if isinstance(each.place, int) else named[each.place]
        for each in found
    ]


def plan_truth(situation: Situation) -> Fix | Reason:
    """`if qs`: evaluated in the thread, after which the queryset keeps its rows."""
    if not _only_its_truth_counts(situation):
        return plan_operand(situation)
    return plan_question(situation, situation.node) or _apply(situation, "bool", situation.node)


def plan_membership(situation: Situation) -> Fix | Reason:
    """`x in qs`: the rows are compared one by one, as before."""
    if not _is_rows(situation):
        return reason("not-known")
    return _apply(situation, "list", situation.node)


def plan_index(situation: Situation) -> Fix | Reason:
    """`qs[0]`: the same exceptions, and no query where the rows are there already."""
    node = situation.node
    if not isinstance(node, ast.Subscript) or isinstance(node.slice, ast.Tuple):
        return reason("not-known")
    if not isinstance(node.slice, ast.Slice):
        return _apply(situation, "__getitem__", node)
    if "#" in situation.tree.source(node):
        return reason("comment-in-call")
    position = await_position(situation, node)
    if position.refusal is not None:
        return position.refusal
    runner = django_runner_for(situation)
    recipe = SliceAsync(situation.target(generator=position.generator), runner)
    return Fix(Strategy.THREAD, f"take the slice through `{runner.shown}`", recipe)


def _plan_unpacking(situation: Situation) -> Fix | Reason:
    if _is_async_iterable(situation, situation.node):
        collected = _collect(situation, situation.node, situation.node)
        if isinstance(collected, Fix):
            return collected
    return _apply(situation, "list", situation.node)


def _collect(situation: Situation, node: ast.expr, rows: ast.expr) -> Fix | Reason:
    """An async comprehension in place of `node`."""
    position = await_position(situation, node)
    if position.refusal is not None:
        return position.refusal
    if _is_nested(situation, node):
        return reason("nested-comprehension")
    target = situation.target(node, position.generator)
    recipe = CollectAsync(target, row_name(situation, rows))
    return Fix(Strategy.NATIVE, "collect with an async comprehension", recipe)


def _is_nested(situation: Situation, node: ast.expr) -> bool:
    """Whether this Python refuses an async comprehension here, because it stands in another one."""
    if situation.settings.target_python >= NESTED_ASYNC_COMPREHENSION:
        return False
    up = situation.tree.parent(node)
    while isinstance(up, (ast.expr, ast.comprehension, ast.keyword)):
        if isinstance(
            up, (ast.comprehension, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
        ):
            return True
        up = situation.tree.parent(up)
    return False


def _apply(situation: Situation, function: str, node: ast.expr) -> Fix | Reason:
    position = await_position(situation, node)
    if position.refusal is not None:
        return position.refusal
    target = situation.target(node, position.generator)
    runner = django_runner_for(situation)
    description = f"run `{function}` through `{runner.shown}`"
    return Fix(Strategy.THREAD, description, ApplyAsync(target, runner, function))


def _is_rows(situation: Situation) -> bool:
    """Whether the value is a queryset or an iterator over one, and no cursor or session."""
    return situation.finding.call.startswith((ROWS, *_PAGES))


def _iterates_natively(situation: Situation) -> bool:
    if not has_native(situation) or may_be_a_list(situation, situation.node):
        return False
    return not _is_iterator(situation) or _renamed(situation) is not None


def _is_async_iterable(situation: Situation, rows: ast.expr) -> bool:
    return (
        situation.finding.call.startswith(ROWS)
        and has_async_iteration(situation)
        and not _is_iterator(situation)
        and not may_be_a_list(situation, rows)
    )


def _is_iterator(situation: Situation) -> bool:
    return situation.finding.call.endswith((".iterator().__iter__", _CHAIN))


def _renamed(situation: Situation) -> str | None:
    """`aiterator`, where `qs.iterator()` is called right there (or `aiterator`, without async)."""
    node, native = situation.node, situation.finding.entry.native
    if not _is_iterator(situation) or native is None or not isinstance(node, ast.Call):
        return None
    called = isinstance(node.func, ast.Attribute) and node.func.attr in ("iterator", native.name)
    return native.name if called else None


def _only_its_truth_counts(situation: Situation) -> bool:
    """`qs or []` gives the queryset itself, unless the whole is only tested."""
    child: ast.AST = situation.node
    for up in situation.tree.ancestors(situation.node):
        if not isinstance(up, (ast.BoolOp, ast.UnaryOp)):
            tested = isinstance(up, _TESTS) and up.test is child
            filters = isinstance(up, ast.comprehension) and child in up.ifs
            return child is situation.node or tested or filters
        if isinstance(up, ast.UnaryOp):
            return True
        child = up
    return False
