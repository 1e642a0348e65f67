"""Requests that stand one after the other, with one async client that is open from the first to the last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.catalogue.exchange import CLIENT
from awaken.rewrite.indentation import indent_unit, indentation_of, indented
from awaken.rewrite.module_constant import module_constant
from awaken.rewrite.request import certificates, client_header, fresh_name, request_edits
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import NativeRequest, SharedClient
    from awaken.rewrite.edit import Edit
    from awaken.rewrite.workspace import Workspace


def shared_client(space: Workspace, recipe: SharedClient) -> list[Edit]:
    """An `async with` around the statements, and in front of each further request what makes the client forget."""
    statements = space.statements(recipe.target.place)
    first, *others = recipe.requests
    client = fresh_name(space, space.call(first.target.place), first.opening.variable)
    header = client_header(space, _making(space, recipe, first), client, statements[0])
    moved = Span(space.tree.span(statements[0]).start, space.tree.span(statements[-1]).end)
    edits = request_edits(space, first, client, header, moved)
    for request in others:
        line = _forgetting(space, recipe, request, client)
        edits.extend(request_edits(space, request, client, line, moved))
    unit = indent_unit(space.tree, statements[0])
    replaced = [edit.span for edit in edits if edit.span.start < edit.span.end]
    return [*indented(space.tree, statements, unit, replaced), *edits]


def _making(space: Workspace, recipe: SharedClient, first: NativeRequest) -> NativeRequest:
    """The first request with the arguments of the client that all of them share."""
    certificates(space, first)  # the SSL context comes first in the module, too
    module = space.names.module_text(first.client, space.where(recipe.target))
    made = [
        (argument, module_constant(space, name, value.replace(CLIENT, module)))
        for argument, name, value in recipe.constants
    ]
    return replace(first, client_arguments=(*recipe.arguments, *made))


def _forgetting(space: Workspace, recipe: SharedClient, request: NativeRequest, client: str) -> str:
    statement = space.tree.statement(space.call(request.target.place))
    margin = indentation_of(space.tree, statement) + indent_unit(space.tree, statement)
    return f"{margin}{recipe.between.replace('{}', client)}"
