"""What came along with the rows of a query: relations that are loaded, columns that are left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.syntax.positions import Place

SEPARATOR = "__"
"""What stands between the parts of a path: `author__publisher`."""


class Source(NamedTuple):
    """The last call of a queryset in view, behind which it may be told to join more tables.

    Attributes:
        path: the file.
        place: the call.
        asks: whether that call asks for the rows itself (`Book.objects.get()`): the join goes in front of it.
        given: whether it asks for those of its first argument (`get_object_or_404(Book)`): the join goes behind that.
        manager: the manager through which a model is asked that is given itself; empty for a manager.
    """

    path: str
    place: Place
    asks: bool
    given: bool = False
    manager: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an object of a model comes from.

    Attributes:
        known: whether what makes it is in view; where it is not, more may have come along than is said here.
        loaded: paths of the relations that came along.
        required: whether all foreign keys came along that cannot be null (`select_related()`).
        only: the columns that were asked for; None for all.
        deferred: columns that were left out.
        handled: relations that other code in view reads of it: they may have come along by that.
        made: whether the object was made here: what it was not given is not there.
        missing: relations of an object made here that it was given the key of.
        source: the query in view that gave it, or None.
        joinable: whether a join would change nothing else about that query.
        path: the relations that lead from the rows of the query to the object.
    """

    known: bool = True
    loaded: frozenset[str] = frozenset()
    required: bool = False
    only: frozenset[str] | None = None
    deferred: frozenset[str] = frozenset()
    handled: frozenset[str] = frozenset()
    made: bool = False
    missing: frozenset[str] = frozenset()
    source: Source | None = None
    joinable: bool = True
    path: tuple[str, ...] = ()

    def with_loaded(self, paths: Iterable[str]) -> Origin:
        """The same, with more relations loaded, and those on the way to them."""
        found = set(self.loaded)
        for path in paths:
            parts = path.split(SEPARATOR)
            found.update(SEPARATOR.join(parts[:end]) for end in range(1, len(parts) + 1))
        return replace(self, loaded=frozenset(found))

    def unjoinable(self) -> Origin:
        """The same, where a join might change more than it should."""
        return replace(self, joinable=False)

    def below(self, name: str) -> Origin:
        """The object that a relation of this one leads to."""
        if self.made:
            return STRANGER
        prefix = f"{name}{SEPARATOR}"
        inner = (path.removeprefix(prefix) for path in self.loaded if path.startswith(prefix))
        return replace(
            self,
            loaded=frozenset(inner),
            only=None,
            deferred=frozenset(),
            handled=frozenset(),
            path=(*self.path, name),
        )


STRANGER = Origin(known=False)
"""An object that comes from where nobody looks."""
