"""Why a file or folder was passed over: one stable code and one sentence a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MESSAGES: Final = {
    "excluded": "matches an `exclude` pattern",
    "ignored": "ignored by git; name it on the command line to include it",
    "virtual-environment": "a virtual environment, not this project's code",
    "installed-packages": "installed packages, not this project's code",
    "build-output": "build output; name it on the command line to include it",
    "outside-link": "a link that leaves the project; run awaken on its target instead",
    "broken-link": "a link to something that does not exist",
    "not-regular": "not a regular file (a pipe, socket or device)",
    "not-python": "not Python source: no .py suffix and no python in a first `#!` line",
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """One file or folder that discovery left out.

    Attributes:
        path: POSIX path relative to the project root (`.` is the root itself).
        reason: stable code, a key of the table above or `unreadable`.
        message: one sentence for people.
    """

    path: str
    reason: str
    message: str


def skipped(path: str, reason: str) -> Skipped:
    """Return the entry for a known reason; an unknown code is a KeyError."""
    return Skipped(path, reason, _MESSAGES[reason])


def unreadable(path: str, error: OSError) -> Skipped:
    """Return the entry for something the operating system would not open."""
    why = (error.strerror or type(error).__name__).lower()
    advice = "; check its permissions" if isinstance(error, PermissionError) else ""
    return Skipped(path, "unreadable", f"cannot be opened: {why}{advice}")
