"""Reads and writes on file descriptors that are complete and on disk, or an OSError."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CREATE_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CHUNK = 1 << 20


def read_all(descriptor: int) -> bytes:
    """Return every byte of an open file, wherever its position is."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    chunks = []
    while chunk := os.read(descriptor, _CHUNK):
        chunks.append(chunk)
    return b"".join(chunks)


def read_file(path: Path) -> bytes:
    """Return the bytes of a file; a link is not followed.

    Raises:
        OSError: the file cannot be opened or read.
    """
    descriptor = os.open(path, READ)
    try:
        return read_all(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte at the position of the file, also when the system takes only some at once.

    Raises:
        OSError: the system took none of the rest.
    """
    rest = memoryview(data)
    while rest:
        count = os.write(descriptor, rest)
        if count <= 0:
            raise OSError(errno.EIO, "nothing more could be written")
        rest = rest[count:]


def overwrite(descriptor: int, data: bytes) -> None:
    """Make an open file hold exactly `data`, on disk.

    The file is cut only after the bytes are in place: the blocks it has already stay its own, so a
    full disk cannot take the old bytes away before the new ones fit.
    """
    os.lseek(descriptor, 0, os.SEEK_SET)
    write_all(descriptor, data)
    os.ftruncate(descriptor, len(data))
    os.fsync(descriptor)


def write_new(path: Path, data: bytes) -> None:
    """Create a private file with these bytes, on disk.

    Raises:
        OSError: it exists already or cannot be written.
    """
    descriptor = os.open(path, CREATE_NEW, 0o600)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(path: Path) -> None:
    """Bring the names in a directory to disk.

    Raises:
        OSError: the directory cannot be opened or synced.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_directories(path: Path) -> None:
    """Create a private directory and its missing parents, on disk.

    Raises:
        OSError: one of them cannot be created.
    """
    if path.is_dir():
        return
    make_directories(path.parent)
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)
    sync_directory(path.parent)


def remove_if_there(path: Path) -> None:
    """Remove a file; one that is not there, or cannot be removed, is passed over."""
    with suppress(OSError):
        os.unlink(path)
