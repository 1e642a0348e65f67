"""Which event loop a file runs on: asyncio's, another one, or either as anyio's user chooses."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from awaken.index.terms import Imported

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.index.summary import Scope
    from awaken.plan.situation import Situation

_FOREIGN = frozenset({"trio", "curio"})
_EITHER = "anyio"


class EventLoop(Enum):
    """The loop under a file."""

    ASYNCIO = "asyncio"
    EITHER = "either"
    """anyio: asyncio's functions may fail, anyio's work. A file that imports asyncio too has chosen."""
    FOREIGN = "foreign"
    """trio or curio, where asyncio's functions raise."""


def event_loop(situation: Situation) -> EventLoop:
    """The loop that the finding's file runs on, judged by its imports and by the configuration."""
    imported = imported_packages(situation.index.scopes)
    if imported & _FOREIGN:
        return EventLoop.FOREIGN
    backend = situation.settings.backend
    if backend == "anyio":
        return EventLoop.EITHER
    if backend != "auto" or _EITHER not in imported or "asyncio" in imported:
        return EventLoop.ASYNCIO
    # A file that imports it in functions only does without it at start.
    at_start = _EITHER in imported_packages(situation.index.scopes[:1])
    return EventLoop.EITHER if at_start else EventLoop.FOREIGN


def imported_packages(scopes: Iterable[Scope]) -> frozenset[str]:
    """Top-level names of what is imported in these scopes."""
    return frozenset(
        binding.term.module.split(".")[0]
        for scope in scopes
        for bindings in scope.bindings.values()
        for binding in bindings
        if isinstance(binding.term, Imported) and not binding.term.level
    )
