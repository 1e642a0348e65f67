"""Django's ORM in a coroutine: the `a...` methods where this project's Django has them, else `sync_to_async`.

Never a bare thread: connections opened in one are not closed, and test transactions do not reach it
(reference: Django's "Asynchronous support" topic, and `asgiref.sync.sync_to_async`).
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterator

from packaging.version import Version

from awaken.detect.finding import Shape
from awaken.plan.await_position import AwaitPosition, await_position, generator_position
from awaken.plan.call_text import comment_in_callee
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.offload import plan_hop
from awaken.plan.reasons import reason
from awaken.plan.recipes import (
    ApplyAsync,
    AwaitMember,
    CollectAsync,
    IterateAsync,
    Recipe,
    Runner,
    SwapCall,
)
from awaken.plan.situation import Situation
from awaken.resolve.values import Bound, Defined, External, Instance, Method

_ASYNC_ITERATION_SINCE = Version("4.1")
# The a-methods of a manager go past an override of the sync method on the manager's own class.
_BYPASSES_OVERRIDES = "django.db.models.manager."
_RUNNER = Runner.SYNC_TO_ASYNC
_COLLECTED = frozenset(
    ("list", "tuple", "set", "frozenset", "sorted", "sum", "min", "max", "any", "all", "dict")
)


def plan_django(situation: Situation) -> Iterator[Fix | Reason]:
    """The native form, else one call through `sync_to_async`."""
    planner = _BY_SHAPE.get(situation.finding.shape)
    if planner is None:
        yield reason("context-manager")
    else:
        yield planner(situation)


def _plan_call(situation: Situation) -> Fix | Reason:
    native = situation.finding.entry.native
    if native is None or "native" not in situation.finding.entry.strategies:
        return _through_runner(situation)
    if not _has(situation, native.since) or _overridden(situation):
        return _through_runner(situation)
    position = await_position(situation, situation.node)
    if position.refusal is not None:
        return position.refusal
    recipe: Recipe
    if isinstance(situation.finding.value, External):
        if comment_in_callee(situation.tree, situation.call):
            return reason("comment-in-call")
        recipe = SwapCall(situation.target(generator=position.generator), native.name)
    else:
        recipe = AwaitMember(situation.target(generator=position.generator), native.name)
    return Fix(Strategy.NATIVE, f"await `{native.name}`", recipe)


def _through_runner(situation: Situation) -> Fix | Reason:
    return next(iter(plan_hop(situation, _RUNNER)))


def _plan_iteration(situation: Situation) -> Fix | Reason:
    parent = situation.tree.parent(situation.node)
    if not _has_async_iteration(situation) or _may_be_a_list(situation.node):
        return _apply(situation, "list", await_position(situation, situation.node))
    if not isinstance(parent, (ast.For, ast.comprehension)):
        return _apply(situation, "list", await_position(situation, situation.node))
    if isinstance(parent, ast.For):
        return Fix(Strategy.NATIVE, "iterate with `async for`", IterateAsync(situation.target()))
    position = generator_position(situation, situation.node)
    if position.refusal is not None:
        return position.refusal
    recipe = IterateAsync(situation.target(generator=position.generator))
    return Fix(Strategy.NATIVE, "iterate with `async for`", recipe)


def _may_be_a_list(node: ast.expr) -> bool:
    """A slice of an evaluated queryset is a plain list, which `async for` does not accept."""
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)


def _plan_consumption(situation: Situation) -> Fix | Reason:
    call = situation.call
    position = await_position(situation, call)
    if position.refusal is not None:
        return position.refusal
    name = situation.value_of(call.func)
    builtin = name.name.removeprefix("builtins.") if isinstance(name, External) else ""
    simple = len(call.args) == 1 and not isinstance(call.args[0], ast.Starred)
    if builtin in _COLLECTED and simple and _has_async_iteration(situation):
        if not _may_be_a_list(call.args[0]):
            target = situation.target(call, position.generator)
            recipe = CollectAsync(target, _variable(situation))
            return Fix(Strategy.NATIVE, "collect with an async comprehension", recipe)
    return _through_builtin(situation, position, builtin)


def _through_builtin(situation: Situation, position: AwaitPosition, builtin: str) -> Fix | Reason:
    """`len(qs)` evaluates in the thread and fills the queryset's cache, as it did before."""
    call = situation.call
    if builtin in ("len", "bool", "list") and len(call.args) == 1 and not call.keywords:
        return _apply(situation, builtin, position, call.args[0], whole=call)
    return _apply(situation, "list", position, call.args[0])


def _apply(
    situation: Situation,
    function: str,
    position: AwaitPosition,
    node: ast.expr | None = None,
    whole: ast.expr | None = None,
) -> Fix | Reason:
    if position.refusal is not None:
        return position.refusal
    target = situation.target(whole or node or situation.node, position.generator)
    description = f"run `{function}` through `{_RUNNER.value}`"
    return Fix(Strategy.THREAD, description, ApplyAsync(target, _RUNNER, function))


def _plan_truth(situation: Situation) -> Fix | Reason:
    return _apply(situation, "bool", await_position(situation, situation.node))


def _plan_membership(situation: Situation) -> Fix | Reason:
    return _apply(situation, "list", await_position(situation, situation.node))


def _plan_index(situation: Situation) -> Fix | Reason:
    return _apply(situation, "__getitem__", await_position(situation, situation.node))


_BY_SHAPE = {
    Shape.CALL: _plan_call,
    Shape.ITERATE: _plan_iteration,
    Shape.CONSUME: _plan_consumption,
    Shape.TRUTH: _plan_truth,
    Shape.CONTAINS: _plan_membership,
    Shape.INDEX: _plan_index,
}


def _has(situation: Situation, since: str | None) -> bool:
    version = situation.settings.versions.get("django")
    return version is not None and (since is None or version >= Version(since))


def _has_async_iteration(situation: Situation) -> bool:
    return _has(situation, str(_ASYNC_ITERATION_SINCE))


def _overridden(situation: Situation) -> bool:
    """Whether the project overrides the sync method where Django's async one would not call it."""
    value = situation.finding.value
    if not isinstance(value, Method) or value.receiver is None:
        return False
    if not value.owner.startswith(_BYPASSES_OVERRIDES):
        return False
    found = situation.resolver.members.of_instance(value.receiver, value.entry.name)
    return any(isinstance(each, Bound) for each in found)


def _variable(situation: Situation) -> str:
    """A name for the loop variable: the model's, in lower case."""
    value = situation.finding.value
    element = value.element if isinstance(value, Instance) else None
    if isinstance(element, Defined):
        scope = situation.resolver.scope(element)
        if scope is not None and scope.name.isidentifier():
            name = scope.name.lower()
            return "row" if keyword.iskeyword(name) else name
    return "row"
