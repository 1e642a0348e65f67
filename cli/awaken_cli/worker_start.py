"""Starts worker processes without the working directory on their import path, on Python 3.10."""

from __future__ import annotations

import multiprocessing.util
import sys
from typing import Any


def shield_workers() -> None:
    """Let workers start isolated; they get the main process's import path a moment later.

    `PYTHONSAFEPATH` does that since Python 3.11. Before, `python -c`, by which multiprocessing
    starts workers, always looks for the standard library in the working directory first.
    """
    if sys.version_info < (3, 11) and not sys.flags.isolated:
        util: Any = multiprocessing.util
        given = util._args_from_interpreter_flags  # noqa: SLF001  (there is no public way)
        if "-I" not in given():
            util._args_from_interpreter_flags = lambda: ["-I", *given()]  # noqa: SLF001
