"""Calls with an async form that the catalogue describes: another callee, arguments by name, a part of the result.

`time.sleep`, which takes its arguments as they stand, has a planner of its own (`plan/native/swap.py`).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from awaken.plan.await_position import await_position
from awaken.plan.call_text import comment_in_callee
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.native.passing import passing
from awaken.plan.native.run_process import RUN_PROCESS, process_refusal
from awaken.plan.reasons import reason
from awaken.plan.recipes import NativeCall
from awaken.plan.runners.foreign_loop import EventLoop, event_loop, on_uvloop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from awaken.catalogue.schema import Native
    from awaken.plan.definition import Definition
    from awaken.plan.recipes import Passed
    from awaken.plan.situation import Situation

_Check: TypeAlias = "Callable[[Situation, Mapping[str, ast.expr]], Reason | None]"
_LOOP = "asyncio.get_running_loop()."
# The functions that the catalogue calls by name, each with what must hold for its arguments.
_DEFINITIONS: dict[str, tuple[Definition, _Check]] = {
    "run_process": (RUN_PROCESS, process_refusal),
}


def plan_native_call(situation: Situation) -> Fix | Reason:
    """The async form of the call, where its arguments mean the same there."""
    native = situation.finding.entry.native
    if native is None or not isinstance(situation.node, ast.Call):
        return reason("not-known")
    elsewhere = _not_here(situation, native)
    if elsewhere is not None:
        return elsewhere
    given = passing(situation, situation.call, native)
    if isinstance(given, Reason):
        return given
    known = _DEFINITIONS.get(native.definition or "")
    refusal = known[1](situation, given.given) if known else None
    if refusal is not None:
        return refusal
    position = await_position(situation, situation.call)
    if position.refusal is not None:
        return position.refusal
    if position.short_circuit is not None:
        return reason("short-circuit")
    return _awaited(situation, native, given.passed, position.generator)


def _not_here(situation: Situation, native: Native) -> Reason | None:
    """Why the async form has no place in this file, or in the text around the call."""
    if event_loop(situation) is not EventLoop.ASYNCIO:
        return reason("foreign-loop")
    # Its look-ups are its own, and its errors about processes name no file.
    if (native.definition or native.name.startswith(_LOOP)) and on_uvloop(situation):
        return reason("on-uvloop")
    if native.python and situation.settings.target_python < native.python:
        return reason("native-python")
    if comment_in_callee(situation.tree, situation.call):
        return reason("comment-in-call")
    if _brings_quotes(native) and situation.tree.in_fstring(situation.call):
        return reason("quotes-in-fstring")
    return None


def _brings_quotes(native: Native) -> bool:
    """Whether the async form has text of its own, which no f-string takes before Python 3.12."""
    texts = (native.result, *(text for _, text in native.arguments))
    return any(sign in text for text in texts for sign in "\"'\\")


def _awaited(
    situation: Situation, native: Native, passed: Passed, generator: ast.GeneratorExp | None
) -> Fix:
    known = _DEFINITIONS.get(native.definition or "")
    discarded = isinstance(situation.tree.parent(situation.node), ast.Expr)
    recipe = NativeCall(
        target=situation.target(generator=generator),
        callee=native.name,
        definition=known[0] if known else None,
        passed=passed,
        result="" if discarded else native.result,
    )
    name = known[0].name if known else native.name
    return Fix(Strategy.NATIVE, f"await `{name}` instead", recipe)
