"""What an apply or an undo did to every file it was asked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ReasonCode = Literal[
    "already-undone",
    "changed-meanwhile",
    "edited-since",
    "half-written",
    "interrupted",
    "journal-damaged",
    "missing",
    "not-a-file",
    "outside-root",
    "read-only",
    "unreadable",
    "write-failed",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was left alone.

    Attributes:
        code: stable reason code, for programs.
        message: the same for people, with what to do next.
    """

    code: ReasonCode
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one file.

    Attributes:
        relative: POSIX path relative to the project root.
        written: whether the file now holds the wanted bytes because of this run.
        code: why it was not written; None when it was.
        message: the same for people; empty when it was written.
    """

    relative: str
    written: bool
    code: ReasonCode | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an apply did, one outcome a change, in the order of the changes.

    Attributes:
        run_id: names the run in the journal.
        outcomes: one for each change.
    """

    run_id: str
    outcomes: tuple[Outcome, ...]

    @property
    def written(self) -> tuple[Outcome, ...]:
        """The files that were rewritten."""
        return tuple(outcome for outcome in self.outcomes if outcome.written)

    @property
    def refused(self) -> tuple[Outcome, ...]:
        """The files that were left alone."""
        return tuple(outcome for outcome in self.outcomes if not outcome.written)


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What an undo did, one outcome a file of the run it took back.

    Attributes:
        run_id: the run that was taken back; None when there was none left.
        created: when that run was made (ISO 8601, UTC); empty when there was none.
        outcomes: `written` means the file holds its former bytes and mode again.
    """

    run_id: str | None
    created: str
    outcomes: tuple[Outcome, ...]

    @property
    def restored(self) -> tuple[Outcome, ...]:
        """The files that were put back."""
        return tuple(outcome for outcome in self.outcomes if outcome.written)

    @property
    def refused(self) -> tuple[Outcome, ...]:
        """The files that still hold something else than before the run."""
        return tuple(
            outcome
            for outcome in self.outcomes
            if not outcome.written and outcome.code != "already-undone"
        )


class Interrupted(KeyboardInterrupt):
    """Ctrl-C between two files; what was written until then is journaled.

    Attributes:
        receipt: what was done; files that were not reached have the code `interrupted`.
    """

    def __init__(self, receipt: Receipt) -> None:
        super().__init__("interrupted")
        self.receipt = receipt
