"""A progress bar on stderr, for terminals and for runs that take a while."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from awaken_cli.render.console import error_console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE: Final = 0.5
"""Seconds that a run may take before the bar appears."""


@dataclass(slots=True)
class _Bar:
    """A bar that appears late.

    Attributes:
        title: what is going on.
        hidden: whether it never appears.
        started: when it began, by the monotonic clock.
        shown: the bar, once it is visible.
        over: whether nobody waits for the work any more, as after Ctrl-C.
    """

    title: str
    hidden: bool
    started: float = field(default_factory=time.monotonic)
    shown: Progress | None = None
    over: bool = False

    def advance(self, done: int, total: int) -> None:
        if self.over:
            raise KeyboardInterrupt  # ends the thread that still works
        if self.shown is not None:
            self.shown.update(self.shown.task_ids[0], completed=done, total=total)
        elif not self.hidden and time.monotonic() - self.started >= PATIENCE:
            self.shown = _progress(self.title, total)

    def stop(self) -> None:
        self.over = True
        if self.shown is not None:
            self.shown.stop()


@contextmanager
def progress(title: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Give a function that takes (done, in all) and shows them where somebody is watching.

    Args:
        title: what is going on, in a word.
        quiet: never show anything.
    """
    bar = _Bar(title, hidden=quiet or not sys.stderr.isatty())
    try:
        yield bar.advance
    finally:
        bar.stop()


def _progress(title: str, total: int) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    shown = Progress(*columns, console=error_console(), transient=True)
    shown.add_task(title, total=total)
    shown.start()
    return shown
