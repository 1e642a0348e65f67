"""Requests that stand one after the other, with one async client that is open from the first to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.catalogue.exchange import CLIENT
from awaken.rewrite.indentation import indent_unit, indentation_of, indented
from awaken.rewrite.module_constant import module_constant
from awaken.rewrite.request import client_header, fresh_name, request_edits
from awaken.rewrite.ssl_context import ssl_context
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import NativeRequest, SharedClient
    from awaken.rewrite.edit import Edit
    from awaken.rewrite.workspace import Workspace


def shared_client(space: Workspace, recipe: SharedClient) -> list[Edit]:
    """An `async with` around the statements, and in front of each further request what makes the client forget."""
    statements = space.statements(recipe.target.place)
    first, *others = recipe.requests
    client = fresh_name(space, space.call(first.target.place), "client")
    module = space.names.module_text(recipe.client, space.where(recipe.target))
    arguments = _arguments(space, recipe, module)
    header = client_header(space, statements[0], f"{module}.AsyncClient", arguments, client)
    moved = Span(space.tree.span(statements[0]).start, space.tree.span(statements[-1]).end)
    edits = request_edits(space, first, client, header, moved)
    for request in others:
        line = _forgetting(space, recipe, request, client)
        edits.extend(request_edits(space, request, client, line, moved))
    unit = indent_unit(space.tree, statements[0])
    replaced = [edit.span for edit in edits]
    return [*indented(space.tree, statements, unit, replaced), *edits]


def _arguments(space: Workspace, recipe: SharedClient, module: str) -> list[tuple[str, str]]:
    context = ssl_context(space, recipe.client)
    made = [
        (argument, module_constant(space, name, value.replace(CLIENT, module)))
        for argument, name, value in recipe.constants
    ]
    return [("verify", context), *recipe.arguments, *made]


def _forgetting(space: Workspace, recipe: SharedClient, request: NativeRequest, client: str) -> str:
    statement = space.tree.statement(space.call(request.target.place))
    margin = indentation_of(space.tree, statement) + indent_unit(space.tree, statement)
    return f"{margin}{recipe.between.replace('{}', client)}"
