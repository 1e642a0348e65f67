"""Compares two runs of the same tests, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.corpora.suite_run import SuiteResult

_BAD = frozenset({"failed", "error"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two runs.

    Attributes:
        missing: ids that only the first run collected.
        added: ids that only the second run collected.
        broken: tests that ended otherwise than before, and not because they pass now.
        mended: tests that failed before and do not now.
    """

    missing: tuple[str, ...]
    added: tuple[str, ...]
    broken: tuple[str, ...]
    mended: tuple[str, ...]

    @property
    def problems(self) -> list[str]:
        """One line for each thing that must not happen."""
        return [
            *(f"missing {test}" for test in self.missing),
            *(f"added {test}" for test in self.added),
            *(f"broken {line}" for line in self.broken),
        ]


def compare(before: SuiteResult, after: SuiteResult) -> Comparison:
    """Hold every test's outcome against the one it had before."""
    changed = {
        test: (before.outcomes.get(test, "not run"), after.outcomes.get(test, "not run"))
        for test in sorted({*before.outcomes, *after.outcomes})
        if before.outcomes.get(test) != after.outcomes.get(test)
    }
    mended = tuple(test for test, (old, new) in changed.items() if old in _BAD and new not in _BAD)
    return Comparison(
        missing=tuple(sorted((before.collected - after.collected).elements())),
        added=tuple(sorted((after.collected - before.collected).elements())),
        broken=tuple(
            f"{test}: {old}, then {new}"
            for test, (old, new) in changed.items()
            if test not in mended
        ),
        mended=mended,
    )
