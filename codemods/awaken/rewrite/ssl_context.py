"""The module-level SSL context that all requests of a file share: making one takes tens of milliseconds."""

from __future__ import annotations

import ast
from itertools import chain, count

from awaken.resolve.evaluation import Where
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.rewrite.workspace import Workspace


def ssl_context(space: Workspace, client: str) -> str:
    """The name of the module's SSL context, which is added where the file has none yet.

    Args:
        space: the file.
        client: the library of the client.
    """
    value = _value(space, client)
    for name, held in space.names.constants.items():
        if held == value:
            return name
    existing = _existing(space, value)
    if existing is not None:
        return existing
    names = chain(("_SSL_CONTEXT",), (f"_SSL_CONTEXT_{number}" for number in count(2)))
    return space.names.constant(next(filter(space.names.is_unused, names)), value)


def _value(space: Workspace, client: str) -> str:
    """The certificates that requests would use: its two variables, else the bundle both libraries ship."""
    where = Where(space.names.index.path, 0)
    module = space.names.module_text(client, where)
    os = space.names.module_text("os", where)
    return (
        f"{module}.create_ssl_context({space.newline}"
        f'    {os}.environ.get("REQUESTS_CA_BUNDLE") or {os}.environ.get("CURL_CA_BUNDLE") or True'
        f"{space.newline})"
    )


def _existing(space: Workspace, value: str) -> str | None:
    """A constant of the same value that an earlier run has left."""
    wanted = ast.dump(ast.parse(value, mode="eval").body)
    for statement in space.tree.module.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            if len(statement.targets) == 1 and ast.dump(statement.value) == wanted:
                return statement.targets[0].id
    return None
