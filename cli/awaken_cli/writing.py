"""Writes a proposal, and enters what became of each file on the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.apply import (
    Interrupted,
    JournalError,
    LockHeldError,
    Receipt,
    apply_changes,
    journal_location,
    uncommitted,
)
from awaken.ledger import Ledger, Record
from awaken.ledger import Outcome as FileOutcome
from awaken_cli.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.fix import ChangeGroup
    from awaken_cli.proposal import Proposal

_NAMED_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Written:
    """What a write came to.

    Attributes:
        groups: the change groups that are in the files now.
        interrupted: whether Ctrl-C ended it early.
    """

    groups: tuple[ChangeGroup, ...] = ()
    interrupted: bool = False


def refuse_dirty(proposal: Proposal) -> None:
    """Make sure that git could bring back every file that would be written.

    Raises:
        Failure: some have changes that are in no commit.
    """
    root = proposal.analysis.root
    dirty = uncommitted([change.path for change in proposal.changes], root)
    if not dirty:
        return
    named = "\n".join(f"  {path}" for path in dirty[:_NAMED_AT_MOST])
    more = f"\n  and {len(dirty) - _NAMED_AT_MOST} more" if len(dirty) > _NAMED_AT_MOST else ""
    raise Failure(
        f"these files would be rewritten and hold changes that are in no commit:\n{named}{more}\n"
        "Nothing was written. Commit or stash them first, or pass --allow-dirty."
    )


def write(proposal: Proposal) -> Written:
    """Write all files of a proposal; one that cannot be written does not stop the others.

    Raises:
        Failure: the journal cannot be kept, so that nothing was written.
    """
    analysis = proposal.analysis
    try:
        receipt = apply_changes(
            proposal.changes, root=analysis.root, journal_dir=journal_location(analysis.root)
        )
    except Interrupted as stop:
        return Written(_enter(analysis.ledger, proposal, stop.receipt), interrupted=True)
    except (JournalError, LockHeldError) as error:
        raise Failure(str(error)) from error
    return Written(_enter(analysis.ledger, proposal, receipt))


def _enter(ledger: Ledger, proposal: Proposal, receipt: Receipt) -> tuple[ChangeGroup, ...]:
    written: list[Sequence[ChangeGroup]] = []
    groups = {rewritten.change.relative: rewritten.groups for rewritten in proposal.rewrites}
    for outcome in receipt.outcomes:
        if outcome.written:
            written.append(groups.get(outcome.relative, ()))
            ledger.enter(Record(outcome.relative, FileOutcome.CHANGED))
        elif outcome.code == "interrupted":
            ledger.enter(Record(outcome.relative, FileOutcome.UNCHANGED))
        else:
            ledger.enter(
                Record(outcome.relative, FileOutcome.FAILED, outcome.code or "", outcome.message)
            )
    return tuple(group for groups in written for group in groups)
