"""Put new bytes where old ones are: the file holds all of one or all of the other, at any moment.

Where a rename would break something (hard links, folders without write permission, mounted files)
the bytes are written in place, after the journal was told.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.apply.disk import (
    CREATE_NEW,
    READ,
    overwrite,
    read_all,
    remove_if_there,
    sync_directory,
    write_all,
)
from awaken.apply.receipt import Refusal
from awaken.apply.target import Target, inspect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHANGED = Refusal(
    "changed-meanwhile",
    "It was changed after it had been read, and was not overwritten. Run the command again.",
)
_RENAME_IMPOSSIBLE = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV})


@dataclass(frozen=True, slots=True)
class Swap:
    """One file whose bytes are to be exchanged.

    Attributes:
        path: the file as discovered; links are followed.
        root: the project root, resolved.
        resolved: where `path` led when the journal was written.
        old: the bytes it must still hold.
        new: the bytes to write.
        mode: the permission bits to give it; None keeps those it has.
        stem: begins the names of the temporary files beside it, known to the journal.
    """

    path: Path
    root: Path
    resolved: Path
    old: bytes
    new: bytes
    mode: int | None
    stem: str


def temporary_path(resolved: Path, stem: str) -> Path:
    """Where the new bytes of a file are collected before they take its name."""
    return resolved.with_name(f"{stem}.tmp")


def displaced_path(resolved: Path, stem: str) -> Path:
    """A second name for the old file, kept until it is certain that nobody wrote to it."""
    return resolved.with_name(f"{stem}.old")


def swap_file(swap: Swap, announce_in_place: Callable[[], None]) -> Refusal | None:
    """Exchange the bytes of one file.

    Args:
        swap: the file, what it holds and what it shall hold.
        announce_in_place: called before the file itself is written to, to make the journal ready
            to repair it; an OSError from it leaves the file untouched.

    Returns:
        None when the file holds the new bytes; otherwise why it does not. It then still holds
        what it held, but for `half-written`.
    """
    target = _current(swap)
    if isinstance(target, Refusal):
        return target
    try:
        if not _must_stay_in_place(target):
            with suppress(_RenameImpossible):
                return _swap_by_rename(swap, target)
        return _swap_in_place(swap, announce_in_place)
    except OSError as error:
        reason = error.strerror or str(error)
        return Refusal(
            "write-failed",
            f"It could not be written ({reason}) and is as it was. Solve that and run again.",
        )


class _RenameImpossible(Exception):  # noqa: N818 - a signal between two functions, not an error
    """The folder does not let a new file take the old one's name."""


def _current(swap: Swap) -> Target | Refusal:
    target = inspect(swap.path, swap.root)
    if isinstance(target, Refusal):
        return target
    if target.resolved != swap.resolved or target.data != swap.old:
        return CHANGED
    return target


def _must_stay_in_place(target: Target) -> bool:
    return target.status.st_nlink > 1 or not os.access(target.resolved.parent, os.W_OK | os.X_OK)


def _swap_by_rename(swap: Swap, target: Target) -> Refusal | None:
    temporary = temporary_path(swap.resolved, swap.stem)
    displaced = displaced_path(swap.resolved, swap.stem)
    old_file = -1
    replaced = False
    try:
        _fill(temporary, swap, target.status)
        old_file = _keep_second_name(swap.resolved, displaced)
        now = _current(swap)
        if isinstance(now, Refusal):
            return now
        os.replace(temporary, swap.resolved)
        replaced = True
        return _settle(swap, old_file, displaced)
    except OSError as error:
        if error.errno in _RENAME_IMPOSSIBLE and not replaced:
            raise _RenameImpossible from error
        raise
    finally:
        if not replaced:
            remove_if_there(temporary)
            remove_if_there(displaced)
        if old_file >= 0:
            os.close(old_file)


def _keep_second_name(resolved: Path, displaced: Path) -> int:
    """Give the old file a second name and open it; -1 on a file system without hard links."""
    try:
        os.link(resolved, displaced)
        return os.open(displaced, READ)
    except OSError:
        remove_if_there(displaced)
        return -1


def _settle(swap: Swap, old_file: int, displaced: Path) -> Refusal | None:
    """Look once more at what was replaced: an edit in the last moment is given its name back.

    Its name rather than its bytes, for an editor may still be writing to it.
    """
    if old_file >= 0 and _was_edited(old_file, swap.old):
        try:
            os.replace(displaced, swap.resolved)
        except OSError:
            return Refusal(
                "write-failed",
                f"It was changed in the last moment. That version was kept as {displaced}.",
            )
        return CHANGED
    remove_if_there(displaced)
    return _made_durable(swap.resolved)


def _was_edited(old_file: int, old: bytes) -> bool:
    with suppress(OSError):
        return read_all(old_file) != old
    return False


def _made_durable(resolved: Path) -> Refusal | None:
    # The file has its new bytes by now; a file system that cannot sync folders does not undo that.
    with suppress(OSError):
        sync_directory(resolved.parent)
    return None


def _fill(temporary: Path, swap: Swap, status: os.stat_result) -> None:
    descriptor = os.open(temporary, CREATE_NEW, 0o600)
    try:
        write_all(descriptor, swap.new)
        with suppress(OSError):
            os.fchown(descriptor, status.st_uid, status.st_gid)
        # After chown, which clears some of the bits.
        os.fchmod(descriptor, stat.S_IMODE(status.st_mode) if swap.mode is None else swap.mode)
        _copy_extended_attributes(swap.resolved, descriptor)
        os.fsync(descriptor)
        if os.fstat(descriptor).st_size != len(swap.new):
            raise OSError(errno.EIO, "the file on disk has another size than what was written")
    finally:
        os.close(descriptor)


def _copy_extended_attributes(source: Path, descriptor: int) -> None:
    if not hasattr(os, "listxattr"):
        return
    with suppress(OSError):
        for name in os.listxattr(source):
            with suppress(OSError):
                os.setxattr(descriptor, name, os.getxattr(source, name))


def _swap_in_place(swap: Swap, announce: Callable[[], None]) -> Refusal | None:
    descriptor = os.open(swap.resolved, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        announce()
        if read_all(descriptor) != swap.old:
            return CHANGED
        try:
            overwrite(descriptor, swap.new)
        except OSError:
            return _put_back(descriptor, swap)
        if swap.mode is not None:
            with suppress(OSError):
                os.fchmod(descriptor, swap.mode)
        return None
    finally:
        os.close(descriptor)


def _put_back(descriptor: int, swap: Swap) -> Refusal:
    with suppress(OSError):
        overwrite(descriptor, swap.old)
    if read_all(descriptor) == swap.old:
        return Refusal(
            "write-failed",
            "It could not be written (a full disk?) and is as it was. Solve that and run again.",
        )
    return Refusal(
        "half-written",
        "It could be written only in part, and not be put back at once. Its former bytes are"
        " in the journal: solve the cause (a full disk?) and run awaken undo.",
    )
