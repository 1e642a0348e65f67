"""An object that makes requests becomes an async client: where it is made, and everywhere it is used."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.call_text import callee_end
from awaken.resolve.evaluation import Where
from awaken.rewrite.arguments import append_arguments
from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.indentation import indent_unit
from awaken.rewrite.request import certificates, in_module, request_of
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import ClientRequest, MadeClient, SwapClient
    from awaken.rewrite.workspace import Workspace
    from awaken.syntax.positions import Place

_LINE_LENGTH = 88


def swap_client(space: Workspace, recipe: SwapClient) -> list[Edit]:
    """`session = requests.Session()` to `session = httpx.AsyncClient(...)`, and all but its requests."""
    edits: list[Edit] = []
    for made in recipe.made:
        edits += _made(space, recipe, made)
    for place in recipe.entered:
        (statement,) = space.statements(place)
        span = space.tree.span(statement)
        edits.append(insert(span.start, "async ", span))
    for place in recipe.closed:
        edits += _closed(space, place, recipe.closes)
    for each in recipe.translations:
        before, hole, after = _spelled(space, recipe, each.template).partition("{}")
        if hole:
            edits += [insert(each.span.start, before, each.span)] if before else []
            edits += [insert(each.span.end, after, each.span)] if after else []
        else:
            edits.append(Edit(each.span, before, each.span))
    return [*edits, *(_removed(space, place) for place in recipe.removed)]


def client_request(space: Workspace, recipe: ClientRequest) -> list[Edit]:
    """`session.get(url)` to `await session.get(url)`."""
    return request_of(space, recipe.request, recipe.client)


def _spelled(space: Workspace, recipe: SwapClient, template: str) -> str:
    return in_module(space, recipe, template, Where(space.index.path, 0))


def _made(space: Workspace, recipe: SwapClient, made: MadeClient) -> list[Edit]:
    call = space.call(made.place)
    callee = Span(space.tree.span(call).start, callee_end(space.tree, call))
    name = _spelled(space, recipe, made.name)
    given = certificates(space, recipe) if made.certificates else []
    texts = [f"{each}={_spelled(space, recipe, text)}" for each, text in (*given, *made.arguments)]
    edits = [Edit(callee, name, callee)]
    if texts:
        edits.append(_with_arguments(space, call, name, ", ".join(texts)))
    return edits


def _with_arguments(space: Workspace, call: ast.Call, name: str, text: str) -> Edit:
    """The arguments on the line of the call, or on one of their own where it would grow too long."""
    if call.args or call.keywords:
        return append_arguments(space, call, text)
    start, end = space.tree.span(call)
    line = space.tree.offsets.line_start(start)
    rest = space.tree.text[end : space.line_stop(end)].partition("#")[0].rstrip()
    head = space.tree.text[line:start]
    if len(head.expandtabs(4)) + len(name) + len(text) + len(rest) + 2 > _LINE_LENGTH:
        margin = head[: len(head) - len(head.lstrip())]
        unit = indent_unit(space.tree, space.tree.statement(call))
        text = f"{space.newline}{margin}{unit}{text}{space.newline}{margin}"
    return insert(end - 1, text, Span(start, end - 1))


def _closed(space: Workspace, place: Place, closes: str) -> list[Edit]:
    call = space.call(place)
    if not isinstance(call.func, ast.Attribute):
        raise LookupError(f"nothing is closed at line {place.line}")
    end = space.tree.span(call.func).end
    name = Span(end - len(call.func.attr), end)
    return [*space.awaited(call, ""), Edit(name, closes, name)]


def _removed(space: Workspace, place: Place) -> Edit:
    """A statement with its whole lines."""
    offsets = space.tree.offsets
    span = space.span(place)
    whole = Span(offsets.line_start(span.start), offsets.line_end(span.end))
    return Edit(whole, "", whole)
