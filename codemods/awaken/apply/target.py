"""Look at the file behind a path, and say why it must not be written."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.apply.disk import READ, read_all
from awaken.apply.receipt import Refusal

if TYPE_CHECKING:
    from pathlib import Path

NOT_A_FILE = Refusal(
    "not-a-file", "It is no regular file. Only regular files are rewritten; leave it out."
)
READ_ONLY = Refusal(
    "read-only", "It is read-only. If it may be changed, run chmod u+w on it and try again."
)
MISSING = Refusal("missing", "It is not there any more. Run the command again without it.")


@dataclass(frozen=True, slots=True)
class Target:
    """A regular file that may be written.

    Attributes:
        resolved: where it really is, every link followed.
        status: its mode, owner and link count.
        data: the bytes it holds now.
    """

    resolved: Path
    status: os.stat_result
    data: bytes


def inspect(path: Path, root: Path) -> Target | Refusal:
    """Read the file behind `path`, or say why it must be left alone.

    Args:
        path: the file as discovered; links are followed.
        root: the project root, resolved; nothing outside of it is ever written.
    """
    try:
        return _inspect(path, root)
    except (FileNotFoundError, NotADirectoryError):
        return MISSING
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        return Refusal("unreadable", f"It cannot be read ({_reason(error)}). Check its access.")


def _inspect(path: Path, root: Path) -> Target | Refusal:
    resolved = path.resolve(strict=True)
    if not resolved.is_relative_to(root):
        return Refusal(
            "outside-root",
            f"It leads to {resolved}, outside of {root}. Run the command there instead.",
        )
    if not stat.S_ISREG(os.lstat(resolved).st_mode):
        return NOT_A_FILE
    descriptor = os.open(resolved, READ)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return NOT_A_FILE
        if not status.st_mode & stat.S_IWUSR or not os.access(resolved, os.W_OK):
            return READ_ONLY
        return Target(resolved, status, read_all(descriptor))
    finally:
        os.close(descriptor)


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "a loop of links"
