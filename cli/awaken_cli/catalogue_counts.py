"""How many entries of the built-in catalogue each rule has."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from awaken.catalogue.builtin import files_by_root, libraries_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.schema import Entry, Library


def entries_by_rule() -> Counter[str]:
    """Count the blocking entries of every catalogue file, by rule."""
    return Counter(
        entry.rule
        for root in files_by_root()
        for library in libraries_of(root)
        for entry in _entries(library)
        if entry.blocks
    )


def _entries(library: Library) -> Iterator[Entry]:
    yield from library.calls
    for kind in library.types:
        yield from kind.members.values()
        if kind.dynamic is not None:
            yield kind.dynamic
