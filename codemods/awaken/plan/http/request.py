"""One request: where it stands, and how its library's requests are made with the client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast

    from awaken.catalogue.exchange import Exchange, Verb
    from awaken.plan.situation import Situation


@dataclass(frozen=True, slots=True)
class Request:
    """What the planners of a request's parts may look at.

    Attributes:
        situation: the finding in its file.
        exchange: what becomes of the library's arguments, responses and exceptions.
        verb: the function that is called.
    """

    situation: Situation
    exchange: Exchange
    verb: Verb

    @property
    def call(self) -> ast.Call:
        return self.situation.call

    @property
    def client(self) -> str:
        """The module of the client."""
        return self.exchange.client(self.situation.settings.http_client)

    @property
    def name(self) -> str:
        """The bare name of the function."""
        return self.situation.finding.call.rpartition(".")[2]
