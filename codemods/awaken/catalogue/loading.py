"""Attributes whose object is fetched when somebody first uses it, and how it is fetched off the loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.catalogue.schema import Native, Severity


@dataclass(frozen=True, slots=True)
class Loading:
    """One attribute; reading it costs nothing, and the first use of what it gives is a query.

    Attributes:
        attribute: its name.
        severity: how long the first use lasts.
        applied: a builtin that fetches the object when it is called with it; empty for none.
        called: a method of the object that does nothing but fetch it; empty for none.
        members: names of the members whose use fetches it; empty for all that can be done with it.
        native: the method of the holder that fetches the object anew, or None.
    """

    attribute: str
    severity: Severity
    applied: str = ""
    called: str = ""
    members: tuple[str, ...] = ()
    native: Native | None = None
