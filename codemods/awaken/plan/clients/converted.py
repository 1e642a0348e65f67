"""What is known of an object on its way to a client: its requests, and everything else that changes with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from awaken.catalogue.client_object import ClientObject
    from awaken.catalogue.exchange import Exchange
    from awaken.plan.clients.scopes import FileScopes
    from awaken.plan.fix import Reason
    from awaken.plan.recipes import ClientRequest, Replacement
    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Place


@dataclass(frozen=True, slots=True)
class Kind:
    """A class whose objects make requests, and the client that takes their place.

    Attributes:
        exchange: how single requests are made with the client.
        object: what becomes of the objects.
        client: the module of the client.
        is_shared: whether several tasks may use one object at a time.
    """

    exchange: Exchange
    object: ClientObject
    client: str
    is_shared: bool = True


@dataclass(slots=True)
class Converted:
    """What becomes of the uses of an object.

    Attributes:
        scopes: the file.
        kind: what the object is, and becomes.
        situations: the findings of the file that are requests, by place.
        own: the calls that are requests of the object.
        calls: all calls of the object and of what it has, and those that make it.
        requests: those in their new form.
        closed: the calls that close it.
        translations: other uses in their new form.
        removed: statements that set what the client is given when it is made.
        options: those arguments.
        queries: whether it adds a query of its own to every URL.
        differences: what would not be the same.
    """

    scopes: FileScopes
    kind: Kind
    situations: Mapping[Place, Situation]
    own: tuple[ast.Call, ...] = ()
    calls: tuple[ast.Call, ...] = ()
    requests: list[ClientRequest] = field(default_factory=list)
    closed: list[ast.Call] = field(default_factory=list)
    translations: list[Replacement] = field(default_factory=list)
    removed: list[ast.stmt] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    queries: bool = False
    differences: list[Reason] = field(default_factory=list)
