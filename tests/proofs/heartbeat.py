"""Runs `main()` of a program beside a heartbeat and prints its value and the silences of the loop.

A script of its own, started by the harness: `heartbeat.py PROGRAM [MODULE ...]`; the modules are
imported before the program.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import runpy
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_BEAT = 0.01
_WARMING_UP = 5
_STALL = 0.15  # seconds; what blocks takes 0.4


class Heart:
    """Notes when the loop last let it beat."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.stalls = 0
        self.beats = 0

    async def beat(self) -> None:
        clock = asyncio.get_running_loop().time
        last = clock()
        while True:
            await asyncio.sleep(_BEAT)
            now = clock()
            if self.beats >= _WARMING_UP:
                self._note(now - last - _BEAT)
            last = now
            self.beats += 1

    def _note(self, silence: float) -> None:
        self.longest = max(self.longest, silence)
        self.stalls += silence > _STALL


async def _observed(main: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
    heart = Heart()
    beating = asyncio.create_task(heart.beat())
    while heart.beats < _WARMING_UP:
        await asyncio.sleep(_BEAT)
    value = await main()
    beats = heart.beats
    while heart.beats == beats:  # a silence at the very end counts as well
        await asyncio.sleep(_BEAT)
    beating.cancel()
    return {"value": value, "stall": heart.longest, "stalls": heart.stalls}


def _run(program: str, modules: list[str]) -> None:
    for module in modules:
        importlib.import_module(module)
    main = runpy.run_path(program)["main"]
    sys.stdout.write(f"{json.dumps(asyncio.run(_observed(main)))}\n")


if __name__ == "__main__":
    _run(sys.argv[1], sys.argv[2:])
