"""A call that tests may replace, and the names by which its module reaches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.index.terms import Imported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.load import Catalogue
    from awaken.index.summary import FileIndex


@dataclass(frozen=True, slots=True)
class Use:
    """A call, and how a module reaches it.

    Attributes:
        call: the qualified name of what is called.
        index: the module.
        names: what the module calls it: `requests.get`, `get`.
        around: names of the module on the way to it: `requests`, or `session` of `session.get`.
    """

    call: str
    index: FileIndex
    names: frozenset[str]
    around: frozenset[str]

    @property
    def reached_by(self) -> frozenset[str]:
        """All names whose replacement replaces the call."""
        return self.names | self.around


def use_of(call: str, spelled: str, index: FileIndex, catalogue: Catalogue) -> Use:
    """Return a call with the names by which its module reaches it.

    Args:
        call: its qualified name, as the catalogue has it.
        spelled: how it is written; empty where that begins with no name of the module.
        index: the module.
        catalogue: knows the one name of a class that has several.
    """
    names, around = {spelled} - {""}, set(beginnings(spelled))
    for name, qualified in _imported(index):
        known = catalogue.type(qualified)
        known_as = known.name if known is not None else qualified
        if call == known_as:
            names.add(name)
        elif call.startswith(f"{known_as}."):
            whole = f"{name}{call.removeprefix(known_as)}"
            names.add(whole)
            around.update(beginnings(whole))
    return Use(call, index, frozenset(names), frozenset(around))


def _imported(index: FileIndex) -> Iterator[tuple[str, str]]:
    """The names of a module that imports bind, with what they stand for."""
    for name, bindings in index.scopes[0].bindings.items():
        for binding in bindings:
            term = binding.term
            if isinstance(term, Imported) and not term.level:
                yield name, f"{term.module}.{term.member}" if term.member else term.module


def beginnings(name: str) -> Iterator[str]:
    """Yield what a dotted name begins with: `a.b` and `a` of `a.b.c`."""
    while "." in name:
        name = name.rpartition(".")[0]
        yield name
