"""One run at a time may write to a project."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from awaken.apply.disk import make_directories
from awaken.apply.journal import JournalError, cannot_write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

try:
    import fcntl
except ImportError:  # no flock on this platform: runs are not kept apart there
    fcntl = None  # type: ignore[assignment]


class LockHeldError(Exception):
    """Another run is writing to the same project; the message says what to do."""


@contextmanager
def project_lock(journal_dir: Path) -> Iterator[None]:
    """Keep other runs away from the journal, and from the files it covers, during the block.

    Raises:
        LockHeldError: another run holds it.
        JournalError: the lock file cannot be created.
    """
    try:
        make_directories(journal_dir)
        descriptor = os.open(journal_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise JournalError(cannot_write(journal_dir, error)) from error
    try:
        _take(descriptor, journal_dir)
        yield
    finally:
        os.close(descriptor)


def lock_is_held(journal_dir: Path) -> bool:
    """Whether a run is at work in this journal right now."""
    if not (journal_dir / "lock").exists():
        return False
    try:
        with project_lock(journal_dir):
            return False
    except LockHeldError:
        return True
    except JournalError:
        return False


def _take(descriptor: int, journal_dir: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LockHeldError(
            "Another awaken is writing to this project, so nothing was changed."
            f" Wait until it is done and run again. (Lock: {journal_dir / 'lock'})"
        ) from error
    except OSError:  # a file system without locks
        return
