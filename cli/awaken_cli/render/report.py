"""The findings of a run in the form that all formats share."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.dependencies.gathering import Addition, additions
from awaken.dependencies.needed import modules_named
from awaken.ledger import Outcome, Record
from awaken.syntax.positions import Offsets
from awaken_cli.render.spots import Spots, spots_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from awaken.engine import Analysis, FilePlan
    from awaken.plan.fix import PlannedFinding
    from awaken.project.written_for import WrittenFor


@dataclass(frozen=True, slots=True)
class Reported:
    """One finding, with its place as editors count.

    Attributes:
        planned: the finding and what can be done about it.
        line: 1-based; in a notebook, within the cell.
        column: 1-based, in characters.
        end_line: 1-based.
        end_column: 1-based, of the character behind the last one.
        cell: the number of the notebook's cell, from 1; None in other files.
        file_line: the line of the file itself.
    """

    planned: PlannedFinding
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None = None
    file_line: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of a run; `fixable`, `unsafe` and `unfixable` add up to `findings`.

    Attributes:
        files: files that were handled or should have been.
        findings: all findings.
        fixable: findings with a safe fix.
        unsafe: findings whose only fix is unsafe.
        unfixable: findings without a fix.
    """

    files: int
    findings: int
    fixable: int
    unsafe: int
    unfixable: int


@dataclass(frozen=True, slots=True)
class Report:
    """What `check` found.

    Attributes:
        root: the project root, which all paths count from.
        findings: sorted by path and place.
        errors: files that could not be handled.
        skipped: files that were passed over.
        summary: the numbers.
        spots: how lines are counted.
        additions: what the project must add for the safe fixes.
        written_for: the versions that the fixes are for, each with what decided it.
    """

    root: Path
    findings: tuple[Reported, ...]
    errors: tuple[Record, ...]
    skipped: tuple[Record, ...]
    summary: Summary
    spots: Spots = field(default_factory=lambda: Spots({}))
    additions: tuple[Addition, ...] = ()
    written_for: tuple[WrittenFor, ...] = ()


def report_of(analysis: Analysis) -> Report:
    """Gather what an analysis found."""
    spots = spots_of(analysis)
    findings = tuple(found for plan in analysis.plans for found in _of_file(plan, spots))
    errors = analysis.ledger.having(Outcome.FAILED)
    skipped = analysis.ledger.having(Outcome.SKIPPED)
    files = len(analysis.ledger.records) - len(skipped)
    summary = _summary(findings, files)
    needed = _needed(analysis)
    versions = analysis.bench.written_for
    return Report(analysis.root, findings, errors, skipped, summary, spots, needed, versions)


def _needed(analysis: Analysis) -> tuple[Addition, ...]:
    """What the project must add for the safe fixes, as far as these say before they are written."""
    catalogue = analysis.bench.catalogue
    modules = (
        (plan.source.path, modules_named(each.safe.recipe, catalogue))
        for plan in analysis.plans
        for each in plan.planned
        if each.safe is not None
    )
    return additions(analysis.bench, modules)


def shown_path(root: Path, relative: str) -> str:
    """Return a project path as it is reached from the working directory."""
    return os.path.relpath(root / relative)


def shown_place(root: Path, spots: Spots, relative: str, line: int) -> str:
    """Return a line of a project file as it is reached from the working directory."""
    return f"{shown_path(root, relative)}:{spots.shown(relative, line)}"


def _of_file(plan: FilePlan, spots: Spots) -> Iterator[Reported]:
    path = plan.source.relative
    offsets = Offsets(plan.source.text)
    for planned in plan.planned:
        place = planned.finding.place
        span = offsets.span_of(place)
        yield Reported(
            planned,
            spots.line(path, place.line),
            offsets.column(span.start),
            spots.line(path, place.end_line),
            offsets.column(span.end),
            spots.cell(path, place.line),
            spots.in_file(path, place.line),
        )


def _summary(findings: tuple[Reported, ...], files: int) -> Summary:
    safe = sum(found.planned.safe is not None for found in findings)
    unfixable = sum(found.planned.best is None for found in findings)
    return Summary(
        files=files,
        findings=len(findings),
        fixable=safe,
        unsafe=len(findings) - safe - unfixable,
        unfixable=unfixable,
    )
