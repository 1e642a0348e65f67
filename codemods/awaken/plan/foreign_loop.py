"""Which event loop a file runs on: asyncio's, another one, or either as anyio's user chooses."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    imported = situation.packages.anywhere
    if imported & _FOREIGN:
        return EventLoop.FOREIGN
    backend = situation.settings.backend
    if backend == "anyio":
        return EventLoop.EITHER
    if backend != "auto" or _EITHER not in imported or "asyncio" in imported:
        return EventLoop.ASYNCIO
    # A file that imports it in functions only does without it at start.
    return EventLoop.EITHER if _EITHER in situation.packages.at_start else EventLoop.FOREIGN
