"""Waiting for a future of `concurrent.futures`: the loop waits for it as for one of its own.

A future that the function has made itself is cancelled with the task, as what `run_in_executor` gives is; one that
others may wait for, too, is shielded (reference: `asyncio.wrap_future`, `asyncio.shield`).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan import since
from awaken.plan.await_position import await_position
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.loop.runs import comment_between
from awaken.plan.offload import plan_hop
from awaken.plan.reasons import reason
from awaken.plan.recipes import AwaitCoroutines, Awaited, Named
from awaken.plan.runners.foreign_loop import EventLoop, event_loop
from awaken.plan.runners.runner import TO_THREAD
from awaken.plan.waits.job_errors import job_that_stops
from awaken.plan.waits.own_futures import is_own_future
from awaken.plan.waits.own_thread import plan_own_thread
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Span
    from awaken.syntax.tree import Tree

_WRAP = "asyncio.wrap_future"
_SHIELD = "asyncio.shield"
_WAIT_FOR = "asyncio.wait_for"
_CANCELLED = frozenset(
    ("concurrent.futures.CancelledError", "concurrent.futures._base.CancelledError")
)
_CANCELS = (".cancel(", "cancel_futures")
_FUTURES = ("concurrent.futures",)


def plan_future_wait(situation: Situation) -> Iterator[Fix | Reason]:
    """`await asyncio.wrap_future(future)`; with a timeout that is no plain number, the same call in a thread."""
    call = situation.call
    timeout = _timeout(call)
    if not isinstance(call.func, ast.Attribute) or len(call.args) + len(call.keywords) > 1:
        yield reason("argument-unpacking")
        return
    own = is_own_future(situation, call.func.value)
    stops = job_that_stops(situation, situation.function() if own else None)
    if stops is not None:
        yield stops
    elif timeout is not None and not _is_native_timeout(situation, timeout):
        yield from _in_thread(situation)
    else:
        yield _wrapped(situation, call.func.value, timeout, own=own)


def _timeout(call: ast.Call) -> ast.expr | None:
    """The timeout, if one is given that is not None."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    never = not given or (isinstance(given[0], ast.Constant) and given[0].value is None)
    return None if never else given[0]


def _is_native_timeout(situation: Situation, timeout: ast.expr) -> bool:
    """Whether `wait_for` means the same by it.

    Of zero it makes something else: it does not look whether the future is done.
    """
    value = timeout.value if isinstance(timeout, ast.Constant) else None
    plain = isinstance(value, (int, float)) and value > 0
    return plain and situation.settings.target_python >= since.ONE_TIMEOUT_ERROR


def _in_thread(situation: Situation) -> Iterator[Fix | Reason]:
    """The same call with all of its errors; it ends with its timeout, so that the default pool may have it."""
    if event_loop(situation) is EventLoop.EITHER:
        yield reason("foreign-loop")
    elif situation.settings.target_python < since.TO_THREAD:
        yield from plan_own_thread(situation)
    else:
        yield from plan_hop(situation, TO_THREAD)


def _wrapped(
    situation: Situation, future: ast.expr, timeout: ast.expr | None, *, own: bool
) -> Fix | Reason:
    call, tree = situation.call, situation.tree
    if event_loop(situation) is EventLoop.EITHER:
        return reason("foreign-loop")
    pieces, name = _pieces(tree, future, timeout, shielded=timeout is not None or not own)
    if comment_between(tree, call, pieces):
        return reason("comment-in-call")
    position = await_position(situation, call)
    if position.refusal is not None:
        return position.refusal
    target = situation.target(generator=position.generator)
    recipe = AwaitCoroutines(target, (Awaited(target, pieces, name),))
    fix = Fix(Strategy.NATIVE, f"await the future through `{_WRAP}`", recipe)
    if _handles_cancelled(situation):
        return reason("cancelled-future")
    return fix.but(reason("cancelled-future") if _may_be_cancelled(situation, own=own) else None)


def _pieces(
    tree: Tree, future: ast.expr, timeout: ast.expr | None, *, shielded: bool
) -> tuple[tuple[str | Span | Named, ...], str]:
    """What is awaited, and the name of the function that is called last."""
    pieces: tuple[str | Span | Named, ...] = (Named(_WRAP), "(", tree.span(future), ")")
    name = _WRAP
    if shielded:
        pieces, name = (Named(_SHIELD), "(", *pieces, ")"), _SHIELD
    if timeout is not None:
        pieces = (Named(_WAIT_FOR), "(", *pieces, ", ", tree.span(timeout), ")")
        name = _WAIT_FOR
    return pieces, name.rpartition(".")[2]


def _handles_cancelled(situation: Situation) -> bool:
    """Whether the file names the error that a cancelled future raised."""
    return any(
        isinstance(node, (ast.Name, ast.Attribute))
        and any(
            isinstance(value, External) and value.name in _CANCELLED
            for value in situation.values_of(node)
        )
        for handler in ast.walk(situation.function())
        if isinstance(handler, ast.ExceptHandler) and handler.type is not None
        for node in ast.walk(handler.type)
    )


def _may_be_cancelled(situation: Situation, *, own: bool) -> bool:
    """Whether somebody who can reach the future cancels futures."""
    if any(word in situation.tree.text for word in _CANCELS):
        return True
    if own:
        return False
    others = situation.surroundings.mentioned_in(("cancel", "cancel_futures"))
    return any(
        any(word in each.source.text for word in _CANCELS)
        and any(word in each.source.text for word in _FUTURES)
        for each in others
    )
