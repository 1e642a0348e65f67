"""What would be written: the plans of an analysis, rewritten and verified."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.dependencies.gathering import Addition, additions
from awaken.dependencies.unused import no_longer_imported
from awaken.engine import Analysis, FilePlan, FileRewrite, groups_of, rewrite
from awaken.ledger import Outcome, Record
from awaken_cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from awaken.apply.change import FileChange
    from awaken.detect.finding import Finding
    from awaken.plan.fix import ChangeGroup, Dropped, Reason


@dataclass(frozen=True, slots=True)
class Proposal:
    """The changes that could be written now.

    Attributes:
        analysis: what they were made from; files that could not be rewritten are on its ledger.
        unsafe: whether unsafe fixes are among them.
        rewrites: files with at least one change, sorted by path.
        dropped: groups that did not pass verification.
        additions: what the project must add to what it asks for.
        manifests: changes of the files that list what the project needs, where they are to be written, too.
    """

    analysis: Analysis
    unsafe: bool
    rewrites: tuple[FileRewrite, ...]
    dropped: tuple[Dropped, ...]
    additions: tuple[Addition, ...] = ()
    manifests: tuple[FileChange, ...] = ()

    @property
    def changes(self) -> tuple[FileChange, ...]:
        """Every file that would be written, those that list what the project needs behind the others."""
        return (*(rewritten.change for rewritten in self.rewrites), *self.manifests)

    @property
    def unused(self) -> tuple[str, ...]:
        """What the project asks for and no file imports any more."""
        return no_longer_imported(self.analysis.bench, (each.change for each in self.rewrites))

    @property
    def groups(self) -> tuple[ChangeGroup, ...]:
        return tuple(group for rewritten in self.rewrites for group in rewritten.groups)


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A finding that is not changed.

    Attributes:
        path: POSIX path relative to the project root.
        line: 1-based.
        reason: why.
        unsafe_would_help: whether `--unsafe-fixes` includes it.
    """

    path: str
    line: int
    reason: Reason
    unsafe_would_help: bool = False


def propose(
    analysis: Analysis, *, unsafe: bool, quiet: bool, accepted: Collection[str] | None = None
) -> Proposal:
    """Rewrite every file that has something to change.

    Args:
        analysis: the plans; a file that cannot be rewritten is entered on its ledger as failed.
        unsafe: whether unsafe fixes are included.
        quiet: whether progress is never shown.
        accepted: ids of the groups to include; None for all.
    """
    rewrites: list[FileRewrite] = []
    dropped: list[Dropped] = []
    with progress("Rewriting", quiet=quiet) as advance:
        for number, plan in enumerate(analysis.plans, start=1):
            groups = groups_of(plan, unsafe=unsafe)
            if accepted is not None:
                groups = tuple(group for group in groups if group.id in accepted)
            rewritten = rewritten_or_failed(analysis, plan, groups)
            if rewritten is not None:
                dropped.extend(rewritten.dropped)
                if rewritten.change.before != rewritten.change.after:
                    rewrites.append(rewritten)
            advance(number, len(analysis.plans))
    needed = additions(analysis.bench, ((each.change.path, each.requires) for each in rewrites))
    return Proposal(analysis, unsafe, tuple(rewrites), tuple(dropped), needed)


def rewritten_or_failed(
    analysis: Analysis, plan: FilePlan, groups: Collection[ChangeGroup]
) -> FileRewrite | None:
    """Rewrite one file; one that makes the rewriter fail ends on the ledger, and no other suffers.

    Args:
        analysis: where the plan comes from.
        plan: the file.
        groups: what to change; nothing is rewritten for none.
    """
    if not groups:
        return None
    try:
        return rewrite(analysis, plan, groups)
    except Exception as error:  # noqa: BLE001  (the boundary of a file)
        message = f"could not be rewritten ({type(error).__name__}: {error}); it is left as it is"
        analysis.ledger.enter(
            Record(plan.source.relative, Outcome.FAILED, "rewrite-failed", message)
        )
        return None


def left_alone(proposal: Proposal) -> Iterator[LeftAlone]:
    """Yield every finding that the proposal does not change, with the reason."""
    for plan in proposal.analysis.plans:
        for planned in plan.planned:
            if planned.chosen(unsafe=proposal.unsafe) is not None:
                continue
            difference = planned.unsafe.difference if planned.unsafe else None
            reason = difference or planned.reason
            if reason is not None:
                finding = planned.finding
                yield LeftAlone(finding.path, finding.place.line, reason, difference is not None)
    for dropped in proposal.dropped:
        for finding in dropped.group.findings:
            yield LeftAlone(finding.path, finding.place.line, dropped.reason)


def findings_left(analysis: Analysis, resolved: Collection[ChangeGroup]) -> int:
    """Count the findings that remain once some groups are written."""
    done = {finding_key(finding) for group in resolved for finding in group.findings}
    return sum(
        finding_key(planned.finding) not in done
        for plan in analysis.plans
        for planned in plan.planned
    )


def finding_key(finding: Finding) -> tuple[object, ...]:
    """Return what tells one finding from another."""
    return finding.path, finding.place, finding.rule, finding.call, finding.shape


def rules_of(groups: Collection[ChangeGroup]) -> Counter[str]:
    """Count change groups by rule."""
    return Counter(rule_of(group) for group in groups)


def rule_of(group: ChangeGroup) -> str:
    """Return the rule that a change group answers."""
    return group.findings[0].rule


def with_added(proposal: Proposal) -> Proposal:
    """Return the proposal with the changes of the files that list what the project needs."""
    changes = (each.change for each in proposal.additions if each.change is not None)
    return replace(proposal, manifests=tuple(changes))
