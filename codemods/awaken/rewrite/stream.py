"""A request whose body is read later, as a stream of an async client that lives as long as the response."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.indentation import indent_unit, indentation_of, moved_in
from awaken.rewrite.iteration import comprehension_start
from awaken.rewrite.request import call_edits, client_text, edits_around, fresh_name
from awaken.syntax.positions import Place, Span
from awaken.syntax.with_header import header_gaps

if TYPE_CHECKING:
    from awaken.plan.recipes import IteratedStream, StreamRequest
    from awaken.rewrite.workspace import Workspace


def stream_request(space: Workspace, recipe: StreamRequest) -> list[Edit]:
    """`with requests.get(url, stream=True) as r:` to `async with ... as client, client.stream("GET", url) as r:`."""
    call = space.call(recipe.target.place)
    statements = space.statements(recipe.place)
    request = recipe.request
    client = fresh_name(space, call, request.opening.variable)
    span = space.tree.span(call)
    unit = indent_unit(space.tree, statements[0])
    room = space.tree.source(call).partition("\n")[0]
    entered = client_text(
        space, request, client, statements[0], behind=f", {room} as {request.name}:"
    )
    start = Span(space.tree.span(statements[0]).start, span.start)
    return [
        Edit(start, f"async with {entered}, ", start),
        *call_edits(space, request, call, client, ""),
        *_behind_call(space, recipe, call, statements[0]),
        *(() if recipe.entered else moved_in(space.tree, statements[1:], unit)),
        *edits_around(space, request, unit, Span(0, 0)),
        *(edit for each in recipe.loops for edit in _loop(space, each)),
        *(_read(space, recipe, each) for each in recipe.reads),
        *(edit for place, name in recipe.awaited for edit in _await(space, place, name)),
    ]


def _behind_call(
    space: Workspace, recipe: StreamRequest, call: ast.Call, statement: ast.stmt
) -> list[Edit]:
    """The name of the response, where it stood in front; the parenthesis of `closing(...)` goes."""
    end = space.tree.span(call).end
    if not recipe.entered:
        return [insert(end, f" as {recipe.request.name}:", space.tree.span(statement))]
    if not isinstance(statement, ast.With):
        raise LookupError(f"no `with` at line {recipe.place.line}")
    entered = Span(end, space.tree.span(statement.items[0].context_expr).end)
    colon = header_gaps(space.tree, statement, ())[-1]
    return [
        Edit(span, text, span) for span, text in ((entered, ""), (colon, ":")) if len(set(span)) > 1
    ]


def _loop(space: Workspace, recipe: IteratedStream) -> list[Edit]:
    node = space.expression(recipe.place)
    parent = space.tree.parent(node)
    if isinstance(parent, ast.comprehension):
        start = comprehension_start(space, parent)
    else:
        start = space.tree.span(space.tree.statement(node)).start
    span = Span(start, space.tree.span(node).end)
    return [insert(start, "async ", span), *space.listed(recipe.generator)]


def _read(space: Workspace, recipe: StreamRequest, place: Place) -> Edit:
    statement = space.statements(place)[0]
    margin = indentation_of(space.tree, statement)
    span = space.tree.span(statement)
    return insert(span.start, f"await {recipe.request.name}.aread(){space.newline}{margin}", span)


def _await(space: Workspace, place: Place, method: str) -> list[Edit]:
    call = space.call(place)
    if not isinstance(call.func, ast.Attribute):
        raise LookupError(f"no member is called at line {place.line}")
    end = space.tree.span(call.func).end
    name = Span(end - len(call.func.attr), end)
    return [*space.awaited(call, ""), Edit(name, method, name)]
