"""A finding and its fix in words, the same in every format that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.detect.finding import Finding
    from awaken.plan.fix import Fix, PlannedFinding


def fix_words(planned: PlannedFinding) -> list[str]:
    """Return the lines that say what can be done about a finding, or why nothing can."""
    if planned.best is None:
        return [_no_fix(planned)]
    lines = [_fix("fix", planned.best)]
    if planned.safe and planned.unsafe:
        lines.append(_fix("unsafe fix", planned.unsafe))
    named = {fix.difference for fix in (planned.safe, planned.unsafe) if fix}
    if planned.reason and planned.reason not in named:
        lines.append(f"note ({planned.reason.code}): {planned.reason.message}")
    return lines


def chain_words(finding: Finding, place_shown: Callable[[str, int], str]) -> list[str]:
    """Return one line a step from the coroutine to the blocking call; none for a direct call.

    Args:
        finding: what was found.
        place_shown: how a path that counts from the project root is shown, with a line.
    """
    chain = finding.chain
    if not chain[1:]:
        return []
    places = [place_shown(link.path, link.line) for link in chain]
    width = max(map(len, places))
    return [f"{place:{width}}  {step}" for place, step in zip(places, steps(finding), strict=True)]


def steps(finding: Finding) -> list[str]:
    """Return what each function of the chain calls; the last one calls what blocks."""
    callers = [link.function for link in finding.chain]
    callees = [*callers[1:], finding.call]
    return [f"{caller} calls {callee}" for caller, callee in zip(callers, callees, strict=True)]


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun: `1 file`, `2 files`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def _fix(label: str, fix: Fix) -> str:
    words = f"{label}: {fix.description} [{fix.strategy.value}, {fix.applicability.value}]"
    if fix.difference is None:
        return words
    return f"{words}; differs ({fix.difference.code}): {fix.difference.message}"


def _no_fix(planned: PlannedFinding) -> str:
    if planned.reason is None:
        return "no fix is known"
    hint = planned.finding.entry.hint
    told = f"no fix ({planned.reason.code}): {planned.reason.message}"
    return f"{told.rstrip('.')}. Hint: {hint}" if hint else told
