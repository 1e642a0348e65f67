"""The SSL context that all requests of a module share: making one takes tens of milliseconds."""

from __future__ import annotations

import ast
from itertools import chain, count
from typing import TYPE_CHECKING

from awaken.resolve.evaluation import Where

if TYPE_CHECKING:
    from awaken.rewrite.workspace import Workspace


_NAMES = {"": "_SSL_CONTEXT", "False": "_UNVERIFIED_SSL_CONTEXT"}


def ssl_context(space: Workspace, client: str, verify: str = "") -> str:
    """The name of the module's SSL context, which is added where the file has none yet.

    Args:
        space: the file.
        client: the library of the client.
        verify: `False`, or the path of a bundle, as source text; empty for what requests does unasked.
    """
    value = _value(space, client, verify)
    for name, held in space.names.constants.items():
        if held == value:
            return name
    existing = _existing(space, value)
    if existing is not None:
        return existing
    first = _NAMES.get(verify, "_OWN_SSL_CONTEXT")
    names = chain((first,), (f"{first}_{number}" for number in count(2)))
    return space.names.constant(next(filter(space.names.is_unused, names)), value)


def _value(space: Workspace, client: str, verify: str) -> str:
    """The certificates that requests would use: from its two variables, else the usual bundle."""
    where = Where(space.names.index.path, 0)
    module = space.names.module_text(client, where)
    if verify:
        return f"{module}.create_ssl_context({verify}, trust_env=False)"
    os = space.names.module_text("os", where)
    return (
        f"{module}.create_ssl_context({space.newline}"
        f'    {os}.environ.get("REQUESTS_CA_BUNDLE") or {os}.environ.get("CURL_CA_BUNDLE") or True,'
        f"{space.newline}    trust_env=False,"
        f"{space.newline})"
    )


def _existing(space: Workspace, value: str) -> str | None:
    """A constant of the same value that an earlier run has left."""
    wanted = ast.dump(ast.parse(value, mode="eval").body)
    for statement in space.tree.module.body:
        if isinstance(statement, ast.Assign) and ast.dump(statement.value) == wanted:
            target = statement.targets[0]
            if isinstance(target, ast.Name):
                return target.id
    return None
