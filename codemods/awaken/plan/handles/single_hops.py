"""The hop that one use of an open handle takes by itself."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Entry, Result
from awaken.detect.finding import Shape
from awaken.plan.block import in_coroutine
from awaken.plan.boundary import verdict_of
from awaken.plan.carried_statements import refusal_of, stands_alone
from awaken.plan.critical_section import held_around
from awaken.plan.data_flow import flow_of, read_later
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.gone_through import goes_through_unknown
from awaken.plan.hop_expression import collecting_expression, takes_all
from awaken.plan.made_inside import root_of
from awaken.plan.names_in_scope import free_reads
from awaken.plan.offload import bare_hop, hop_whole
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopBlock, ReadLines, Target
from awaken.plan.unfinished import unfinished_names
from awaken.syntax.positions import Place, encloses

if TYPE_CHECKING:
    from awaken.plan.handles.opening import Opening
    from awaken.plan.runners import Runner
    from awaken.plan.situation import Situation

_CARRIED = (None, "holds-gil")
_LOOPS = (ast.For, ast.While)


def single_hop(situation: Situation, runner: Runner) -> Fix | Reason:
    """What takes one use of a handle off the loop, whoever closes it.

    Args:
        situation: the use.
        runner: what carries it.
    """
    finding = situation.finding
    if finding.entry.refuse not in _CARRIED and not finding.into:
        return reason(finding.entry.refuse or "open-handle")
    held = held_around(situation)
    if held is not None:
        return held
    if finding.into:
        return _through_project(situation, runner)
    if finding.shape is Shape.ITERATE:
        return _iterated(situation, runner)
    if finding.shape is Shape.CONSUME:
        return _collected(situation, runner)
    if finding.shape is not Shape.CALL or finding.entry.result is not Result.VALUE:
        return reason("open-handle")
    if goes_through_unknown(situation, situation.node, ast.Module([], [])):
        return reason("unproven-callee")  # `writelines` of a generator runs the generator
    return bare_hop(situation, runner)


def printing(situation: Situation, call: ast.Call) -> Situation:
    """The situation of a call that nobody reported: `print(..., file=handle)`."""
    scope, site = situation.calls[Place.of(call)]
    finding = replace(
        situation.finding,
        place=Place.of(call),
        shape=Shape.CALL,
        call="builtins.print",
        entry=Entry("builtins.print"),
        scope=scope,
        suite=site.suite,
    )
    return replace(situation, finding=finding, node=call)


def _through_project(situation: Situation, runner: Runner) -> Fix | Reason:
    """A function of the project that is given the handle."""
    verdict = verdict_of(situation)
    if verdict.refusal is not None or verdict.django or situation.finding.shape is not Shape.CALL:
        return verdict.refusal or reason("open-handle")
    hop = bare_hop(situation, runner)
    return hop.but(verdict.difference) if isinstance(hop, Fix) else hop


def _collected(situation: Situation, runner: Runner) -> Fix | Reason:
    """`sorted(file)`; what is lazy (`enumerate`) would go on reading on the loop."""
    if not takes_all(situation.callee(situation.call)):
        return reason("open-handle")
    return hop_whole(situation, runner, situation.node, materialise=False)


def _iterated(situation: Situation, runner: Runner) -> Fix | Reason:
    loop = situation.tree.parent(situation.node)
    if isinstance(loop, ast.For):
        return _line_by_line(situation, runner, loop)
    whole = collecting_expression(situation)
    if whole is None:
        return reason("open-handle")
    return hop_whole(situation, runner, whole, materialise=False)


def _line_by_line(situation: Situation, runner: Runner, loop: ast.For) -> Fix | Reason:
    """`while line := await asyncio.to_thread(file.readline)`: it ends, as the loop does, with an empty line."""
    target = loop.target
    if not isinstance(target, ast.Name) or not _is_plain(situation, loop):
        return reason("open-handle")
    behind = any(target.id in free_reads(each) for each in loop.orelse)
    if behind or read_later(situation.function(), [loop], {target.id}):
        return reason("open-handle")  # behind a `while` it holds the empty line
    recipe = ReadLines(situation.target(), runner)
    return Fix(Strategy.THREAD, f"read one line after the other through `{runner.shown}`", recipe)


def _is_plain(situation: Situation, loop: ast.For) -> bool:
    """Whether nothing but white space stands between the parts of the header."""
    tree = situation.tree
    start, target = tree.span(loop).start, tree.span(loop.target)
    between = tree.text[target.end : tree.span(loop.iter).start]
    behind = tree.text[tree.span(loop.iter).end :].lstrip(" \t")
    return (
        tree.text[start : target.start].split() == ["for"]
        and between.split() == ["in"]
        and behind.startswith(":")
    )


def whole_loop(situation: Situation, runner: Runner, opening: Opening) -> Fix | None:
    """One hop for the outermost loop around a use that can go to a thread as a whole, or None.

    Args:
        situation: the use.
        runner: what carries it.
        opening: where the handle is opened.
    """
    found = None
    start = Place.of(opening.situation.node)
    for up in situation.tree.ancestors(situation.node):
        if isinstance(up, ast.stmt) and encloses(Place.of(up), start):
            break
        if isinstance(up, _LOOPS) and in_coroutine(situation, up):
            found = _carried_loop(situation, runner, up, opening.name) or found
    return found


def _carried_loop(
    situation: Situation, runner: Runner, loop: ast.For | ast.While, name: str
) -> Fix | None:
    if not stands_alone(situation, [loop]):
        return None
    flow = flow_of([loop], situation.function())
    if flow is None or refusal_of(situation, [loop], returns=False) is not None:
        return None
    if unfinished_names(situation, [loop]) & {*flow.results}:
        return None
    if _goes_through_others(situation, loop, name):
        return None
    target = Target(Place.of(loop), situation.finding.scope, situation.finding.suite)
    verb = "write" if ".write" in situation.finding.call else "read"
    noun = flow.results[0] if flow.results else name
    recipe = HopBlock(
        target, runner, f"_{verb}_{noun.strip('_')}", flow.parameters, flow.results, returns=False
    )
    return Fix(Strategy.BLOCK, f"run the loop through `{runner.shown}`, in one hop", recipe)


def _goes_through_others(situation: Situation, loop: ast.For | ast.While, name: str) -> bool:
    """Whether a loop goes through anything besides the handle that does its work then and there."""
    whole = ast.Module([loop], [])
    return any(
        goes_through_unknown(situation, node, whole)
        for node in ast.walk(loop)
        if not (isinstance(node, ast.For) and _is_rooted_in(node.iter, name))
    )


def _is_rooted_in(node: ast.expr, name: str) -> bool:
    root = root_of(node)
    return isinstance(root, ast.Name) and root.id == name
