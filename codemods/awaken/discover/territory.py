"""The ground a walk may cover: which paths lie inside it, and which of those it passes over."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.discover.ignore_rules import Layers, descend, matches
from awaken.discover.standard_folders import SILENT_FOLDERS, reason_by_content, reason_by_name

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Territory:
    """A folder that links may not leave, and what the user excluded in it.

    Attributes:
        top: absolute folder with links resolved.
        exclude: the user's exclude patterns.
    """

    top: str
    exclude: Layers

    def holds(self, real: str) -> bool:
        """Tell whether a resolved path is the top folder or lies below it."""
        return real == self.top or real.startswith(os.path.join(self.top, ""))

    def entry_reason(self, path: str, layers: Layers) -> str | None:
        """Return why one entry is excluded or ignored, or None.

        Args:
            path: absolute; a folder ends with a slash.
            layers: the ignore rules of the folder it is in.
        """
        if matches(self.exclude, path):
            return "excluded"
        return "ignored" if matches(layers, path) else None

    def layers_for(self, folder: str) -> Layers:
        """Return the ignore rules that reach a folder from those above it, its own not included."""
        layers: Layers = ()
        for above in _chain(repository_top(self.top), folder):
            layers = descend_or_keep(layers, above)
        return layers

    def passed_over(self, real: str) -> str | None:
        """Return why a walk from the top would never reach a path, or None if it would."""
        layers = descend_or_keep(self.layers_for(self.top), self.top)
        for path in _below(self.top, real):
            is_folder = os.path.isdir(path)
            reason = folder_reason(path) if is_folder else None
            reason = reason or self.entry_reason(path + "/" * is_folder, layers)
            if reason is not None:
                return reason
            layers = descend_or_keep(layers, path) if is_folder else layers
        return None


def folder_reason(folder: str) -> str | None:
    """Return why a folder is passed over for its name or its content, or None."""
    name = os.path.basename(folder)
    if name in SILENT_FOLDERS:
        return "ignored"
    try:
        content = os.listdir(folder)
    except OSError:
        content = []
    return reason_by_name(name) or reason_by_content(name, content)


def repository_top(folder: str) -> str:
    """Return the nearest folder at or above this one that holds a `.git`, else this one."""
    above = folder
    while not os.path.lexists(os.path.join(above, ".git")):
        parent = os.path.dirname(above)
        if parent == above:
            return folder
        above = parent
    return above


def descend_or_keep(layers: Layers, folder: str) -> Layers:
    """Add a folder's own rules; where they cannot be read, those from above go on alone."""
    is_repository = os.path.lexists(os.path.join(folder, ".git"))
    try:
        return descend(layers, folder, is_repository=is_repository)
    except OSError:
        return layers


def _chain(top: str, folder: str) -> Iterator[str]:
    """Yield the folders from the top down to the parent of a folder."""
    if folder != top:
        yield top
        yield from list(_below(top, folder))[:-1]


def _below(top: str, path: str) -> Iterator[str]:
    """Yield every path between the top (left out) and a path below it (included)."""
    at = top
    for part in os.path.relpath(path, top).split(os.sep):
        if part != os.curdir:
            at = os.path.join(at, part)
            yield at
