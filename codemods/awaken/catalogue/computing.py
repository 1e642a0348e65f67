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
    *("builtins.", "heapq.nlargest", "heapq.nsmallest", "itertools.", "math.", "re."),
    *("struct.", "unicodedata."),
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
    """A thread is of no use to what keeps the interpreter lock, and enough for what is known to give it up.

    Nor is a process to json, pickle and base64: sending what they take and give keeps the lock for as long.
    """
    entry = known or Entry(name)
    if entry.refuse == _HOLDS:
        strategies: tuple[str, ...] = ()
    elif name.startswith(_KEEP_THE_LOCK):
        strategies = ("process",)
    elif entry.blocks:
        strategies = ("thread", "process")
    else:
        strategies = ("process", "thread")
    return replace(entry, name=name, rule=RULE, severity=Severity.HIGH, strategies=strategies)
