"""What is fetched in front of the statement that uses it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.indentation import indentation_of
from awaken.rewrite.runners import run_function
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import FetchAnew, FetchFirst
    from awaken.rewrite.workspace import Workspace
    from awaken.syntax.positions import Place


def fetch_first(space: Workspace, recipe: FetchFirst) -> list[Edit]:
    """`await sync_to_async(bool)(request.user)` on a line of its own."""
    given = (recipe.argument,) if recipe.argument else ()
    call = run_function(space, recipe, recipe.callee, given)
    return [_line_before(space, recipe.target.place, f"await {call}")]


def fetch_anew(space: Workspace, recipe: FetchAnew) -> list[Edit]:
    """`user = await request.auser()`, and its uses."""
    fetched = f"await {recipe.holder}.{recipe.member}()"
    spans = [space.span(place) for place in recipe.uses]
    if not recipe.name:
        return [Edit(span, fetched, span) for span in spans]
    line = _line_before(space, recipe.target.place, f"{recipe.name} = {fetched}")
    return [line, *(Edit(span, recipe.name, span) for span in spans)]


def _line_before(space: Workspace, place: Place, text: str) -> Edit:
    statement = space.tree.statement(space.expression(place))
    start = space.tree.span(statement).start
    margin = indentation_of(space.tree, statement)
    # whatever else begins with the statement comes behind the line
    return insert(start, f"{text}{space.newline}{margin}", Span(start, len(space.tree.text)))
