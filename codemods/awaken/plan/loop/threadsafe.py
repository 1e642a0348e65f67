"""`run_coroutine_threadsafe(...).result()` on a loop: it waits for the loop that it holds up, or for another one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan import since
from awaken.plan.fix import Reason
from awaken.plan.loop.awaitable import Certainty
from awaken.plan.loop.direct import Run, awaited
from awaken.plan.loop.failure import counted_on
from awaken.plan.loop.loops import Made, loop_of
from awaken.plan.loop.runs import Given, comment_between, coroutine_at
from awaken.plan.reasons import reason
from awaken.plan.recipes import Named
from awaken.resolve.values import External

if TYPE_CHECKING:
    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Span

CALL = "asyncio.run_coroutine_threadsafe().result"
_SUBMITS = External("asyncio.run_coroutine_threadsafe")


def read_wait(situation: Situation) -> Run | Reason:
    """The wait of a finding, without holding the loop up; or why that is not the same."""
    func = situation.call.func
    if not isinstance(func, ast.Attribute):
        return reason("running-loop")
    timeout = _timeout(situation.call)
    if isinstance(timeout, Reason):
        return timeout
    own = _on_own_loop(situation, func.value)
    given = _timed(situation, own or _wrapped(situation, func.value, timeout), timeout)
    if comment_between(situation.tree, situation.call, given.pieces):
        return reason("comment-in-call")
    if given.known is Certainty.NEVER:
        return reason("not-awaitable")
    difference = _difference(situation, timeout)
    if given.known is Certainty.UNKNOWN:
        difference = difference or reason("not-known-awaitable")
    if own is None:
        return awaited(situation, given, difference)
    return awaited(situation, given, _without_caller(difference), holder=_loop_name(func.value))


def _loop_name(future: ast.expr) -> str:
    """The variable that holds the loop in `run_coroutine_threadsafe(c, loop)`; empty for another expression."""
    loop = future.args[1] if isinstance(future, ast.Call) else None
    return loop.id if isinstance(loop, ast.Name) else ""


def _without_caller(difference: Reason | None) -> Reason | None:
    """On the loop itself the wait never ends, and nobody sees how it is cancelled."""
    return (
        None if difference is not None and difference.code == "cancelled-elsewhere" else difference
    )


def _timeout(call: ast.Call) -> ast.expr | Reason | None:
    """The timeout that a wait is given; None where it has none."""
    given = [*call.args, *(each.value for each in call.keywords if each.arg == "timeout")]
    if len(given) != len(call.args) + len(call.keywords) or len(given) > 1:
        return reason("argument-unpacking")
    if given and isinstance(given[0], ast.Starred):
        return reason("argument-unpacking")
    none = bool(given) and isinstance(given[0], ast.Constant) and given[0].value is None
    return given[0] if given and not none else None


def _is_positive(timeout: ast.expr) -> bool:
    value = timeout.value if isinstance(timeout, ast.Constant) else None
    return isinstance(value, (int, float)) and value > 0


def _on_own_loop(situation: Situation, future: ast.expr) -> Given | None:
    """The coroutine of `run_coroutine_threadsafe(c, loop)` where that is the loop that runs."""
    if not isinstance(future, ast.Call) or situation.callee(future) != _SUBMITS:
        return None
    if len(future.args) != 2 or future.keywords:  # noqa: PLR2004 - the coroutine and the loop
        return None
    coroutine, loop = future.args
    if isinstance(coroutine, ast.Starred) or loop_of(situation, loop) is not Made.RUNNING:
        return None
    return coroutine_at(situation, coroutine)


def _wrapped(situation: Situation, future: ast.expr, timeout: ast.expr | None) -> Given:
    """`asyncio.wrap_future(future)`; a timeout must not cancel what others may wait for."""
    span = situation.tree.span(future)
    pieces: tuple[str | Span | Named, ...] = (Named("asyncio.wrap_future"), "(", span, ")")
    name = "wrap_future"
    if timeout is not None:
        pieces, name = (Named("asyncio.shield"), "(", *pieces, ")"), "shield"
    return Given(pieces, name, Certainty.FUTURE, (future,))


def _timed(situation: Situation, given: Given, timeout: ast.expr | None) -> Given:
    if timeout is None:
        return given
    span = situation.tree.span(timeout)
    pieces = (Named("asyncio.wait_for"), "(", *given.pieces, ", ", span, ")")
    return Given(pieces, "wait_for", given.known, given.kept)


def _difference(situation: Situation, timeout: ast.expr | None) -> Reason | None:
    """What an `await` does differently: the class of a timeout, and what a cancelled coroutine raises."""
    if timeout is not None and situation.settings.target_python < since.ONE_TIMEOUT_ERROR:
        return reason("timeout-class")
    if timeout is not None and not _is_positive(timeout):
        return reason("timeout-of-zero")
    refusal, difference = counted_on(situation)
    return reason("cancelled-elsewhere") if refusal or difference else None
