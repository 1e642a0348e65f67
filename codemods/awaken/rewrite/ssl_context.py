"""The SSL context that all requests of a module share: making one takes tens of milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.resolve.evaluation import Where
from awaken.rewrite.module_constant import module_constant

if TYPE_CHECKING:
    from awaken.rewrite.workspace import Workspace


def ssl_context(space: Workspace, client: str) -> str:
    """The name of the module's SSL context, which is added where the file has none yet.

    Args:
        space: the file.
        client: the library of the client.
    """
    return module_constant(space, "_SSL_CONTEXT", _value(space, client))


def _value(space: Workspace, client: str) -> str:
    """The certificates that requests would use: from its two variables, else the usual bundle."""
    where = Where(space.names.index.path, 0)
    module = space.names.module_text(client, where)
    os = space.names.module_text("os", where)
    return (
        f"{module}.create_ssl_context({space.newline}"
        f'    {os}.environ.get("REQUESTS_CA_BUNDLE") or {os}.environ.get("CURL_CA_BUNDLE") or True,'
        f"{space.newline}    trust_env=False,"
        f"{space.newline})"
    )
