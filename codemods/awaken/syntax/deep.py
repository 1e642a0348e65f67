"""A stack deep enough for expressions that nest thousands of calls.

LibCST and `ast` walk recursively: with the default limits 162 chained calls overflow LibCST. A thread
with a large stack and a raised recursion limit handles 2,000.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_STACK_BYTES = 512 * 1024 * 1024
_RECURSION_LIMIT = 100_000

T = TypeVar("T")


def with_deep_stack(work: Callable[[], T]) -> T:
    """Run `work` in a thread with a 512 MiB stack and hand back what it returns or raises.

    Args:
        work: called once, without arguments.

    Raises:
        BaseException: whatever `work` raised.
    """
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - carried over to the calling thread
            failures.append(error)

    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION_LIMIT))
    before = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=run, name="awaken-deep", daemon=True)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if failures:
        raise failures[0]
    return results[0]
