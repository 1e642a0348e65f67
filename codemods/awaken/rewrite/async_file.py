"""`with open(p) as f:` to `async with aiofiles.open(p) as f:`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.plan.call_text import callee_end
from awaken.rewrite.edit import Edit, insert
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import AsyncFile
    from awaken.rewrite.workspace import Workspace


def async_file(space: Workspace, recipe: AsyncFile) -> list[Edit]:
    """The header alone; the uses of the file are recipes of their own."""
    start = space.tree.span(space.statements(recipe.target.place)[0]).start
    opener = space.names.text(recipe.opener, space.where(recipe.target))
    before = "await " if recipe.is_awaited else ""
    edits = [insert(start, "async ", Span(start, len(space.tree.text)))]
    for place in recipe.calls:
        call = space.call(place)
        callee = Span(space.tree.span(call).start, callee_end(space.tree, call))
        edits.append(Edit(callee, f"{before}{opener}", callee))
    return edits
