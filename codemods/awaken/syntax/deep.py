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

    # The limit holds for every thread; those with a small stack need theirs back, or they overflow it.
    limit = sys.getrecursionlimit()
    size = threading.stack_size(_STACK_BYTES)
    try:
        sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
        thread = threading.Thread(target=run, name="awaken-deep", daemon=True)
        thread.start()
        threading.stack_size(size)
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if failures:
        raise failures[0]
    return results[0]
