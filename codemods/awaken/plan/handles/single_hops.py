"""The hop that one use of an open handle takes by itself."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Entry, Result
from awaken.detect.finding import Shape
from awaken.plan.blocks.block import in_coroutine
from awaken.plan.blocks.carried_statements import refusal_of, stands_alone
from awaken.plan.blocks.data_flow import flow_of, read_later
from awaken.plan.blocks.gone_through import goes_through_unknown
from awaken.plan.blocks.made_inside import root_of
from awaken.plan.blocks.suppressing import suppressing
from awaken.plan.blocks.unfinished import unfinished_names
from awaken.plan.boundary import kept_by_thread, verdict_of
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.hop_expression import collecting_expression, takes_all
from awaken.plan.names_in_scope import TRIES, free_reads, names_bound_by, unused_name
from awaken.plan.offload import bare_hop, hop_whole
from awaken.plan.reasons import reason
from awaken.plan.recipes import HopBlock, ReadChunks, ReadItems, ReadLines, Target
from awaken.plan.threads.lazy_return import gives_lazy
from awaken.plan.windows.boundary_window import window_into
from awaken.plan.windows.critical_section import held_around
from awaken.resolve.values import External
from awaken.syntax.positions import Place, encloses

if TYPE_CHECKING:
    from awaken.plan.handles.opening import Opening
    from awaken.plan.runners.runner import Runner
    from awaken.plan.situation import Situation

_CARRIED = (None, "holds-gil")
_LOOPS = (ast.For, ast.While)
_LISTED = (ast.ListComp, ast.SetComp, ast.DictComp)
_LEAVES = (ast.Await, ast.Yield, ast.YieldFrom, ast.Break, ast.Return, ast.Raise, ast.Try)
# What the catalogue calls an iterator that a method gives: `requests.Response.iter_content()`.
_ITERATOR = "().__iter__"
_LIVE = ("subprocess.", "os.popen", "socket.", "sys.")


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
    if finding.call == "builtins.iter":
        return _chunk_by_chunk(situation, runner)
    if finding.into:
        return _through_project(situation, runner)
    if finding.shape is Shape.ITERATE and finding.entry.result is Result.FEED:
        return _item_by_item(situation, runner)
    if finding.shape is Shape.ITERATE:
        return _iterated(situation, runner)
    if finding.shape is Shape.CONSUME:
        return _collected(situation, runner)
    if finding.shape is not Shape.CALL or finding.entry.result is not Result.VALUE:
        return reason("open-handle")
    if goes_through_unknown(situation, situation.node, ast.Module([], [])):
        return reason("unproven-callee")  # `writelines` of a generator runs the generator
    return bare_hop(situation, runner)


def unreported(situation: Situation, call: ast.Call) -> Situation:
    """The situation of a call of a builtin that is no finding: `print(..., file=handle)`."""
    scope, site = situation.calls[Place.of(call)]
    name = f"builtins.{ast.unparse(call.func)}"
    finding = replace(
        situation.finding,
        place=Place.of(call),
        shape=Shape.CALL,
        call=name,
        entry=Entry(name),
        scope=scope,
        suite=site.suite,
    )
    return replace(situation, finding=finding, node=call)


def _through_project(situation: Situation, runner: Runner) -> Fix | Reason:
    """A function of the project that is given the handle."""
    verdict = verdict_of(situation)
    if verdict.refusal is not None or verdict.django or situation.finding.shape is not Shape.CALL:
        return verdict.refusal or reason("open-handle")
    if gives_lazy(situation.graph, situation.finding.into):
        return reason("lazy-result")
    hop = kept_by_thread(situation) or bare_hop(situation, runner)
    if isinstance(hop, Reason):
        return hop
    return hop.but(verdict.difference or window_into(situation, verdict))


def _collected(situation: Situation, runner: Runner) -> Fix | Reason:
    """`sorted(file)`; what is lazy (`enumerate`) would go on reading on the loop."""
    call = situation.call
    joins = isinstance(call.func, ast.Attribute) and call.func.attr == "join"
    if joins or takes_all(situation.callee(call)):
        return hop_whole(situation, runner, situation.node, materialise=False)
    if situation.callee(call) == External("builtins.enumerate"):
        return _all_lines(situation, runner, call.args[0], situation.tree.parent(call))
    return reason("open-handle")


def _iterated(situation: Situation, runner: Runner) -> Fix | Reason:
    parent = situation.tree.parent(situation.node)
    whole = collecting_expression(situation) if isinstance(parent, ast.comprehension) else None
    if whole is not None:
        return hop_whole(situation, runner, whole, materialise=False)
    lines = _all_lines(situation, runner, situation.node, parent)
    if isinstance(lines, Fix) or not isinstance(parent, ast.For):
        return lines
    return _line_by_line(situation, runner, parent)


def _all_lines(
    situation: Situation, runner: Runner, lines: ast.expr, around: ast.AST | None
) -> Fix | Reason:
    """A list of all lines for a loop, or a comprehension, that goes to the end of a file before anything else runs.

    What a process writes comes line by line, and may be shown so.
    """
    comprehension = situation.tree.parent(around) if isinstance(around, ast.comprehension) else None
    whole = comprehension if isinstance(comprehension, _LISTED) else around
    runs_on = isinstance(whole, (ast.For, *_LISTED)) and not any(
        isinstance(node, _LEAVES) or getattr(node, "is_async", False) for node in ast.walk(whole)
    )
    finding = situation.finding
    live = finding.call.startswith(_LIVE) or finding.entry.result is Result.FEED
    if whole is None or not runs_on or live:
        return reason("open-handle")
    root = root_of(lines)
    read = [each for each in ast.walk(whole) if isinstance(each, ast.Name)]
    if not isinstance(root, ast.Name) or sum(each.id == root.id for each in read) > 1:
        return reason("open-handle")
    if _is_caught(situation, whole, root.id):
        return reason("open-handle")  # what is read behind a failure begins where the loop stopped
    return hop_whole(situation, runner, lines, materialise=True)


def _is_caught(situation: Situation, loop: ast.AST, name: str) -> bool:
    """Whether a `try` around a loop goes on with the file when the loop fails."""
    for up in situation.tree.ancestors(loop):
        if isinstance(up, TRIES) and up.handlers:
            return True
        if isinstance(up, (ast.With, ast.AsyncFunctionDef)) and _binds(up, name):
            return False
    return False


def _binds(node: ast.With | ast.AsyncFunctionDef, name: str) -> bool:
    items = node.items if isinstance(node, ast.With) else []
    targets = (item.optional_vars for item in items)
    return isinstance(node, ast.AsyncFunctionDef) or any(
        isinstance(each, ast.Name) and each.id == name for each in targets
    )


def _line_by_line(situation: Situation, runner: Runner, loop: ast.For) -> Fix | Reason:
    """`while line := await asyncio.to_thread(file.readline)`: it ends, as the loop does, with an empty line."""
    kind = situation.finding.call.rpartition(".")[0]
    if not situation.resolver.catalogue.member(kind, "readline"):
        return reason("open-handle")
    if not _may_be_while(situation, loop):
        return reason("open-handle")
    recipe = ReadLines(situation.target(), runner)
    return Fix(Strategy.THREAD, f"read one line after the other through `{runner.shown}`", recipe)


def _chunk_by_chunk(situation: Situation, runner: Runner) -> Fix | Reason:
    """`while (chunk := await asyncio.to_thread(file.read, n)) != b""`."""
    loop = situation.tree.parent(situation.node)
    if not isinstance(loop, ast.For) or not _may_be_while(situation, loop):
        return reason("open-handle")
    if not in_coroutine(situation, loop) or "#" in situation.tree.source(situation.node):
        return reason("open-handle")
    recipe = ReadChunks(situation.target(), runner)
    return Fix(Strategy.THREAD, f"read one chunk after the other through `{runner.shown}`", recipe)


def _item_by_item(situation: Situation, runner: Runner) -> Fix | Reason:
    """`while (chunk := await asyncio.to_thread(next, chunks, None)) is not None`: no item of a feed is None."""
    whole = collecting_expression(situation)
    if whole is not None:
        return hop_whole(situation, runner, whole, materialise=False)
    loop = situation.tree.parent(situation.node)
    if not isinstance(loop, ast.For) or not _may_be_while(situation, loop):
        return reason("open-handle")
    if not in_coroutine(situation, loop) or not stands_alone(situation, [loop]):
        return reason("open-handle")
    item = situation.tree.source(loop.target)
    around = [up for up in situation.tree.ancestors(loop) if isinstance(up, ast.For)]
    if any(item in names_bound_by(each) for up in around for each in ast.walk(up.target)):
        return reason("open-handle")
    recipe = ReadItems(situation.target(), runner, *_iterator(situation, item), item)
    return Fix(Strategy.THREAD, f"read one item after the other through `{runner.shown}`", recipe)


def _iterator(situation: Situation, item: str) -> tuple[str, str]:
    """The variable that holds the iterator of a loop, and what it is set to; empty where it holds it already."""
    iterates_itself = situation.finding.call.endswith(_ITERATOR)
    if iterates_itself and isinstance(situation.node, ast.Name):
        return situation.node.id, ""
    fresh = unused_name(situation.tree.module, f"{item}s")
    return fresh, "{}" if iterates_itself else "iter({})"


def _may_be_while(situation: Situation, loop: ast.For) -> bool:
    """Whether a loop may ask for each value by itself: behind it, its variable holds the last one no more."""
    target = loop.target
    if not isinstance(target, ast.Name) or not _is_plain(situation, loop):
        return False
    behind = any(target.id in free_reads(each) for each in loop.orelse)
    return not behind and not read_later(situation.function(), [loop], {target.id})


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
    flow = flow_of([loop], situation.function(), suppressing(situation, [loop]))
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
