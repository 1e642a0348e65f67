"""Apply: writes that cannot lose a file, and the journal that takes them back."""

from awaken.apply.change import FileChange
from awaken.apply.dirty import uncommitted
from awaken.apply.journal import JournalError, Run
from awaken.apply.location import journal_location
from awaken.apply.lock import LockHeldError
from awaken.apply.receipt import Interrupted, Outcome, ReasonCode, Receipt, UndoReport
from awaken.apply.recovery import unfinished_runs
from awaken.apply.transaction import apply_changes
from awaken.apply.undo import undo_last

__all__ = [
    "FileChange",
    "Interrupted",
    "JournalError",
    "LockHeldError",
    "Outcome",
    "ReasonCode",
    "Receipt",
    "Run",
    "UndoReport",
    "apply_changes",
    "journal_location",
    "uncommitted",
    "undo_last",
    "unfinished_runs",
]
