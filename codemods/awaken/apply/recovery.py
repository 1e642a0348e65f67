"""What a run left behind: which state its files are in, and whether it came to its end."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from awaken.apply.disk import read_file, remove_if_there
from awaken.apply.journal import (
    JournalError,
    Run,
    after_path,
    before_path,
    load_run,
    run_directories,
    sha256,
    stem_of,
)
from awaken.apply.lock import lock_is_held
from awaken.apply.progress import Progress, read_progress, record_file, record_run
from awaken.apply.receipt import Refusal
from awaken.apply.target import Target, inspect
from awaken.apply.writer import displaced_path, temporary_path

if TYPE_CHECKING:
    from pathlib import Path

FileState = Literal["before", "after", "torn", "other"]


def unfinished_runs(journal_dir: Path, *, root: Path | None = None) -> tuple[Run, ...]:
    """Return the runs that were killed, the newest first; `undo_last` takes them back.

    Args:
        journal_dir: from `journal_location`.
        root: leave out runs of other project roots that share the journal.
    """
    if lock_is_held(journal_dir):  # the newest one is at work
        return ()
    wanted = None if root is None else root.resolve()
    return tuple(
        run
        for run in _readable_runs(journal_dir)
        if not read_progress(run.directory).finished and wanted in (None, run.root)
    )


def place_of(run: Run, index: int) -> Path:
    """Where a file of a run is, also when the project was moved since."""
    return run.root / run.entries[index].resolved


def look_at(run: Run, index: int, progress: Progress) -> tuple[FileState, Target] | Refusal:
    """Compare a file with what the run found and what it wrote."""
    target = inspect(place_of(run, index), run.root)
    if isinstance(target, Refusal):
        return target
    digest = sha256(target.data)
    if digest == run.entries[index].before:
        return "before", target
    if digest == run.entries[index].after:
        return "after", target
    if progress.last.get(index) == "in-place" and _is_half_written(run, index, target.data):
        return "torn", target
    return "other", target


def sweep_leftovers(run: Run) -> None:
    """Remove the temporary files that a killed run left beside its files."""
    for index, entry in enumerate(run.entries):
        stem = stem_of(run.run_id, index)
        place = place_of(run, index)
        remove_if_there(temporary_path(place, stem))
        displaced = displaced_path(place, stem)
        with suppress(OSError):
            # Anything else in there is somebody's edit, saved in the moment of the kill.
            if sha256(read_file(displaced)) in (entry.before, entry.after):
                remove_if_there(displaced)


def settle_unfinished(journal_dir: Path, root: Path) -> None:
    """Close the killed runs of this root whose files are whole; they can still be undone.

    Called under the lock, when the user goes on without taking such a run back.
    """
    for run in _readable_runs(journal_dir):
        progress = read_progress(run.directory)
        if run.root != root or progress.finished:
            continue
        sweep_leftovers(run)
        with suppress(OSError):
            _settle(run, progress)


def _settle(run: Run, progress: Progress) -> None:
    looks = [look_at(run, index, progress) for index in range(len(run.entries))]
    states = [None if isinstance(look, Refusal) else look[0] for look in looks]
    if "torn" in states:
        return
    for index, state in enumerate(states):
        if state == "before" and index not in progress.last:
            record_file(run.directory, "refused", index)
    record_run(run.directory, "finished")


def _readable_runs(journal_dir: Path) -> list[Run]:
    runs = []
    for directory in run_directories(journal_dir):
        with suppress(JournalError):
            runs.append(load_run(directory))
    return runs


def _is_half_written(run: Run, index: int, data: bytes) -> bool:
    """Whether every byte is the old or the new one of its place: an overwrite cut off midway."""
    try:
        before = read_file(before_path(run, index))
        after = read_file(after_path(run, index))
    except OSError:
        return False
    shorter, longer = sorted((len(before), len(after)))
    if not shorter <= len(data) <= longer:
        return False
    return all(
        byte in before[at : at + 1] or byte in after[at : at + 1] for at, byte in enumerate(data)
    )
