"""A handle that lives on across awaits: its opening, its uses and its closing, each in a hop."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan.recipes import HopCall
from awaken.rewrite.calls import hop_call
from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.indentation import indent_unit, indentation_of, moved_in
from awaken.rewrite.runners import around_callable, run_function
from awaken.syntax.positions import Place, Span
from awaken.syntax.with_header import header_gaps

if TYPE_CHECKING:
    from awaken.plan.recipes import Closing, HeldHandle, ReadChunks, ReadItems, ReadLines
    from awaken.rewrite.workspace import Workspace


def read_lines(space: Workspace, recipe: ReadLines) -> list[Edit]:
    """`for line in file:` to `while line := await asyncio.to_thread(file.readline):`."""
    file = space.expression(recipe.target.place)
    loop = space.tree.parent(file)
    if not isinstance(loop, ast.For):
        raise LookupError(f"no loop at line {recipe.target.place.line}")
    start, span = space.tree.span(loop).start, space.tree.span(file)
    target = space.tree.span(loop.target)
    before, after = around_callable(space, recipe)
    called = "()" if recipe.runner.curries else ""
    keyword, between = Span(start, target.start), Span(target.end, span.start)
    return [
        Edit(keyword, "while ", keyword),
        Edit(between, f" := await {before}", between),
        insert(span.end, f".readline{after}{called}", span),
    ]


def read_chunks(space: Workspace, recipe: ReadChunks) -> list[Edit]:
    """`for chunk in iter(lambda: file.read(n), b""):` to `while (chunk := await ...) != b"":`."""
    chunks = space.call(recipe.target.place)
    loop, function = space.tree.parent(chunks), chunks.args[0]
    if not isinstance(loop, ast.For):
        raise LookupError(f"no loop at line {recipe.target.place.line}")
    body = function.body if isinstance(function, ast.Lambda) else function
    inner, target = space.tree.span(body), space.tree.span(loop.target)
    keyword = Span(space.tree.span(loop).start, target.start)
    between, behind = Span(target.end, inner.start), Span(inner.end, space.tree.span(chunks).end)
    return [
        Edit(keyword, "while (", keyword),
        Edit(between, " := ", between),
        *_read(space, recipe, body),
        Edit(behind, f") != {space.tree.source(chunks.args[1])}", behind),
    ]


def read_items(space: Workspace, recipe: ReadItems) -> list[Edit]:
    """`for line in feed():` to `lines = feed()` and `while (line := await ...) is not None:`."""
    feed = space.expression(recipe.target.place)
    loop = space.tree.parent(feed)
    if not isinstance(loop, ast.For):
        raise LookupError(f"no loop at line {recipe.target.place.line}")
    span = space.tree.span(feed)
    head = Span(space.tree.span(loop).start, span.start)
    taken = run_function(space, recipe, "next", (recipe.name, "None"))
    line = f"while ({recipe.item} := await {taken}) is not None"
    if not recipe.made:
        whole = Span(head.start, span.end)
        return [Edit(whole, line, whole)]
    before, _, after = recipe.made.partition("{}")
    margin = indentation_of(space.tree, loop)
    return [
        Edit(head, f"{recipe.name} = {before}", head),
        insert(span.end, f"{after}{space.newline}{margin}{line}", span),
    ]


def _read(space: Workspace, recipe: ReadChunks, body: ast.expr) -> list[Edit]:
    """The call in the lambda, or the method itself."""
    if isinstance(body, ast.Call):
        target = replace(recipe.target, place=Place.of(body))
        return hop_call(space, HopCall(target, recipe.runner))
    before, after = around_callable(space, recipe)
    called = "()" if recipe.runner.curries else ""
    span = space.tree.span(body)
    return [
        insert(span.start, f"await {before}", span),
        insert(span.end, f"{after}{called}", span),
    ]


def held_handle(space: Workspace, recipe: HeldHandle) -> list[Edit]:
    """What surrounds the uses: `with open(p) as f:` to `f = ...`, `try:` and `finally:`."""
    if not recipe.closings:
        return []
    statement = space.statements(recipe.target.place)[0]
    if not isinstance(statement, ast.With):
        raise LookupError(f"no `with` at line {recipe.target.place.line}")
    deeper = indent_unit(space.tree, statement) * (len(statement.items) - 1)
    return [
        *_header(space, recipe, statement),
        *(_deeper(space, statement, deeper) if deeper else ()),
        *_footer(space, recipe, statement),
    ]


def _deeper(space: Workspace, statement: ast.With, more: str) -> list[Edit]:
    """The body further in, with the comments in front of it."""
    offsets, first = space.tree.offsets, statement.body[0]
    header = offsets.line_of(space.tree.span(statement.items[-1].context_expr).end)
    span = space.tree.span(statement)
    end = _end_of_body(space, statement)
    behind = range(offsets.line_of(span.end) + 1, offsets.line_of(end - 1) + 1)
    comments = [
        insert(offsets.starts[line - 1], more, Span(offsets.starts[line - 1], end))
        for line in (*range(header + 1, first.lineno), *behind)
        if space.tree.text.startswith("#", _margin_end(space, line))
    ]
    return [*comments, *moved_in(space.tree, statement.body, more)]


def _end_of_body(space: Workspace, statement: ast.With) -> int:
    """Behind the last line of a body, and behind the comments below it that are as far in."""
    offsets, text = space.tree.offsets, space.tree.text
    end = line_end = offsets.line_end(space.tree.span(statement).end)
    margin = len(indentation_of(space.tree, statement))
    while line_end < len(text):
        start, line_end = line_end, offsets.line_end(line_end)
        line = text[start:line_end].lstrip(" \t\f")
        if line.startswith("#") and line_end - start - len(line) > margin:
            end = line_end
        elif line.strip():
            break
    return end


def _margin_end(space: Workspace, line: int) -> int:
    start = space.tree.offsets.starts[line - 1]
    rest = space.tree.text[start:]
    return start + len(rest) - len(rest.lstrip(" \t\f"))


def _header(space: Workspace, recipe: HeldHandle, statement: ast.With) -> list[Edit]:
    """Each item on a line of its own: opened and followed by a `try`, or entered by a `with` as before."""
    closings = {each.item: each for each in recipe.closings}
    gaps = header_gaps(space.tree, statement, closings)
    if not gaps:
        raise LookupError(f"no plain `with` at line {recipe.target.place.line}")
    margin, unit = indentation_of(space.tree, statement), indent_unit(space.tree, statement)
    pieces = [""]
    for number, item in enumerate(statement.items):
        closing = closings.get(number)
        line = f"{space.newline}{margin}{unit * number}"
        pieces[-1] += f"{line if number else ''}{f'{closing.name} = ' if closing else 'with '}"
        pieces.append(_guard(space, item, closing, line, unit))
    return [Edit(gap, text, gap) for gap, text in zip(gaps, pieces, strict=True)]


def _guard(
    space: Workspace, item: ast.withitem, closing: Closing | None, line: str, unit: str
) -> str:
    """What follows an item: the `try`, and the target where that is not what was opened."""
    if closing is None:
        return ":"
    if closing.entered is None or item.optional_vars is None:
        return f"{line}try:"
    target = space.tree.source(item.optional_vars)
    return f"{line}try:{line}{unit}{target} = {closing.name}.{closing.entered}"


def _footer(space: Workspace, recipe: HeldHandle, statement: ast.With) -> list[Edit]:
    """The `finally` of each item, the last one first."""
    margin, unit = indentation_of(space.tree, statement), indent_unit(space.tree, statement)
    lines = []
    for closing in reversed(recipe.closings):
        outer = f"{margin}{unit * closing.item}"
        nothing = ("None",) * 3 if closing.method == "__exit__" else ()
        call = run_function(space, recipe, f"{closing.name}.{closing.method}", nothing)
        lines += [f"{outer}finally:", f"{outer}{unit}await {call}"]
    start = space.tree.span(statement).start
    end = _end_of_body(space, statement)
    text = space.newline.join(lines)
    ended = space.tree.text[:end].endswith(("\n", "\r"))
    footer = f"{text}{space.newline}" if ended else f"{space.newline}{text}"
    return [insert(end, footer, Span(start, end))]
