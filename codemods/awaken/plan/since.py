"""The Pythons since which something is so."""

from __future__ import annotations

TO_THREAD = (3, 9)
"""`asyncio.to_thread` and `functools.cache` are there."""
PRIMITIVES_ANYWHERE = (3, 10)
"""Locks, events and queues of asyncio may be made in any thread: they find their loop when they are used."""
ACLOSING = (3, 10)
"""`contextlib.aclosing` is there."""
ONE_TIMEOUT_ERROR = (3, 11)
"""asyncio's and concurrent.futures' TimeoutError are the builtin one."""
