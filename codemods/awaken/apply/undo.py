"""Undo: put the files of the last run back, but for those that were edited since."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from awaken.apply.disk import read_file
from awaken.apply.interrupts import held_interrupts
from awaken.apply.journal import (
    Run,
    before_path,
    journal_in_place,
    load_run,
    run_directories,
    sha256,
    stem_of,
)
from awaken.apply.lock import project_lock
from awaken.apply.progress import Progress, RunEvent, read_progress, record_file, record_run
from awaken.apply.receipt import Outcome, ReasonCode, Refusal, UndoReport
from awaken.apply.recovery import look_at, place_of, sweep_leftovers
from awaken.apply.writer import Swap, swap_file

if TYPE_CHECKING:
    from pathlib import Path

    from awaken.apply.target import Target

_ALREADY = Refusal("already-undone", "It holds its former bytes already.")
_NOTHING = UndoReport(None, "", ())
_DONE_WITH = frozenset({"refused", "restored"})


def undo_last(*, root: Path, journal_dir: Path) -> UndoReport:
    """Take the last run back that was not taken back yet, whether it finished or was killed.

    A file that was edited since is left alone; the others are put back. Called again, it takes
    back the run before, or first what could not be put back the last time and now can.

    Args:
        root: the project root the run was made for.
        journal_dir: from `journal_location`.

    Returns:
        One outcome a file; no run and no outcomes when there is nothing to undo.

    Raises:
        JournalError: the journal is damaged or cannot be written; no file was touched.
        LockHeldError: another run is writing to this project; no file was touched.
    """
    if not journal_dir.is_dir():
        return _NOTHING
    with project_lock(journal_dir):
        run = _next_to_undo(journal_dir, root.resolve())
        return _NOTHING if run is None else _undo(run)


def _next_to_undo(journal_dir: Path, root: Path) -> Run | None:
    for directory in run_directories(journal_dir):
        progress = read_progress(directory)
        if "undone" in progress.run_events:
            continue
        run = load_run(directory)
        if run.root == root and _is_worth_undoing(run, progress):
            return run
    return None


def _is_worth_undoing(run: Run, progress: Progress) -> bool:
    pending = _pending(run, progress)
    if "undo-tried" not in progress.run_events:
        return bool(pending)
    # What was left last time is tried again only when it can be put back now: an edited file must
    # not keep the runs before it out of reach.
    looks = [look_at(run, index, progress) for index in pending]
    return any(not isinstance(look, Refusal) and look[0] in ("after", "torn") for look in looks)


def _pending(run: Run, progress: Progress) -> list[int]:
    return [i for i in range(len(run.entries)) if progress.last.get(i) not in _DONE_WITH]


def _undo(run: Run) -> UndoReport:
    sweep_leftovers(run)
    progress = read_progress(run.directory)
    outcomes = []
    for index in _pending(run, progress):
        with held_interrupts():
            outcomes.append(_put_back(run, index, progress))
    report = UndoReport(run.run_id, run.created, tuple(outcomes))
    event: RunEvent = "undo-tried" if report.refused else "undone"
    with suppress(OSError):
        record_run(run.directory, event)
    return report


def _put_back(run: Run, index: int, progress: Progress) -> Outcome:
    refusal = _restore(run, index, progress)
    relative = run.entries[index].relative
    if refusal is None or refusal.code == "already-undone":
        with suppress(OSError):
            record_file(run.directory, "restored", index)
    if refusal is None:
        return Outcome(relative, written=True)
    return Outcome(relative, False, refusal.code, refusal.message)


def _restore(run: Run, index: int, progress: Progress) -> Refusal | None:
    look = look_at(run, index, progress)
    if isinstance(look, Refusal):
        return _kept_in_journal(run, index, look.code, look.message)
    state, target = look
    if state == "before":
        return _ALREADY
    if state == "other":
        return _edited_since(run, index)
    try:
        former = read_file(before_path(run, index))
    except OSError:
        former = None
    if former is None or sha256(former) != run.entries[index].before:
        return Refusal(
            "journal-damaged",
            f"Its former bytes in {before_path(run, index)} are damaged; it was left as it is.",
        )
    return _swap_back(run, index, target, former)


def _swap_back(run: Run, index: int, target: Target, former: bytes) -> Refusal | None:
    refusal = swap_file(
        Swap(
            path=place_of(run, index),
            root=run.root,
            resolved=place_of(run, index),
            old=target.data,
            new=former,
            mode=run.entries[index].mode,
            stem=stem_of(run.run_id, index),
        ),
        announce_in_place=partial(journal_in_place, run, index, target.data),
    )
    if refusal is not None and refusal.code == "changed-meanwhile":
        return _edited_since(run, index)
    return refusal


def _edited_since(run: Run, index: int) -> Refusal:
    return _kept_in_journal(
        run, index, "edited-since", "It was edited since, so it was left as it is."
    )


def _kept_in_journal(run: Run, index: int, code: ReasonCode, message: str) -> Refusal:
    return Refusal(code, f"{message} Its former bytes are in {before_path(run, index)}.")
