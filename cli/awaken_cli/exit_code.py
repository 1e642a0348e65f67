"""What the exit codes mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from awaken.ledger import Ledger

CLEAN: Final = 0
FINDINGS: Final = 1
"""Findings, or changes, are there or left."""
ERROR: Final = 2
"""Something could not be handled; this wins over findings."""
INTERRUPTED: Final = 130
"""128 and the number of SIGINT, as shells have it."""
BROKEN_PIPE: Final = 141
"""128 and the number of SIGPIPE: whoever read the output has left."""


def exit_code(ledger: Ledger, left: int) -> int:
    """Return the code of a run.

    Args:
        ledger: how the files ended.
        left: number of findings, or of changes, that remain.
    """
    if ledger.failed:
        return ERROR
    return FINDINGS if left else CLEAN
