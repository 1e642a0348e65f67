"""The catalogue files that come with awaken, read when a name of their library is first asked for.

A file is called after the module it describes (`requests.toml`, `os.path.toml`), so that the name
alone says which file to open: reading all of them takes longer than checking a small project.
"""

from __future__ import annotations

import sys
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from awaken.catalogue.parse import parse_library
from awaken.catalogue.table import CatalogueError

if TYPE_CHECKING:
    from awaken.catalogue.schema import Library

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_SUFFIX = ".toml"
_LOOP_KEYS = ("[type.callbacks]", "\nhooks = ")
_CONVENTION_KEYS = ("[[convention]]",)
_PROPERTY_KEYS = ("\nproperty = true",)
_DATA = files("awaken.catalogue") / "data"


@lru_cache(maxsize=1)
def files_by_root() -> dict[str, tuple[str, ...]]:
    """Lists the catalogue files by the top-level module that they describe."""
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(entry.name for entry in _DATA.iterdir() if entry.name.endswith(_SUFFIX)):
        root = name.partition(".")[0]
        found[root] = (*found.get(root, ()), name)
    return found


@cache
def read_library(name: str) -> Library:
    """Reads one built-in catalogue file.

    Args:
        name: file name under `data/`.

    Raises:
        CatalogueError: when the file is not valid TOML or not a valid catalogue.
    """
    try:
        data = tomllib.loads((_DATA / name).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(name, "", f"is not valid TOML: {error}") from error
    return parse_library(data, source=name)


@cache
def loop_libraries() -> tuple[Library, ...]:
    """Reads the built-in files that say what runs on an event loop; the others are not parsed for it."""
    return _saying(_LOOP_KEYS)


@cache
def property_libraries() -> tuple[Library, ...]:
    """Reads the built-in files that know of properties which do the work when they are read."""
    return _saying(_PROPERTY_KEYS)


@cache
def convention_libraries() -> tuple[Library, ...]:
    """Reads the built-in files that say what everybody calls the parameters that a framework fills."""
    return _saying(_CONVENTION_KEYS)


def _saying(keys: tuple[str, ...]) -> tuple[Library, ...]:
    return tuple(read_library(name) for name, text in _texts() if any(key in text for key in keys))


@cache
def _texts() -> tuple[tuple[str, str], ...]:
    """The text of each file, with its name."""
    names = sorted(entry.name for entry in _DATA.iterdir() if entry.name.endswith(_SUFFIX))
    return tuple((name, (_DATA / name).read_text(encoding="utf-8")) for name in names)


def libraries_of(root: str) -> tuple[Library, ...]:
    """Reads every built-in file about one top-level module; none when there is no such file."""
    return tuple(read_library(name) for name in files_by_root().get(root, ()))
