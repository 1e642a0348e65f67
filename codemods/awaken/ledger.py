"""The ledger: every discovered file ends as exactly one of changed, unchanged, skipped or failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Outcome(str, Enum):
    """How a file ended."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Record:
    """One file's end.

    Attributes:
        path: POSIX path relative to the project root.
        outcome: how it ended.
        code: stable reason code for skipped and failed files, else empty.
        message: what happened, for a person.
        line: the line it is about, where there is one.
    """

    path: str
    outcome: Outcome
    code: str = ""
    message: str = ""
    line: int | None = None


@dataclass(slots=True)
class Ledger:
    """One record a file; a later record replaces an earlier one."""

    records: dict[str, Record] = field(default_factory=dict)

    def enter(self, record: Record) -> None:
        self.records[record.path] = record

    def having(self, outcome: Outcome) -> tuple[Record, ...]:
        return tuple(found for found in self.records.values() if found.outcome is outcome)

    @property
    def failed(self) -> bool:
        """Whether some file could not be handled."""
        return any(found.outcome is Outcome.FAILED for found in self.records.values())
