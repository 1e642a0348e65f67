"""Which file an import loads."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from awaken.project.layout import package_base, roots_holding

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

# No import can name `my-app`, but a relative one inside of such a folder comes down to it.
_NAME = re.compile(r"[\w -]+")


class ModuleFinder:
    """Finds the project's modules; what it has seen on disk it does not look at again.

    Args:
        roots: what `source_roots` returned.
        foreign: top-level names that only a source root may define: the standard library's, better
            together with those of the libraries the project uses.
        beyond: folders that are looked at last, and not for such names.
    """

    def __init__(
        self,
        roots: Iterable[Path],
        foreign: Container[str] = sys.stdlib_module_names,
        beyond: Iterable[Path] = (),
    ) -> None:
        self._roots = tuple(roots)
        self._foreign = foreign
        self._beyond = tuple(str(folder) for folder in beyond if folder not in self._roots)
        self._orders: dict[Path, tuple[str, ...]] = {}
        self._bases: dict[Path, str] = {}
        self._files: dict[str, str | None] = {}

    def find(self, name: str, importer: Path) -> Path | None:
        """Return the project file that an absolute import in a given file loads.

        Looked at are the source roots that hold the file, innermost first, then the others, then the folders beyond
        them. Before all comes the folder above the file's own package, as when the program is started there; as that is
        a guess, not for names known to be somebody else's (`app/redis.py` imports `redis`).

        As in Python, the first regular package or module of the top-level name decides: what it does
        not contain is not looked for in later folders.

        Args:
            name: absolute dotted name.
            importer: the importing file, absolute.

        Returns:
            The module's file, a package's `__init__.py`, or None for a namespace package or no match.
        """
        parts = name.split(".")
        if not all(map(_NAME.fullmatch, parts)):
            return None
        folder = importer.parent
        if folder not in self._orders:
            self._learn(folder)
        guessed = parts[0] not in self._foreign
        before = (self._bases[folder],) if guessed and self._bases[folder] else ()
        for root in (*before, *self._orders[folder], *(self._beyond if guessed else ())):
            found, decided = self._below(root, parts)
            if decided:
                return found
        return None

    def _learn(self, folder: Path) -> None:
        ordered = dict.fromkeys((*roots_holding(folder, self._roots), *self._roots))
        self._orders[folder] = tuple(map(str, ordered))
        base = package_base(folder)
        self._bases[folder] = "" if base in self._roots else str(base)

    def _below(self, root: str, parts: list[str]) -> tuple[Path | None, bool]:
        """The module's file in one folder, and whether that folder decides."""
        top = self._file(os.path.join(root, parts[0]))
        found = top if len(parts) == 1 else self._file(os.path.join(root, *parts))
        return (Path(found) if found else None), found is not None or top is not None

    def _file(self, stem: str) -> str | None:
        if stem not in self._files:
            candidates = (os.path.join(stem, "__init__.py"), f"{stem}.py")
            self._files[stem] = next(filter(os.path.isfile, candidates), None)
        return self._files[stem]
