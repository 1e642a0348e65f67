"""Coroutines that are awaited where they were given to a loop of their own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from awaken.plan.recipes import Named, Sibling
from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.indentation import lines_inside_strings
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.recipes import AwaitCoroutines, Awaited
    from awaken.rewrite.workspace import Workspace


def await_coroutines(space: Workspace, recipe: AwaitCoroutines) -> list[Edit]:
    """`asyncio.run(fetch())` to `await fetch()`; lines that go, and bodies that move one level out."""
    edits = [edit for run in recipe.runs for edit in _awaited(space, run)]
    edits += [Edit(span, "", span) for span in recipe.removed]
    return [*edits, *_moved_out(space, recipe, edits)]


def _awaited(space: Workspace, run: Awaited) -> Iterator[Edit]:
    node = space.expression(run.target.place)
    span = space.tree.span(node)
    yield from space.awaited(node, "")
    yield from space.listed(run.target.generator)
    position, text = span.start, ""
    for piece in run.pieces:
        if isinstance(piece, Span):
            yield from _between(Span(position, piece.start), text, span)
            position, text = piece.end, ""
        else:
            text += _written(space, run, piece)
    yield from _between(Span(position, span.end), text, span)
    for piece in run.pieces:
        if isinstance(piece, Sibling):
            yield _imported_beside(space, piece)


def _imported_beside(space: Workspace, piece: Sibling) -> Edit:
    """`from shop import fetch_sync` to `from shop import fetch, fetch_sync`."""
    tree, span = space.tree, space.span(piece.beside)
    line = tree.offsets.line_start(span.start)
    indent = tree.text[line : span.start]
    behind = tree.text[span.end : tree.offsets.line_end(span.end)].strip()
    alone = not indent.strip() and behind in (",", "")
    between = f",{space.newline}{indent}" if alone else ", "
    if piece.member < tree.text[span.start : span.end]:
        return insert(span.start, f"{piece.member}{between}", span)
    return Edit(Span(span.end, span.end), f"{between}{piece.member}", span)


def _between(gap: Span, text: str, owner: Span) -> Iterator[Edit]:
    if gap.end > gap.start or text:
        yield Edit(gap, text, owner)


def _written(space: Workspace, run: Awaited, piece: str | Named | Sibling) -> str:
    where = space.where(run.target)
    if isinstance(piece, Named):
        return space.names.text(piece.name, where)
    return piece.member if isinstance(piece, Sibling) else piece


def _moved_out(space: Workspace, recipe: AwaitCoroutines, edits: Sequence[Edit]) -> Iterator[Edit]:
    """What lines lose of their indentation: a body without its statement, arguments without the call around."""
    tree = space.tree
    inside = lines_inside_strings(tree, tree.module)
    lost: Counter[int] = Counter()
    for span, characters in [*recipe.unwrapped, *_hanging(space, recipe)]:
        for line in range(tree.offsets.line_of(span.start), tree.offsets.line_of(span.end - 1) + 1):
            lost[line] += characters
    for line, characters in lost.items():
        start = tree.offsets.starts[line - 1]
        blank = tree.text[start : tree.offsets.line_end(start)]
        room = len(blank) - len(blank.lstrip(" \t\f"))
        gone = any(edit.span.start < start < edit.span.end for edit in edits)
        if line not in inside and blank.strip() and room and not gone:
            span = Span(start, start + min(characters, room))
            yield Edit(span, "", span)


def _hanging(space: Workspace, recipe: AwaitCoroutines) -> Iterator[tuple[Span, int]]:
    """The further lines of an argument that stood on lines of its own."""
    tree = space.tree
    for run in recipe.runs:
        first = next((piece for piece in run.pieces if isinstance(piece, Span)), None)
        if first is None:
            continue  # a helper that passes constants leaves nothing of its call
        line = tree.offsets.line_start(first.start)
        outer = tree.offsets.line_start(space.span(run.target.place).start)
        if line != outer and tree.offsets.line_of(first.end - 1) > tree.offsets.line_of(
            first.start
        ):
            deeper = _indent(tree.text, line) - _indent(tree.text, outer)
            below = tree.offsets.line_end(first.start)
            if deeper > 0:
                yield Span(below, first.end), deeper


def _indent(text: str, line: int) -> int:
    end = line
    while text[end : end + 1] in (" ", "\t", "\f"):
        end += 1
    return end - line
