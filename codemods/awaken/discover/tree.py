"""Walking one folder tree: sorts what lies in it into files, links and passed-over entries."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from awaken.discover.ignore_rules import GITIGNORE, Layers, descend
from awaken.discover.notebook import SUFFIX as NOTEBOOK
from awaken.discover.skipped import Skipped, skipped, unreadable
from awaken.discover.standard_folders import SILENT_FOLDERS, reason_by_content, reason_by_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.discover.territory import Territory

SUFFIXES: Final = (".py", NOTEBOOK)


@dataclass(slots=True)
class Found:
    """What the walks of one run have met so far, all by absolute path with folder links resolved.

    Attributes:
        root: resolved project root that ledger paths are relative to.
        files: Python files.
        folders: folders read to the end.
        links: links met on the way, not looked at yet.
        skipped: entries left out, by absolute path.
    """

    root: str
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    skipped: dict[str, Skipped] = field(default_factory=dict)

    def skip(self, path: str, reason: str) -> None:
        """Put an entry on the ledger."""
        self.skipped[path] = skipped(self.relative(path), reason)

    def cannot_open(self, path: str, error: OSError) -> None:
        """Put an entry that the operating system refused on the ledger."""
        self.skipped[path] = unreadable(self.relative(path), error)

    def relative(self, path: str) -> str:
        """Return a path relative to the root, for people."""
        return os.path.relpath(path, self.root)


def walk_tree(start: str, layers: Layers, territory: Territory, found: Found) -> None:
    """Visit a folder and everything below it that is not passed over, following no link.

    Args:
        start: absolute folder with links resolved; read whatever it is called.
        layers: ignore rules that reach it from above.
        territory: where the walk takes place.
        found: receives what is met.
    """
    waiting = [(start, layers)]
    while waiting:
        folder, outer = waiting.pop()
        if folder in found.folders:
            continue
        try:
            with os.scandir(folder) as scan:
                entries = list(scan)
        except OSError as error:
            found.cannot_open(folder, error)
            continue
        names = {entry.name for entry in entries}
        reason = reason_by_content(os.path.basename(folder), names)
        if reason is not None and folder != start:
            found.skip(folder, reason)
            continue
        found.folders.add(folder)
        inner = _rules_inside(folder, names, outer, found)
        waiting.extend((below, inner) for below in _sort_out(entries, inner, territory, found))


def _rules_inside(folder: str, names: set[str], outer: Layers, found: Found) -> Layers:
    if GITIGNORE not in names and ".git" not in names:
        return outer
    try:
        return descend(outer, folder, is_repository=".git" in names)
    except OSError as error:
        found.cannot_open(os.path.join(folder, GITIGNORE), error)
        return outer


def _sort_out(
    entries: list[os.DirEntry[str]], layers: Layers, territory: Territory, found: Found
) -> Iterator[str]:
    """Record the entries of one folder, and yield the folders to go down into."""
    for entry in entries:
        is_folder = entry.is_dir(follow_symlinks=False)
        if is_folder:
            if entry.name in SILENT_FOLDERS:
                continue
            reason = reason_by_name(entry.name) or territory.entry_reason(entry.path + "/", layers)
        elif entry.name.endswith(SUFFIXES) or entry.is_symlink():
            reason = territory.entry_reason(entry.path, layers)
        else:
            continue
        if reason is not None:
            found.skip(entry.path, reason)
        elif is_folder:
            yield entry.path
        else:
            _record(entry, found)


def _record(entry: os.DirEntry[str], found: Found) -> None:
    if entry.is_symlink():
        found.links.append(entry.path)
    elif entry.is_file(follow_symlinks=False):
        found.files.add(entry.path)
    else:
        found.skip(entry.path, "not-regular")
