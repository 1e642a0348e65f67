"""The journal: before a run touches a file, its former bytes are on disk in a directory of the run.

`<journal>/<run id>/` holds `manifest.json` (which files, and what they hold before and after),
`before/<index>` (their former bytes) and `progress.jsonl` (what happened to them). The directory
gets its name only when all of that is on disk: one that can be seen is complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from awaken.apply.disk import make_directories, read_file, sync_directory, write_new
from awaken.apply.progress import read_progress, record_in_place

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = 1
KEPT_RUNS = 20
_RUN_NAME = re.compile(r"(\d{4,})-[0-9TZ]+-[0-9a-f]+")
_UNFINISHED_NAME = ".new-"


class JournalError(Exception):
    """The journal cannot be written or read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a run, as the manifest has it.

    Attributes:
        relative: POSIX path relative to the project root, for people.
        path: absolute path as discovered, perhaps a link.
        resolved: where that led, as a POSIX path relative to the project root.
        mode: its permission bits.
        before: SHA-256 of its former bytes.
        after: SHA-256 of the bytes it was given.
    """

    relative: str
    path: str
    resolved: str
    mode: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run in the journal.

    Attributes:
        directory: where it is kept.
        run_id: its name.
        created: ISO 8601, UTC.
        root: the project root, resolved.
        entries: its files, by index.
    """

    directory: Path
    run_id: str
    created: str
    root: Path
    entries: tuple[Entry, ...]


def sha256(data: bytes) -> str:
    """Return the hexadecimal SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


def cannot_write(place: Path, error: OSError) -> str:
    """Say that the journal at `place` could not be written, and what follows from that."""
    return (
        f"The journal in {place} could not be written ({error.strerror or error}), so no file was"
        " changed: without it a change could not be undone. Solve that and run again."
    )


def stem_of(run_id: str, index: int) -> str:
    """Begin of the names of the temporary files which a run makes for one of its files."""
    return f".awaken-{run_id}-{index}"


def before_path(run: Run, index: int) -> Path:
    """Where the former bytes of a file are kept."""
    return run.directory / "before" / f"{index:04}"


def after_path(run: Run, index: int) -> Path:
    """Where the new bytes of a file are kept, if it was written in place."""
    return run.directory / "after" / f"{index:04}"


def next_run_id(journal_dir: Path) -> str:
    """Name a new run: numbered, so that the order does not hang on the clock."""
    number = max((_number(name) for name in _names(journal_dir)), default=0) + 1
    now = datetime.now(timezone.utc)
    return f"{number:04}-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def begin_run(
    journal_dir: Path, run_id: str, root: Path, entries: Sequence[Entry], before: Sequence[bytes]
) -> Run:
    """Bring a run to disk, with the former bytes of all its files.

    Args:
        journal_dir: where runs are kept; exists.
        run_id: from `next_run_id`.
        root: the project root, resolved.
        entries: the files that are going to be written.
        before: the bytes of each of them.

    Raises:
        JournalError: it cannot be written; nothing is left behind.
    """
    building = journal_dir / f"{_UNFINISHED_NAME}{run_id}"
    run = Run(
        journal_dir / run_id,
        run_id,
        datetime.now(timezone.utc).isoformat(timespec="seconds"),
        root,
        tuple(entries),
    )
    try:
        _write_run(run, building, before)
        os.rename(building, run.directory)
        sync_directory(journal_dir)
    except OSError as error:
        shutil.rmtree(building, ignore_errors=True)
        shutil.rmtree(run.directory, ignore_errors=True)
        raise JournalError(cannot_write(journal_dir, error)) from error
    return run


def _write_run(run: Run, building: Path, before: Sequence[bytes]) -> None:
    make_directories(building / "before")
    for index, data in enumerate(before):
        write_new(building / "before" / f"{index:04}", data)
    sync_directory(building / "before")
    manifest = {
        "version": VERSION,
        "run": run.run_id,
        "created": run.created,
        # Relative, so that a project that is moved takes its journal along.
        "root": os.path.relpath(run.root, run.directory.parent.resolve()),
        "files": [asdict(entry) for entry in run.entries],
    }
    write_new(building / "manifest.json", json.dumps(manifest, indent=1).encode())
    write_new(building / "progress.jsonl", b"")
    sync_directory(building)


def journal_in_place(run: Run, index: int, after: bytes) -> None:
    """Make the journal ready for a file that is about to be overwritten in place.

    With its new bytes at hand, too, a half-written file can be told from an edited one.

    Raises:
        OSError: it cannot be brought to disk; the file must not be touched.
    """
    place = after_path(run, index)
    make_directories(place.parent)
    if not place.exists():
        write_new(place, after)
        sync_directory(place.parent)
    record_in_place(run.directory, index)


def load_run(directory: Path) -> Run:
    """Read a run's manifest.

    Raises:
        JournalError: it is damaged, or of a newer version of awaken.
    """
    try:
        manifest = json.loads(read_file(directory / "manifest.json"))
        if manifest["version"] != VERSION:
            raise JournalError(
                f"The run in {directory} was journaled by another version of awaken."
                " Undo it with that version; its files' former bytes are in `before`."
            )
        root = Path(os.path.normpath(directory.parent.resolve() / manifest["root"]))
        entries = tuple(Entry(**fields) for fields in manifest["files"])
        return Run(directory, manifest["run"], manifest["created"], root, entries)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise JournalError(
            f"The journal of the run in {directory} is damaged ({error})."
            " Its files' former bytes are in `before`; move the directory away to go on."
        ) from error


def run_directories(journal_dir: Path) -> list[Path]:
    """Return the directories of all runs, the newest first."""
    return [journal_dir / name for name in sorted(_names(journal_dir), key=_number, reverse=True)]


def prune_runs(journal_dir: Path) -> None:
    """Remove half-made runs, and old runs above the number that is kept.

    What was undone goes first, then the oldest. A run that did not finish is never removed: it may
    hold the only copy of a file.
    """
    for leftover in journal_dir.glob(f"{_UNFINISHED_NAME}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    directories = run_directories(journal_dir)
    progress = {directory: read_progress(directory) for directory in directories}
    removable = [directory for directory in reversed(directories) if progress[directory].finished]
    removable.sort(key=lambda directory: "undone" not in progress[directory].run_events)
    for directory in removable[: max(0, len(directories) - KEPT_RUNS)]:
        _remove_run(directory)


def _remove_run(directory: Path) -> None:
    # Renamed first: a run that is removed only in part must not be taken for a whole one.
    doomed = directory.with_name(f"{_UNFINISHED_NAME}{directory.name}")
    try:
        os.rename(directory, doomed)
    except OSError:
        return
    shutil.rmtree(doomed, ignore_errors=True)


def _names(journal_dir: Path) -> list[str]:
    try:
        return [name for name in os.listdir(journal_dir) if _RUN_NAME.fullmatch(name)]
    except FileNotFoundError:
        return []


def _number(name: str) -> int:
    return int(name.partition("-")[0])
