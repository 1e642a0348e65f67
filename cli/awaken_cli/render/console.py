"""Consoles that print text as it is: no wrapping, no markup, colours only where they are wanted."""

from __future__ import annotations

import os
import re
import sys
from typing import IO, Final, Literal

from rich.console import Console
from rich.text import Text

_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")


class _PlainConsole(Console):
    """A console that leaves a broken pipe to the command group, which knows the exit code."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def output_console() -> Console:
    """Return a console for stdout, which carries data only."""
    return _console(sys.stdout)


def error_console() -> Console:
    """Return a console for stderr, which carries everything else."""
    return _console(sys.stderr)


def printable(text: str) -> str:
    """Spell control characters out, so that no file name or source line can command a terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", text)


def line(*parts: str | tuple[str, str]) -> Text:
    """Return one line of text from plain parts and (part, style) pairs."""
    return Text.assemble(
        *(
            printable(part) if isinstance(part, str) else (printable(part[0]), part[1])
            for part in parts
        )
    )


def _console(stream: IO[str]) -> Console:
    # rich keeps bold and dim under NO_COLOR; most who set it want no escape sequence at all
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    return _PlainConsole(
        file=stream,
        color_system=colours,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
    )
