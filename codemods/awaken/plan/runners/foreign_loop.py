"""Which event loop a file runs on: asyncio's, trio's, another one, or either as anyio's user chooses."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from awaken.plan.situation import Situation

_ASYNCIO, _ANYIO, _TRIO, _CURIO = "asyncio", "anyio", "trio", "curio"
# They run on asyncio, or ask which loop runs: a file that imports trio beside them runs on trio in part at most.
_NOT_TRIOS = frozenset(
    (
        *(_ASYNCIO, "trio_asyncio", "sniffio", "asgiref", "asyncpg", "asyncssh", "motor", "uvloop"),
        *("discord", "nextcord", "disnake", "telethon", "tornado", "sanic", "nest_asyncio"),
    )
)


class EventLoop(Enum):
    """The loop under a file."""

    ASYNCIO = "asyncio"
    EITHER = "either"
    """anyio: asyncio's functions may fail, anyio's work. A file that imports asyncio too has chosen."""
    TRIO = "trio"
    FOREIGN = "foreign"
    """curio, or one that cannot be told, where asyncio's functions may raise."""


def on_uvloop(situation: Situation) -> bool:
    """Whether the loop may be uvloop's, which looks names up and starts processes by itself."""
    return "uvloop" in situation.settings.available | situation.packages.anywhere


def event_loop(situation: Situation) -> EventLoop:
    """The loop that the finding's file runs on, judged by its imports, the configuration and the other files."""
    imported, at_start = situation.packages.anywhere, situation.packages.at_start
    backend = situation.settings.backend
    if _CURIO in imported:
        return EventLoop.FOREIGN
    if _TRIO in imported:
        return _beside_trio(imported, at_start, backend)
    if backend == _ANYIO:
        return EventLoop.EITHER
    if backend == _ASYNCIO or _ASYNCIO in imported:
        return EventLoop.FOREIGN if backend == _TRIO else EventLoop.ASYNCIO
    if _ANYIO in imported:
        # A file that imports it in functions only does without it at start.
        return EventLoop.EITHER if _ANYIO in at_start else EventLoop.FOREIGN
    if backend == _TRIO:
        return EventLoop.TRIO
    return _of_the_project(situation.surroundings.loops)


def _beside_trio(imported: AbstractSet[str], at_start: AbstractSet[str], backend: str) -> EventLoop:
    """The loop of a file that imports trio."""
    if _ANYIO in at_start:
        return EventLoop.EITHER
    mixed = imported & _NOT_TRIOS or any(name.startswith("aio") for name in imported)
    if mixed or backend == _ASYNCIO or _TRIO not in at_start:
        return EventLoop.FOREIGN
    return EventLoop.TRIO


def _of_the_project(loops: AbstractSet[str]) -> EventLoop:
    """The loop of a file that says nothing itself, by what the project's files import."""
    if _ANYIO in loops and (_TRIO in loops or _ASYNCIO not in loops):
        return EventLoop.EITHER
    if _TRIO in loops:
        return EventLoop.FOREIGN if _ASYNCIO in loops else EventLoop.TRIO
    return EventLoop.FOREIGN if _CURIO in loops and _ASYNCIO not in loops else EventLoop.ASYNCIO
