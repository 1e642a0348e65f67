"""What `apply` is asked to do to one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileChange:
    """Replace the bytes of one file.

    Attributes:
        path: absolute path of the file as discovered (may be a link).
        relative: POSIX path relative to the project root, for people and for patches.
        before: the bytes the change was computed from.
        after: the bytes to write.
    """

    path: Path
    relative: str
    before: bytes
    after: bytes
