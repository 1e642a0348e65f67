"""An object of threads becomes one of the loop: where it is made, and everywhere it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.plan.call_text import callee_end
from awaken.rewrite.edit import Edit, insert
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import SwapObject
    from awaken.rewrite.workspace import Workspace


def swap_object(space: Workspace, recipe: SwapObject) -> list[Edit]:
    """`lock = threading.Lock()` to `lock = asyncio.Lock()`, and `with lock:` to `async with lock:`."""
    call = space.call(recipe.target.place)
    name = space.names.text(recipe.made, space.where(recipe.target))
    callee = Span(space.tree.span(call).start, callee_end(space.tree, call))
    spans = [callee] if recipe.annotation is None else [recipe.annotation, callee]
    edits = [Edit(span, name, span) for span in spans]
    for place in recipe.awaited:
        edits.extend(space.awaited(space.call(place), ""))
    for place in recipe.entered:
        (statement,) = space.statements(place)
        span = space.tree.span(statement)
        edits.append(insert(span.start, "async ", span))
    return edits
