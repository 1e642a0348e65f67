"""Ways to get a catalogue: the built-in one, and the libraries that installed plug-ins describe."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from awaken.catalogue.lookup import Catalogue, extend
from awaken.catalogue.parse import parse_library
from awaken.catalogue.table import CatalogueError

if TYPE_CHECKING:
    from awaken.catalogue.schema import Library

__all__ = [
    "Catalogue",
    "CatalogueError",
    "extend",
    "load_catalogue",
    "load_plugins",
    "parse_library",
]

PLUGIN_GROUP = "awaken.catalog"


def load_catalogue() -> Catalogue:
    """Gives the built-in catalogue; each file is read when it is first needed."""
    return Catalogue()


def load_plugins() -> tuple[Library, ...]:
    """Reads the libraries that installed plug-ins describe.

    Each entry point of the group `awaken.catalog` names a function without parameters that returns
    a mapping of the same form as a catalogue file.

    Raises:
        CatalogueError: naming the plug-in whose function fails or whose mapping is not valid.
    """
    return tuple(_read_plugin(point) for point in entry_points(group=PLUGIN_GROUP))


def _read_plugin(point: EntryPoint) -> Library:
    source = f"plug-in {point.name}"
    try:
        data = point.load()()
    except Exception as error:  # a plug-in may fail in any way, and must be named
        kind = type(error).__name__
        raise CatalogueError(source, "", f"{point.value} failed with {kind}: {error}") from error
    if not isinstance(data, Mapping):
        raise CatalogueError(source, "", f"{point.value} must return a mapping, not {data!r}")
    return parse_library(data, source=source)
