"""A source file as it was read: its bytes, its text, and how to turn the text back into bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from awaken.discover.notebook import Notebook


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file, read once.

    Attributes:
        path: absolute path as discovered (links are not resolved).
        relative: POSIX path relative to the project root, for people and for patches.
        data: the bytes on disk.
        text: the decoded source without byte-order mark; newlines are left as they are.
        encoding: Python codec name that encodes `text` back.
        bom: whether the bytes begin with a UTF-8 byte-order mark.
        notebook: where the file is a notebook, whose code cells `text` then holds, the way back to it.
    """

    path: Path
    relative: str
    data: bytes
    text: str
    encoding: str
    bom: bool
    notebook: Notebook | None = None
