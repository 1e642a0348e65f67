"""What was called too early is handed over; what was never awaited is awaited."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.plan.call_text import callee_end, opening_parenthesis
from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.runners import needs_partial, runner_text
from awaken.syntax.positions import Span

# The width that black and ruff format to unless told otherwise.
_WIDTH = 88

if TYPE_CHECKING:
    from awaken.plan.recipes import AwaitCall, CallDirectly, GatherAwaits, HandOver, PutRight
    from awaken.rewrite.workspace import Workspace


def hand_over(space: Workspace, recipe: HandOver) -> list[Edit]:
    """`to_thread(f(a))` to `to_thread(f, a)`, `sync_to_async(f(a))` to `sync_to_async(f)(a)`."""
    outer, early = space.call(recipe.target.place), space.call(recipe.early)
    span = space.tree.span(early)
    if recipe.runner.curries:
        return _curried(space, outer, early, whole=recipe.whole)
    if recipe.whole:
        return [insert(span.start, "lambda: ", span)]
    opening = Span(callee_end(space.tree, early), opening_parenthesis(space.tree, early) + 1)
    arguments: list[ast.expr | ast.keyword] = [*early.args, *early.keywords]
    if not arguments:
        return [Edit(Span(opening.start, span.end), "", span)]
    separated = [Edit(opening, _comma(space, opening.end), span)]
    if needs_partial(recipe.runner, early):
        partial = space.names.text("functools.partial", space.where(recipe.target))
        return [insert(span.start, f"{partial}(", span), *separated]
    last = max(space.tree.offsets.span(each).end for each in arguments)
    return [*separated, Edit(Span(_behind_closed(space, last, span.end), span.end), "", span)]


def _comma(space: Workspace, offset: int) -> str:
    """What stands between the callable and its first argument; a line break that is there serves."""
    return "," if space.tree.text[offset : offset + 1] in "\r\n" else ", "


def _behind_closed(space: Workspace, last: int, end: int) -> int:
    """Where the last argument ends, with the parentheses around it."""
    closed = space.tree.text[last : end - 1]
    return last + closed.rfind(")") + 1


def _curried(space: Workspace, outer: ast.Call, early: ast.Call, *, whole: bool) -> list[Edit]:
    span, around = space.tree.span(early), space.tree.span(outer)
    called = space.tree.parent(outer)
    empty = isinstance(called, ast.Call) and called.func is outer
    end = space.tree.span(called).end if empty and isinstance(called, ast.Call) else around.end
    if whole:
        return [
            insert(span.start, "lambda: ", span),
            *([] if empty else [insert(around.end, "()", around)]),
        ]
    callee = callee_end(space.tree, early)
    return [insert(callee, ")", Span(span.start, callee)), Edit(Span(span.end, end), "", around)]


def await_call(space: Workspace, recipe: AwaitCall) -> list[Edit]:
    """`f(a)` to `await f(a)`."""
    return space.awaited(space.call(recipe.target.place), "")


def call_directly(space: Workspace, recipe: CallDirectly) -> list[Edit]:
    """`to_thread(f, a)` to `f(a)`."""
    outer = space.call(recipe.target.place)
    span, function = space.tree.span(outer), space.span(recipe.function)
    given: list[ast.expr | ast.keyword] = [*outer.args, *outer.keywords]
    starts = [space.tree.offsets.span(each).start for each in given]
    behind = [start for start in starts if start > function.end]
    return [
        Edit(Span(span.start, function.start), "", span),
        Edit(Span(function.end, _until(space, function.end, behind, span.end)), "(", span),
    ]


def put_right(space: Workspace, recipe: PutRight) -> list[Edit]:
    """Other text for parts of a call."""
    owner = space.span(recipe.target.place)
    edits = []
    for each in recipe.replacements:
        text = each.template
        if "{runner}" in text:
            text = text.replace("{runner}", runner_text(space, recipe))
        edits.append(Edit(each.span, text, owner))
    return edits


def gather_awaits(space: Workspace, recipe: GatherAwaits) -> list[Edit]:
    """`a = await f()`, `b = await g()` to `a, b = await asyncio.gather(f(), g())`."""
    calls = [space.call(place) for place in recipe.calls]
    spans = [space.tree.span(call) for call in calls]
    statements = [space.tree.span(space.tree.statement(call)) for call in calls]
    whole = Span(statements[0].start, statements[-1].end)
    gather = space.names.text("asyncio.gather", space.where(recipe.target))
    before = f"{', '.join(recipe.names)} = await {gather}("
    margin = space.tree.text[space.tree.offsets.line_start(whole.start) : whole.start]
    length = len(margin) + len(before) + sum(span.end - span.start + 2 for span in spans)
    first, between, after = "", ", ", ")"
    if length > _WIDTH:
        first = f"{space.newline}{margin}    "
        between, after = f",{first}", f",{space.newline}{margin})"
    edges = [statements[0].start, *(edge for span in spans for edge in span), whole.end]
    texts = [f"{before}{first}", *[between] * (len(spans) - 1), after]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return [Edit(Span(*gap), text, whole) for gap, text in zip(gaps, texts, strict=True)]


def _until(space: Workspace, end: int, starts: list[int], closing: int) -> int:
    """Where the arguments behind a function begin, with the line break in front of them, or where there are none."""
    text = space.tree.text
    if not starts:
        return text.rindex(")", end, closing)
    between = text[end : min(starts)]
    broken = re.search(r"[\r\n]", between)
    return end + broken.start() if broken else min(starts)
