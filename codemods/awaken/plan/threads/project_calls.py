"""Calls of the project's own functions, when something around them moves to another thread."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.callees import Target
from awaken.detect.loop_context import home_of, where_of
from awaken.index.summary import ScopeKind
from awaken.plan.threads.visit import Caller
from awaken.resolve.values import Defined, Generated, Instance, Managed
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from awaken.detect.callees import Run
    from awaken.plan.situation import Situation


def runs_elsewhere(situation: Situation, call: ast.Call) -> bool:
    """Whether a call runs functions of the project that another thread may run, and changes nothing by it."""
    run = run_of(situation, call)
    functions = run.targets if run else _generator(situation, call)
    if not functions:
        return _makes_plain_object(situation, call)
    caller = caller_at(situation, Place.of(call))
    given = given_classes(situation, call)
    verdict = situation.threads.verdict(functions, caller=caller, given=given)
    return verdict.refusal is None and verdict.difference is None


def given_classes(situation: Situation, node: ast.expr) -> tuple[Defined, ...]:
    """Classes of the project whose objects a call hands over."""
    if not isinstance(node, ast.Call):
        return ()
    arguments = (*node.args, *(keyword.value for keyword in node.keywords))
    values = (value for each in arguments for value in situation.values_of(each))
    found = {
        value.of
        for value in values
        if isinstance(value, Instance) and isinstance(value.of, Defined)
    }
    return tuple(sorted(found, key=lambda each: (each.path, each.scope)))


def caller_at(situation: Situation, place: Place) -> Caller | None:
    """The call at a place, as what runs functions of the project; None where there is no call.

    Args:
        situation: a finding in the same file.
        place: of the call.
    """
    known = situation.calls.get(place)
    if known is None:
        return None
    number, site = known
    return Caller(situation.index, home_of(situation.index, situation.index.scopes[number]), site)


def blocks_below(situation: Situation, call: ast.Call) -> bool:
    """Whether a call reaches a blocking one through functions of the project."""
    run = run_of(situation, call)
    return run is not None and situation.graph.reached(run.targets) is not None


def run_of(situation: Situation, call: ast.Call) -> Run | None:
    """The functions of the project that a call runs there and then, or None where it runs none."""
    known = situation.calls.get(Place.of(call))
    if known is None:
        return None
    number, site = known
    where = where_of(situation.index, situation.index.scopes[number], site)
    return situation.graph.callees.of(site, where)


def _generator(situation: Situation, call: ast.Call) -> tuple[Target, ...]:
    """The generator or context manager that a call makes, whose body runs later, but in the same thread."""
    values = situation.values_of(call)
    lazy = [value for value in values if isinstance(value, (Generated, Managed))]
    return tuple(Target(value.function) for value in lazy) if len(lazy) == len(values) else ()


def _makes_plain_object(situation: Situation, call: ast.Call) -> bool:
    """Whether a class of the project is called whose constructor does nothing of its own."""
    value = situation.callee(call)
    scope = situation.resolver.scope(value) if isinstance(value, Defined) else None
    return scope is not None and scope.kind is ScopeKind.CLASS and not scope.bases
