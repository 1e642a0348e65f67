"""The plan: what would be done about each finding, before any text is touched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.detect.finding import Finding
    from awaken.plan.recipes import Recipe


class Strategy(str, Enum):
    """How a finding is fixed."""

    NATIVE = "native"
    """The library's own async form."""
    THREAD = "thread"
    """The same call, in a thread."""
    BLOCK = "block"
    """Several statements, in one function, in a thread."""
    AWAIT = "await"
    """A coroutine is awaited where it stands: what was given to a loop of its own, or forgotten."""
    PROCESS = "process"
    """The same call, in another process."""
    SYNC = "sync"
    """The whole coroutine as a plain function, which its framework runs in a thread."""


class Applicability(str, Enum):
    """Whether the fix keeps value, exceptions, evaluation order and effects."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A line of a file.

    Attributes:
        path: POSIX path relative to the project root.
        line: 1-based.
    """

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was not done: a stable code, and a sentence that helps.

    Attributes:
        places: what else has to be looked at.
    """

    code: str
    message: str
    places: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to fix a finding.

    Attributes:
        strategy: how.
        description: what the rewrite does, in one sentence.
        recipe: the places and names that the rewriter needs.
        difference: what remains different; None makes the fix safe.
    """

    strategy: Strategy
    description: str
    recipe: Recipe
    difference: Reason | None = None

    def but(self, difference: Reason | None) -> Fix:
        """The same fix with a difference that remains, where there is one."""
        return replace(self, difference=difference) if difference else self

    @property
    def applicability(self) -> Applicability:
        return Applicability.UNSAFE if self.difference else Applicability.SAFE


@dataclass(frozen=True, slots=True)
class PlannedFinding:
    """A finding and what can be done about it.

    Attributes:
        finding: the finding.
        safe: the fix that keeps behaviour, if there is one.
        unsafe: a fix with a named difference, if there is one.
        reason: why there is no fix, or why the fix is not the native one.
    """

    finding: Finding
    safe: Fix | None = None
    unsafe: Fix | None = None
    reason: Reason | None = None

    @property
    def best(self) -> Fix | None:
        """The fix to report: the safe one, else the unsafe one."""
        return self.safe or self.unsafe

    def chosen(self, *, unsafe: bool) -> Fix | None:
        """The fix to apply, where unsafe ones are allowed or not."""
        return (self.unsafe or self.safe) if unsafe else self.safe


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """What is selected, refused, backed out and undone as one.

    Attributes:
        id: stable within a run: `path:number`.
        path: POSIX path relative to the project root.
        fix: what is done.
        findings: the findings it resolves; the first one gave it its fix.
        needs: ids of the groups that must be applied with it.
    """

    id: str
    path: str
    fix: Fix
    findings: tuple[Finding, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """A change group that was planned and did not pass verification."""

    group: ChangeGroup
    reason: Reason
