"""Objects that make requests, and what becomes of them with an async client: the records of `[http.object]` tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.catalogue.exchange import Argument, Spelled, Verb


@dataclass(frozen=True, slots=True)
class ObjectMember:
    """What becomes of an attribute or method of the object, besides those that make requests.

    Attributes:
        name: what the other side calls it.
        form: how its uses are looked at and written (`plan/clients/members.py` has the ways).
        check: how a value that it is given is looked at for a difference (`plan/http/argument_values.py`), or empty.
    """

    name: str
    form: str
    check: str = ""


@dataclass(frozen=True, slots=True)
class ClientObject:
    """A class whose objects make requests.

    Attributes:
        makes: qualified names of what makes one: the class, and functions.
        client: the class of the other side, as a template.
        verbs: the methods that make requests.
        arguments: what becomes of the arguments of a request; no other may be given.
        options: what becomes of the arguments with which it is made; no other may be given.
        defaults: arguments of the client that make it do what the object does unasked.
        members: its other members; nothing else may be used.
        certificates_unless: arguments that say which certificates to trust; without them the client is given those
            that are read once for a module.
    """

    makes: frozenset[str]
    client: str
    verbs: dict[str, Verb]
    arguments: dict[str, Argument]
    options: dict[str, Argument] = field(default_factory=dict)
    defaults: tuple[Spelled, ...] = ()
    members: dict[str, ObjectMember] = field(default_factory=dict)
    certificates_unless: frozenset[str] = frozenset()
