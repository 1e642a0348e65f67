"""Where a term stands, and by which calls one got there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.index.terms import Term
    from awaken.resolve.evaluation import Where
    from awaken.resolve.values import Defined


@dataclass(frozen=True, slots=True)
class Used:
    """A use where it stands: the file, the scope in it, and the use."""

    index: FileIndex
    scope: Scope
    site: Site


@dataclass(frozen=True, slots=True)
class Visited:
    """A function of the project that is looked into, and the call that led there.

    Attributes:
        function: the function.
        arguments: what its parameters are given, by their position.
        at: where these stand.
        depth: how many calls deep it is.
    """

    function: Defined
    arguments: tuple[tuple[int, Term], ...]
    at: At
    depth: int


@dataclass(frozen=True, slots=True)
class At:
    """Where a term stands, and by which call the function around it was entered; None for any call."""

    where: Where
    visited: Visited | None = None
