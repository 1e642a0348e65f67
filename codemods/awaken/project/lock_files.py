"""Versions from the lock files of uv, pylock, poetry, pdm and pipenv."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from awaken.project.documents import read_json, read_text, table
from awaken.project.facts import Fact, Kind, Problem, Statement, normalised

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# These files are written by machines, name and version first, and run to megabytes: a scan takes
# a twentieth of the time that a TOML parser does. It ends at the first value of several lines.
_PACKAGE = re.compile(r"^\[\[packages?\]\]\n((?:[a-z][^\n]*\n)+)", re.MULTILINE)
_KEY = re.compile(r"^(name|version) *= *[\"']([^\"'\n]+)[\"'] *$", re.MULTILINE)


def lock_files(folder: Path) -> tuple[Path, ...]:
    """Return the lock files that a project folder holds."""
    names = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"]
    present = [folder / name for name in names if os.path.isfile(folder / name)]
    return (*present, *sorted(folder.glob("pylock*.toml")))


def read_lock(path: Path, source: str) -> Iterator[Statement]:
    """Yield the versions that a lock file fixes.

    Args:
        path: the lock file.
        source: how to name it.

    Raises:
        UnreadableError: it cannot be read.
    """
    read = _pipfile_lock if path.name == "Pipfile.lock" else _package_tables
    return read(path, source)


def _package_tables(path: Path, source: str) -> Iterator[Statement]:
    text = read_text(path)
    if text is None:
        return
    found = False
    for block in _PACKAGE.findall(f"{text}\n"):
        keys = dict(_KEY.findall(block))
        found = True
        if "name" in keys:
            yield Fact(normalised(keys["name"]), keys.get("version", ""), Kind.LOCKED, source)
    if not found and "package" in text:
        yield Problem(source, "is no lock file that can be read: it lists no package")


def _pipfile_lock(path: Path, source: str) -> Iterator[Statement]:
    document = read_json(path)
    for section, runtime in (("default", True), ("develop", False)):
        for name, package in table(document, section).items():
            version = str(table(package).get("version", ""))
            yield Fact(normalised(name), version, Kind.LOCKED, source, runtime)
