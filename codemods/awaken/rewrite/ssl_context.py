"""The SSL context that all requests of a module share: making one takes tens of milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.rewrite.module_constant import module_constant

if TYPE_CHECKING:
    from awaken.rewrite.workspace import Workspace


def ssl_context(space: Workspace, value: str, *, verified: bool) -> str:
    """The name of the module's SSL context, which is added where the file has none of this value yet.

    Args:
        space: the file.
        value: the expression that makes it.
        verified: whether it verifies certificates, which its name says.
    """
    name = "_SSL_CONTEXT" if verified else "_UNVERIFIED_SSL_CONTEXT"
    return module_constant(space, name, value)


def bundle(space: Workspace, value: str) -> str:
    """The same for the path of the certificates.

    Args:
        space: the file.
        value: the expression that gives it.
    """
    return module_constant(space, "_CA_BUNDLE", value)
