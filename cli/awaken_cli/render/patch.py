"""Diffs: bytes that `git apply` accepts, and for a terminal with the evidence above each hunk."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Final

from awaken.engine import FileRewrite
from awaken.show.patch import Hunk, Kind, patch_text, unified_patch
from awaken_cli.proposal import finding_key
from awaken_cli.render.console import line, output_console
from awaken_cli.render.report import shown_path, shown_place
from awaken_cli.render.spots import spots_of
from awaken_cli.render.wording import chain_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.text import Text

    from awaken.engine import Analysis
    from awaken.plan.fix import ChangeGroup, Fix, PlannedFinding
    from awaken_cli.proposal import Proposal
    from awaken_cli.render.spots import Spots

_SIGNS: Final[dict[Kind, str]] = {"context": " ", "removed": "-", "added": "+"}
_STYLES: Final[dict[Kind, str]] = {"context": "", "removed": "red", "added": "green"}


def print_diffs(proposal: Proposal) -> None:
    """Print the changes on stdout: for people on a terminal, else as one patch."""
    if sys.stdout.isatty():
        console = output_console()
        unexplained = (FileRewrite(change, (), (), ()) for change in proposal.manifests)
        for rewritten in (*proposal.rewrites, *unexplained):
            for shown in terminal_diff(proposal.analysis, rewritten):
                console.print(shown)
        return
    sys.stdout.flush()
    for change in proposal.changes:
        sys.stdout.buffer.write(unified_patch(change))
    sys.stdout.buffer.flush()


def terminal_diff(analysis: Analysis, rewritten: FileRewrite) -> Iterator[Text]:
    """Yield the lines of one file's diff; above each hunk stands what it answers."""
    planned = _planned_by_key(analysis, rewritten.change.relative)
    spots = spots_of(analysis)
    yield line((shown_path(analysis.root, rewritten.change.relative), "bold"))
    for hunk in patch_text(rewritten.change):
        for group in _groups_at(hunk, rewritten.groups, spots):
            yield from _evidence(group, planned, partial(shown_place, analysis.root, spots))
        yield line((hunk.header, "cyan"))
        for patched in hunk.lines:
            yield line((_SIGNS[patched.kind] + patched.text, _STYLES[patched.kind]))
            if not patched.data.endswith(b"\n"):
                yield line(("\\ No newline at end of file", "dim"))
    yield line("")


def _planned_by_key(analysis: Analysis, path: str) -> dict[tuple[object, ...], PlannedFinding]:
    return {
        finding_key(planned.finding): planned
        for plan in analysis.plans
        if plan.source.relative == path
        for planned in plan.planned
    }


def _groups_at(hunk: Hunk, groups: tuple[ChangeGroup, ...], spots: Spots) -> Iterator[ChangeGroup]:
    lines = range(hunk.old_start, hunk.old_start + hunk.old_lines)
    for group in groups:
        places = (spots.in_file(each.path, each.place.line) for each in group.findings)
        if any(place in lines for place in places):
            yield group


def _evidence(
    group: ChangeGroup,
    planned: dict[tuple[object, ...], PlannedFinding],
    place_shown: Callable[[str, int], str],
) -> Iterator[Text]:
    for finding in group.findings:
        yield line("# ", (finding.rule, "magenta"), f" in {finding.function}: {finding.message}")
        for step in chain_words(finding, place_shown):
            yield line("#   ", (step, "dim"))
    yield line(f"#   {fix_line(group.fix)}")
    known = planned.get(finding_key(group.findings[0]))
    for why in _why(group.fix, known):
        yield line(f"#   {why}")


def fix_line(fix: Fix) -> str:
    """Return what a fix does, and whether it is safe."""
    return f"{fix.description} [{fix.strategy.value}, {fix.applicability.value}]"


def _why(fix: Fix, planned: PlannedFinding | None) -> Iterator[str]:
    if fix.difference is not None:
        yield f"differs ({fix.difference.code}): {fix.difference.message}"
    reason = planned.reason if planned else None
    if reason is not None and reason != fix.difference:
        yield f"because ({reason.code}): {reason.message}"
