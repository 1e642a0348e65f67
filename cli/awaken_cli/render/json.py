"""`--format json`: version 1 of the object that programs read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from awaken.dependencies.gathering import Addition
    from awaken.detect.finding import Link
    from awaken.ledger import Record
    from awaken.plan.fix import Fix, Reason
    from awaken_cli.render.report import Report, Reported
    from awaken_cli.render.spots import Spots

VERSION = 1


def render(report: Report) -> str:
    """Return the whole report as one JSON object."""
    summary = report.summary
    return json.dumps(
        {
            "version": VERSION,
            "findings": [_finding(found, report.spots) for found in report.findings],
            "errors": [_error(record) for record in report.errors],
            "summary": {
                "files": summary.files,
                "findings": summary.findings,
                "fixable": summary.fixable,
                "unsafe": summary.unsafe,
                "unfixable": summary.unfixable,
            },
            "dependencies": [_addition(addition) for addition in report.additions],
            "versions": {
                each.name.lower(): {"version": each.version, "source": each.source or None}
                for each in report.written_for
            },
        },
        indent=2,
    )


def _finding(found: Reported, spots: Spots) -> dict[str, Any]:
    planned = found.planned
    finding = planned.finding
    severity = finding.entry.severity
    return {
        "rule": finding.rule,
        "ruff": finding.ruff,
        "severity": severity.value if severity else None,
        "path": finding.path,
        **_cell(found.cell),
        "line": found.line,
        "column": found.column,
        "end_line": found.end_line,
        "end_column": found.end_column,
        "function": finding.function,
        "call": finding.call,
        "message": finding.message,
        "chain": [_link(link, spots) for link in finding.chain],
        "fix": fix_object(planned.best),
        "unsafe_fix": fix_object(planned.unsafe if planned.safe else None),
        "reason": reason_object(planned.reason),
    }


def fix_object(fix: Fix | None) -> dict[str, str] | None:
    """Return a fix as JSON has it."""
    if fix is None:
        return None
    return {
        "strategy": fix.strategy.value,
        "applicability": fix.applicability.value,
        "description": fix.description,
    }


def reason_object(reason: Reason | None) -> dict[str, Any] | None:
    """Return a reason as JSON has it; `places` only where there are some."""
    if reason is None:
        return None
    places = [{"path": place.path, "line": place.line} for place in reason.places]
    return {
        "code": reason.code,
        "message": reason.message,
        **({"places": places} if places else {}),
    }


def _addition(addition: Addition) -> dict[str, Any]:
    """What one folder of the project must add; the file is null where none can be written."""
    return {
        "file": addition.change.relative if addition.change else None,
        "add": [{"name": each.name, "versions": each.versions} for each in addition.missing],
        "raise": [
            {"name": each.name, "versions": each.versions, "allows": older}
            for each, older in addition.raised
        ],
        "obstacle": addition.obstacle or None,
        "lock": addition.lock or None,
    }


def _link(link: Link, spots: Spots) -> dict[str, Any]:
    return {
        "path": link.path,
        **_cell(spots.cell(link.path, link.line)),
        "line": spots.line(link.path, link.line),
        "function": link.function,
    }


def _cell(number: int | None) -> dict[str, int]:
    """The cell of a notebook, which other files do not have."""
    return {} if number is None else {"cell": number}


def _error(record: Record) -> dict[str, Any]:
    return {"path": record.path, "line": record.line, "message": record.message}
