"""Ends the process soon after Ctrl-C, although analysis goes on in the background."""

from __future__ import annotations

import sys


def stop_workers() -> None:
    """Kill the worker processes: the interpreter would wait until all their files are read.

    They only read, so that nothing is lost.
    """
    if "multiprocessing" in sys.modules:
        for worker in sys.modules["multiprocessing"].active_children():
            worker.kill()
