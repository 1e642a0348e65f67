"""Calls with an async form that the catalogue describes: another callee, arguments by name, a part of the result.

`time.sleep`, which takes its arguments as they stand, has a planner of its own (`plan/swap.py`).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from awaken.plan.await_position import await_position
from awaken.plan.call_text import comment_in_callee
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.foreign_loop import EventLoop, event_loop, on_uvloop
from awaken.plan.reasons import reason
from awaken.plan.recipes import AwaitCall
from awaken.plan.run_process import RUN_PROCESS, process_refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from awaken.catalogue.schema import Native
    from awaken.plan.definition import Definition
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
    if event_loop(situation) is not EventLoop.ASYNCIO:
        return reason("foreign-loop")
    if native.name.startswith(_LOOP) and on_uvloop(situation):
        return reason("on-uvloop")
    if native.python and situation.settings.target_python < native.python:
        return reason("native-python")
    if comment_in_callee(situation.tree, situation.call):
        return reason("comment-in-call")
    given = _given(situation, native)
    if isinstance(given, Reason):
        return given
    position = await_position(situation, situation.call)
    if position.refusal is not None:
        return position.refusal
    if position.short_circuit is not None:
        return reason("short-circuit")
    return _awaited(situation, native, position.generator)


def _awaited(situation: Situation, native: Native, generator: ast.GeneratorExp | None) -> Fix:
    known = _DEFINITIONS.get(native.definition or "")
    discarded = isinstance(situation.tree.parent(situation.node), ast.Expr)
    recipe = AwaitCall(
        target=situation.target(generator=generator),
        callee=native.name,
        definition=known[0] if known else None,
        named=tuple(
            (number, native.parameters[number])
            for number in range(native.positional, len(situation.call.args))
        ),
        arguments=native.arguments,
        result="" if discarded else native.result,
    )
    name = known[0].name if known else native.name
    return Fix(Strategy.NATIVE, f"await `{name}` instead", recipe)


def _given(situation: Situation, native: Native) -> dict[str, ast.expr] | Reason:
    """The arguments by name, where the async form takes all of them."""
    call = situation.call
    if any(isinstance(each, ast.Starred) for each in call.args):
        return reason("argument-unpacking")
    if any(each.arg is None for each in call.keywords):
        return reason("argument-unpacking")
    if len(call.args) > len(native.parameters):
        return reason("native-argument", "by position")
    given = dict(zip(native.parameters, call.args, strict=False))
    for keyword in call.keywords:
        name = keyword.arg or ""
        if name not in (*native.parameters[native.positional :], *native.keywords):
            return reason("native-argument", f"`{name}`")
        given[name] = keyword.value
    return _refused(situation, native, given) or given


def _refused(situation: Situation, native: Native, given: Mapping[str, ast.expr]) -> Reason | None:
    for names in native.apart:
        if all(name in given for name in names):
            return reason("native-argument", " with ".join(f"`{name}`" for name in names))
    for number in range(native.positional, len(situation.call.args)):
        if not _stands_bare(situation, number):
            return reason("native-argument", f"`{native.parameters[number]}` in parentheses")
    known = _DEFINITIONS.get(native.definition or "")
    return known[1](situation, given) if known else None


def _stands_bare(situation: Situation, number: int) -> bool:
    """Whether a name can be put in front of an argument: there is a comma, and nothing else."""
    tree, args = situation.tree, situation.call.args
    between = tree.text[tree.span(args[number - 1]).end : tree.span(args[number]).start]
    return not between.strip(" \t\r\n\f,") and between.count(",") == 1
