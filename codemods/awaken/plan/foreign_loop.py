"""Which event loop a file runs on: asyncio's, another one, or either as anyio's user chooses."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from awaken.index.terms import Imported

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
    imported = {
        binding.term.module.split(".")[0]
        for scope in situation.index.scopes
        for bindings in scope.bindings.values()
        for binding in bindings
        if isinstance(binding.term, Imported) and not binding.term.level
    }
    if imported & _FOREIGN:
        return EventLoop.FOREIGN
    backend = situation.settings.backend
    undecided = backend == "auto" and _EITHER in imported and "asyncio" not in imported
    return EventLoop.EITHER if undecided or backend == "anyio" else EventLoop.ASYNCIO
