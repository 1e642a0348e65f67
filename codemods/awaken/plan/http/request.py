"""One request: where it stands, and how its library's requests are made with the client."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result

if TYPE_CHECKING:
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
    def streams(self) -> bool:
        """Whether its body is read later."""
        return is_stream(self.situation, self.exchange)

    @property
    def client(self) -> str:
        """The module of the client."""
        return self.exchange.client(self.situation.settings.http_client)

    @property
    def name(self) -> str:
        """The bare name of the function."""
        return self.situation.finding.call.rpartition(".")[2]


def is_stream(situation: Situation, exchange: Exchange) -> bool:
    """Whether the body of a request is read later, and not in the same expression (`requests.get(...).content`)."""
    verb = exchange.verb(situation.finding.call)
    if not exchange.streamed or verb is None:
        return False
    streams = verb.streams or situation.finding.entry.result is Result.HANDLE
    return streams and not is_read_at_once(situation, exchange)


def is_read_at_once(situation: Situation, exchange: Exchange) -> bool:
    """Whether an attribute of the response that reads the body is all that is asked for."""
    member = situation.tree.parent(situation.node)
    if not isinstance(member, ast.Attribute):
        return False
    streamed = exchange.streamed.get(member.attr)
    call = situation.tree.parent(member)
    called = isinstance(call, ast.Call) and call.func is member
    return streamed is not None and streamed.form == "read" and not called
