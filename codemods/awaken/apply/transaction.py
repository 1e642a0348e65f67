"""Apply: write the changed files as one run that can be undone."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from awaken.apply.interrupts import held_interrupts
from awaken.apply.journal import (
    Entry,
    Run,
    begin_run,
    journal_in_place,
    next_run_id,
    prune_runs,
    sha256,
    stem_of,
)
from awaken.apply.lock import project_lock
from awaken.apply.progress import FileEvent, record_file, record_run
from awaken.apply.receipt import Interrupted, Outcome, Receipt, Refusal
from awaken.apply.recovery import settle_unfinished
from awaken.apply.target import Target, inspect
from awaken.apply.writer import CHANGED, Swap, swap_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from awaken.apply.change import FileChange

_NOT_REACHED = Refusal(
    "interrupted", "The run was stopped before this file; it is as it was. Run again to go on."
)


@dataclass(frozen=True, slots=True)
class _File:
    """A change that may be written, and where it stands among the changes."""

    position: int
    change: FileChange
    target: Target


@dataclass(frozen=True, slots=True)
class _Task:
    """What the writing of the journaled files needs, and what came of it, by position."""

    run: Run
    files: tuple[_File, ...]
    outcomes: dict[int, Outcome]
    written: set[tuple[int, int]]


def apply_changes(
    changes: Sequence[FileChange],
    *,
    root: Path,
    journal_dir: Path,
    on_written: Callable[[FileChange], None] | None = None,
) -> Receipt:
    """Write the changed files; one that cannot be written never stops the others.

    Args:
        changes: what to write; a file that does not hold `before` any more is left alone.
        root: the project root; files outside of it are refused.
        journal_dir: from `journal_location`.
        on_written: called after each file that was written, between two files.

    Returns:
        One outcome for each change, in their order.

    Raises:
        JournalError: the journal cannot be written; no file was touched.
        LockHeldError: another run is writing to this project; no file was touched.
        Interrupted: Ctrl-C; it carries the receipt of what was done until then.
    """
    outcomes: dict[int, Outcome] = {}
    run_id = ""
    try:
        with project_lock(journal_dir):
            settle_unfinished(journal_dir, root.resolve())
            run_id = next_run_id(journal_dir)
            files = _look_at_all(changes, root.resolve(), outcomes)
            if files:
                run = _journal(journal_dir, run_id, root.resolve(), files)
                _write_all(_Task(run, files, outcomes, set()), on_written)
    except KeyboardInterrupt:
        raise Interrupted(_receipt(run_id, changes, outcomes)) from None
    return _receipt(run_id, changes, outcomes)


def _look_at_all(
    changes: Sequence[FileChange], root: Path, outcomes: dict[int, Outcome]
) -> tuple[_File, ...]:
    files = []
    for position, change in enumerate(changes):
        target = inspect(change.path, root)
        if isinstance(target, Target) and target.data != change.before:
            target = CHANGED
        if isinstance(target, Refusal):
            outcomes[position] = _outcome(change, target)
        else:
            files.append(_File(position, change, target))
    return tuple(files)


def _journal(journal_dir: Path, run_id: str, root: Path, files: Sequence[_File]) -> Run:
    entries = [
        Entry(
            relative=file.change.relative,
            path=str(file.change.path),
            resolved=file.target.resolved.relative_to(root).as_posix(),
            mode=stat.S_IMODE(file.target.status.st_mode),
            before=sha256(file.change.before),
            after=sha256(file.change.after),
        )
        for file in files
    ]
    return begin_run(journal_dir, run_id, root, entries, [file.change.before for file in files])


def _write_all(task: _Task, on_written: Callable[[FileChange], None] | None) -> None:
    try:
        for index, file in enumerate(task.files):
            with held_interrupts():
                outcome = task.outcomes[file.position] = _write(task, index, file)
            if outcome.written and on_written is not None:
                on_written(file.change)
    finally:
        with held_interrupts():
            _close(task)


def _write(task: _Task, index: int, file: _File) -> Outcome:
    change = file.change
    refusal = swap_file(
        Swap(
            path=change.path,
            root=task.run.root,
            resolved=file.target.resolved,
            old=change.before,
            new=change.after,
            mode=None,
            stem=stem_of(task.run.run_id, index),
        ),
        announce_in_place=partial(journal_in_place, task.run, index, change.after),
    )
    if refusal == CHANGED and _is_written_twin(task, file):
        refusal = None
    if refusal is None:
        task.written.add(_identity(file.target.resolved))
        _note(task.run, "written", index)
    elif refusal.code != "half-written":
        _note(task.run, "refused", index)
    return _outcome(change, refusal)


def _is_written_twin(task: _Task, file: _File) -> bool:
    """Whether this run wrote these bytes already, under another name of the same file."""
    now = inspect(file.change.path, task.run.root)
    return (
        isinstance(now, Target)
        and now.data == file.change.after
        and _identity(now.resolved) in task.written
    )


def _identity(path: Path) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_dev, status.st_ino


def _close(task: _Task) -> None:
    for index, file in enumerate(task.files):
        if file.position not in task.outcomes:
            _note(task.run, "refused", index)
    # Should this fail, the run counts as killed, which loses nothing.
    with suppress(OSError):
        record_run(task.run.directory, "finished")
    prune_runs(task.run.directory.parent)


def _note(run: Run, event: FileEvent, index: int) -> None:
    # Only a help: without the line, the hash of the file tells what happened to it.
    with suppress(OSError):
        record_file(run.directory, event, index)


def _outcome(change: FileChange, refusal: Refusal | None) -> Outcome:
    if refusal is None:
        return Outcome(change.relative, written=True)
    return Outcome(change.relative, False, refusal.code, refusal.message)


def _receipt(run_id: str, changes: Sequence[FileChange], outcomes: dict[int, Outcome]) -> Receipt:
    return Receipt(
        run_id,
        tuple(
            outcomes.get(position, _outcome(change, _NOT_REACHED))
            for position, change in enumerate(changes)
        ),
    )
