"""Functions that a project calls CPU-bound, as entries of the catalogue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.catalogue.lookup import Catalogue, extend
from awaken.catalogue.schema import Entry, Library, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

RULE = "cpu"
_HOLDS = "holds-gil"
# They keep the interpreter lock from their first step to their last, as measured: `make measure`.
_KEEP_THE_LOCK = (
    *("builtins.", "re.", "json.loads", "json.dumps", "pickle.loads", "pickle.dumps", "math."),
    *("base64.", "binascii.", "struct.", "itertools.", "marshal.", "unicodedata.", "ast.parse"),
    *("heapq.nlargest", "heapq.nsmallest", "xml.etree.ElementTree.fromstring"),
)


def with_computing(known: Catalogue, names: Iterable[str]) -> Catalogue:
    """Adds functions that compute for long to a catalogue.

    Args:
        known: the catalogue; what it says of a function's result holds on.
        names: qualified names of functions, or of decorators that mark functions.
    """
    calls = tuple(_entry(known.call(name), name) for name in dict.fromkeys(names))
    return extend(known, [Library("[tool.awaken] cpu-bound", None, calls, ())])


def _entry(known: Entry | None, name: str) -> Entry:
    """A thread is of no use to what keeps the interpreter lock, and enough for what is known to give it up."""
    entry = known or Entry(name)
    if entry.refuse == _HOLDS or name.startswith(_KEEP_THE_LOCK):
        strategies: tuple[str, ...] = ("process",)
    elif entry.blocks:
        strategies = ("thread", "process")
    else:
        strategies = ("process", "thread")
    refuse = None if entry.refuse == _HOLDS else entry.refuse
    return replace(
        entry, name=name, rule=RULE, severity=Severity.HIGH, strategies=strategies, refuse=refuse
    )
