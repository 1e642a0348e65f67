"""A `with` that waits when it is left, as a `try` whose `finally` waits in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.indentation import indent_unit, indentation_of
from awaken.rewrite.runners import run_function
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import LeaveInThread
    from awaken.rewrite.workspace import Workspace


def leave_in_thread(space: Workspace, recipe: LeaveInThread) -> list[Edit]:
    """`with Pool() as pool:` to `pool = Pool()`, `try:` and `finally: await asyncio.to_thread(pool.shutdown)`."""
    (statement,) = space.statements(recipe.target.place)
    margin = indentation_of(space.tree, statement)
    inner = margin + indent_unit(space.tree, statement)
    wait = run_function(space, recipe, f"{recipe.name}.{recipe.method}", ())
    end = _line_content_end(space, space.tree.span(statement).end)
    finish = f"{space.newline}{margin}finally:{space.newline}{inner}await {wait}"
    opening, closing = recipe.opening, recipe.closing
    if recipe.bound:
        header = f"{space.newline}{margin}try:"
        edits = [Edit(opening, f"{recipe.name} = ", opening), Edit(closing, header, closing)]
    else:
        edits = [Edit(opening, "try:", opening)]
    return [*edits, insert(end, finish, Span(opening.start, end))]


def _line_content_end(space: Workspace, offset: int) -> int:
    """The end of the line at an offset, its comment included, its newline not."""
    line = space.tree.text[offset : space.tree.offsets.line_end(offset)]
    return offset + len(line.rstrip("\r\n"))
