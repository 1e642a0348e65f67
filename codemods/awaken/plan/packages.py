"""The packages that a file imports, read off its summary once for all of its findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.index.terms import Imported

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.index.summary import FileIndex, Scope


@dataclass(frozen=True, slots=True)
class Packages:
    """Top-level names of what a file imports.

    Attributes:
        anywhere: by all of its imports, also those in functions.
        at_start: by the imports that run when the file itself is imported.
    """

    anywhere: frozenset[str] = frozenset()
    at_start: frozenset[str] = frozenset()


def packages_of(index: FileIndex) -> Packages:
    """What one file imports."""
    return Packages(_imported(index.scopes), _imported(index.scopes[:1]))


def _imported(scopes: Iterable[Scope]) -> frozenset[str]:
    return frozenset(
        binding.term.module.split(".")[0]
        for scope in scopes
        for bindings in scope.bindings.values()
        for binding in bindings
        if isinstance(binding.term, Imported) and not binding.term.level
    )
