"""The project as the resolver sees it: files by path and by module name, read when they are asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.index.summary import FileIndex
    from awaken.prescan import Prescan


class Project:
    """Summaries of the project's files, made on demand.

    Args:
        load: gives the summary for a path relative to the root, or None when it cannot be read.
        locate: gives the path of a project module by its dotted name and the path of the file that
            imports it (empty where that does not matter), or None for a foreign module.
        scan: gives what the bytes of all files tell; None where only the files that are named can be looked at.
    """

    def __init__(
        self,
        load: Callable[[str], FileIndex | None],
        locate: Callable[[str, str], str | None],
        scan: Callable[[], Prescan] | None = None,
    ) -> None:
        self._load = load
        self._locate = locate
        self.scan = scan
        self._files: dict[str, FileIndex | None] = {}
        self._modules: dict[tuple[str, str], str | None] = {}

    def file(self, path: str) -> FileIndex | None:
        """The summary of a file, or None where it could not be read."""
        if path not in self._files:
            self._files[path] = self._load(path)
        return self._files[path]

    def module(self, name: str, importer: str = "") -> str | None:
        """The path of the project module that `importer` means by a dotted name, or None."""
        folder = importer.rpartition("/")[0]
        key = (name, folder)
        if key not in self._modules:
            self._modules[key] = self._locate(name, importer)
        return self._modules[key]

    def imports_from(self, *packages: str) -> bool:
        """Whether a file imports something from one of some top-level packages; true where that cannot be told."""
        return self._packages is None or not self._packages.isdisjoint(packages)

    @cached_property
    def _packages(self) -> frozenset[str] | None:
        if self.scan is None:
            return None
        return frozenset(name.partition(".")[0] for name, _ in self.scan().imported)

    def replaced(self, index: FileIndex) -> Project:
        """The same project with one file in another state."""

        def load(path: str) -> FileIndex | None:
            return index if path == index.path else self.file(path)

        return Project(load, self.module, self.scan)
