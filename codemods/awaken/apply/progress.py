"""What happened to the files of a run so far: one line an event, only ever appended."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from awaken.apply.disk import read_file, write_all

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FileEvent = Literal["in-place", "written", "refused", "restored"]
RunEvent = Literal["finished", "undo-tried", "undone"]

_LOG = "progress.jsonl"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run came.

    Attributes:
        last: the last event of each file, by its index; a file without one was perhaps written.
        run_events: what happened to the run as a whole.
    """

    last: Mapping[int, str]
    run_events: frozenset[str]

    @property
    def finished(self) -> bool:
        """Whether the apply came to its end, or an undo took all of it back."""
        return bool(self.run_events & {"finished", "undone"})


def record_file(run_directory: Path, event: FileEvent, index: int) -> None:
    """Note what happened to one file.

    Not synced: after a power cut the files' hashes tell the same.

    Raises:
        OSError: the line cannot be written.
    """
    descriptor = _open(run_directory)
    try:
        write_all(descriptor, _line({"event": event, "file": index}))
    finally:
        os.close(descriptor)


def record_in_place(run_directory: Path, index: int) -> None:
    """Note, on disk, that a file is about to be overwritten in place.

    Raises:
        OSError: the line cannot be brought to disk.
    """
    _record_durably(run_directory, {"event": "in-place", "file": index})


def record_run(run_directory: Path, event: RunEvent) -> None:
    """Note, on disk, what happened to the run as a whole.

    Raises:
        OSError: the line cannot be brought to disk.
    """
    _record_durably(run_directory, {"event": event})


def read_progress(run_directory: Path) -> Progress:
    """Return how far a run came; lines that a kill or a full disk cut off are passed over."""
    last: dict[int, str] = {}
    run_events: set[str] = set()
    try:
        lines = read_file(run_directory / _LOG).splitlines()
    except OSError:
        lines = []
    for line in lines:
        try:
            entry = json.loads(line)
            event, index = str(entry["event"]), entry.get("file")
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        if index is None:
            run_events.add(event)
        else:
            last[int(index)] = event
    return Progress(last, frozenset(run_events))


def _record_durably(run_directory: Path, entry: Mapping[str, object]) -> None:
    descriptor = _open(run_directory)
    try:
        write_all(descriptor, _line(entry))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open(run_directory: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    return os.open(run_directory / _LOG, flags, 0o600)


def _line(entry: Mapping[str, object]) -> bytes:
    # The leading newline ends a line that was cut off before.
    return b"\n" + json.dumps(entry).encode() + b"\n"
