"""Functions that a rewritten file is given, where the client has no equal for something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.catalogue.exchange import CLIENT
from awaken.plan.definition import Definition

if TYPE_CHECKING:
    from awaken.plan.http.request import Request


def definition_of(request: Request, name: str) -> Definition:
    """A helper of the catalogue, for the client that the project wants.

    Args:
        request: the request that needs it.
        name: what the catalogue calls it.
    """
    helper = request.exchange.helpers[name]
    client = request.client
    uses = tuple(each.replace(CLIENT, client) for each in helper.uses)
    return Definition(helper.name, helper.text.replace(CLIENT, client), uses)
