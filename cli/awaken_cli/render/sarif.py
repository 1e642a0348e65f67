"""`--format sarif`: SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from awaken import __version__
from awaken.rules import RULES, Rule
from awaken_cli.render.json import fix_object, reason_object
from awaken_cli.render.wording import fix_words, steps

if TYPE_CHECKING:
    from awaken.detect.finding import Finding
    from awaken.ledger import Record
    from awaken_cli.render.report import Report, Reported
    from awaken_cli.render.spots import Spots

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {"high": "error", "medium": "warning", "low": "note"}
_POSITIONS: Final = {name: number for number, name in enumerate(RULES)}


def render(report: Report) -> str:
    """Return the whole report as a SARIF log."""
    run = {
        "tool": {
            "driver": {
                "name": "awaken",
                "version": __version__,
                "rules": [_rule(rule) for rule in RULES.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, report.spots) for found in report.findings],
        "invocations": [
            {
                "executionSuccessful": not report.errors,
                "toolExecutionNotifications": [_notification(record) for record in report.errors],
            }
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.fix},
    }


def _result(found: Reported, spots: Spots) -> dict[str, Any]:
    planned = found.planned
    finding = planned.finding
    severity = finding.entry.severity.value if finding.entry.severity else "low"
    region = {
        "startLine": found.file_line,
        "startColumn": found.column,
        "endLine": found.file_line + found.end_line - found.line,
        "endColumn": found.end_column,
    }
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[severity],
        "message": {"text": "\n".join([finding.message, *fix_words(planned)])},
        "locations": [_location(finding.path, region)],
        "properties": {
            "ruff": finding.ruff,
            "severity": severity,
            "function": finding.function,
            "call": finding.call,
            "fix": fix_object(planned.best),
            "unsafe_fix": fix_object(planned.unsafe if planned.safe else None),
            "reason": reason_object(planned.reason),
        },
    }
    if finding.rule in _POSITIONS:
        result["ruleIndex"] = _POSITIONS[finding.rule]
    places = planned.reason.places if planned.reason else ()
    if places:
        result["relatedLocations"] = [
            _location(place.path, {"startLine": place.line}) for place in places
        ]
    if finding.chain:
        result["codeFlows"] = [{"threadFlows": [{"locations": _flow(finding, spots)}]}]
    return result


def _flow(finding: Finding, spots: Spots) -> list[dict[str, Any]]:
    """The chain, one location a step; each is nested in the one before, as calls are."""
    return [
        {
            "location": {
                **_location(link.path, {"startLine": spots.in_file(link.path, link.line)}),
                "message": {"text": step},
            },
            "nestingLevel": depth,
        }
        for depth, (link, step) in enumerate(zip(finding.chain, steps(finding), strict=True))
    ]


def _location(path: str, region: dict[str, int] | None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}}
    if region:
        physical["region"] = region
    return {"physicalLocation": physical}


def _notification(record: Record) -> dict[str, Any]:
    region = None if record.line is None else {"startLine": record.line}
    return {
        "level": "error",
        "message": {"text": record.message or record.code},
        "locations": [_location(record.path, region)],
    }


def _uri(path: str) -> str:
    return quote(path.encode("utf-8", "surrogateescape"))
