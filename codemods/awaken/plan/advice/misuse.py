"""Threads and coroutines used the wrong way round: what the code was meant to say.

All of these fixes are unsafe by their nature: today the place fails, or does nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.terms import Call
from awaken.plan.await_position import await_position
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.reasons import reason
from awaken.plan.recipes import AwaitCall, CallDirectly, HandOver
from awaken.plan.runners.runner_uses import runner_called
from awaken.resolve.evaluation import Where
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.runners.runner import Runner
    from awaken.plan.situation import Situation


# What anyio's function takes for itself.
_OWN_OPTIONS = ("cancellable", "limiter", "abandon_on_cancel")
_OF_COROUTINES = ("close", "send", "throw")


def plan_early_call(situation: Situation) -> Iterator[Fix | Reason]:
    """`to_thread(f(x))` to `to_thread(f, x)`."""
    early = situation.call
    outer = situation.tree.parent(early)
    runner = _runner(situation, outer) if isinstance(outer, ast.Call) else None
    if runner is None or not isinstance(outer, ast.Call):
        yield reason("not-known")
        return
    if outer.args[-1] is not early or outer.keywords:
        yield reason("runner-arguments")
        return
    if _has_comment(situation, outer) or _is_bare_generator(early):
        yield reason(
            "comment-in-call" if _has_comment(situation, outer) else "generator-expression"
        )
        return
    whole = any(isinstance(node, ast.Call) for node in ast.walk(early.func))
    name = situation.tree.source(early.func)
    yield Fix(
        Strategy.THREAD,
        f"give `{name}` to `{runner.shown}` with its arguments",
        HandOver(situation.target(outer), Place.of(early), runner, whole),
        reason("fails-today"),
    )


def _runner(situation: Situation, outer: ast.Call) -> Runner | None:
    known = situation.calls.get(Place.of(outer))
    if known is None:
        return None
    scope, site = known
    if not isinstance(site.term, Call):
        return None
    where = Where(situation.index.path, scope, *site.place[:2], site.suite)
    found = runner_called(situation.resolver, site.term, where, awaited=site.awaited)
    return found[0] if found else None


def _has_comment(situation: Situation, call: ast.Call) -> bool:
    """Whether a comment stands in a call, which has text moved in it."""
    first, last = situation.tree.offsets.line_of, situation.tree.span(call)
    lines = range(first(last.start), first(last.end - 1))
    starts = situation.tree.offsets.starts
    text = situation.tree.text
    # what looks like one in a string is taken for one, too
    return any("#" in text[starts[line - 1] : starts[line]] for line in lines)


def _is_bare_generator(call: ast.Call) -> bool:
    return any(isinstance(argument, ast.GeneratorExp) for argument in call.args)


def plan_forgotten_await(situation: Situation) -> Iterator[Fix | Reason]:
    """`f(x)` to `await f(x)`."""
    call = situation.call
    position = await_position(situation, call)
    if position.refusal is not None:
        yield position.refusal
        return
    name = situation.tree.source(call.func)
    yield Fix(
        Strategy.AWAIT,
        f"await `{name}`",
        AwaitCall(situation.target(), name.rpartition(".")[2]),
        reason("runs-now"),
    )


def plan_coroutine_in_thread(situation: Situation) -> Iterator[Fix | Reason]:
    """`await to_thread(f, x)` to `await f(x)`."""
    outer = situation.call
    runner = _runner(situation, outer)
    function = outer.args[1 if runner and runner.before else 0]
    named = isinstance(function, (ast.Name, ast.Attribute))
    if runner is None or runner.curries or not named or not _wants_result(situation, outer):
        yield reason("await-it-instead")
    elif any(each.arg in _OWN_OPTIONS for each in outer.keywords):
        yield reason("runner-arguments")
    elif _has_comment(situation, outer):
        yield reason("comment-in-call")
    else:
        name = situation.tree.source(function)
        callee = name.rpartition(".")[2]
        yield Fix(
            Strategy.AWAIT,
            f"await `{name}` on the loop",
            CallDirectly(situation.target(), Place.of(function), callee, runner.called_name),
            reason("runs-now"),
        )


def _wants_result(situation: Situation, outer: ast.Call) -> bool:
    """Whether the call is awaited, and what comes back is dropped, or used as no coroutine can be."""
    awaiting = situation.tree.parent(outer)
    parent = situation.tree.parent(awaiting) if isinstance(awaiting, ast.Await) else None
    if isinstance(parent, ast.Expr):
        return True
    target = parent.targets[0] if isinstance(parent, ast.Assign) else None
    if not isinstance(target, ast.Name):
        return False
    return all(
        _asks_it(situation, node)
        for node in ast.walk(situation.tree.module if situation.in_cell else situation.function())
        if isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load)
    )


def _asks_it(situation: Situation, name: ast.Name) -> bool:
    """Whether a name is used as no coroutine can be: for its members, its items, its elements."""
    parent = situation.tree.parent(name)
    if isinstance(parent, (ast.Attribute, ast.Subscript)):
        return parent.value is name and getattr(parent, "attr", "") not in _OF_COROUTINES
    return isinstance(parent, (ast.For, ast.comprehension)) and parent.iter is name
