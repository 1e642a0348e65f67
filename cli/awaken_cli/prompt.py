"""Questions on a terminal; whatever is not a clear yes changes nothing."""

from __future__ import annotations

import sys


def is_interactive() -> bool:
    """Whether somebody can be asked: stdin to read from, stderr to ask on."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> str | None:
    """Ask on stderr and return the answer in lower case, without spaces around it.

    Returns:
        None when the input has ended (Ctrl-D).
    """
    sys.stdout.flush()
    sys.stderr.write(f"{question} ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        sys.stderr.write("\n")
        return None
    return answer.strip().lower()


def confirmed(question: str) -> bool:
    """Ask a question whose default is no."""
    return ask(f"{question} [y/N]") in ("y", "yes")
