"""A read that asks the database, as one of the things that block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.catalogue.schema import Entry, Severity
from awaken.detect.blocking import Blocking, qualified_name
from awaken.detect.finding import Shape

if TYPE_CHECKING:
    from awaken.detect.orm.rows.reads import Read
    from awaken.resolve.resolver import Resolver

_STRATEGIES = ("native", "sync_to_async")


def blocking_read(resolver: Resolver, read: Read) -> Blocking:
    """What a read asks the database for.

    What may have been loaded elsewhere is no great matter: it is reported on request only.
    """
    severity = Severity.HIGH if read.certain else Severity.LOW
    entry = Entry(read.attribute.name, "django", severity, strategies=_STRATEGIES)
    model = read.owner.of if read.field.backwards else read.field.model
    name = f"{qualified_name(resolver, model)}.{read.attribute.name}"
    return Blocking(name, entry, read.owner, Shape.RELATION)


def may_be_loaded(blocking: Blocking) -> bool:
    """Whether something blocks only where it has not been loaded by what is not in view."""
    return blocking.shape is Shape.RELATION and blocking.entry.severity is Severity.LOW
