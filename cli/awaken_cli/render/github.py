"""`--format github`: workflow commands that become annotations of a pull request."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from awaken_cli.render.report import Report, Reported, shown_path
from awaken_cli.render.wording import chain_words, fix_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.ledger import Record

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(report: Report) -> Iterator[str]:
    """Yield one workflow command for each finding and each error."""
    for found in report.findings:
        yield _warning(report, found)
    for record in report.errors:
        yield _error(report, record)


def _warning(report: Report, found: Reported) -> str:
    finding = found.planned.finding
    properties = {
        "title": f"awaken ({finding.rule})",
        "file": _annotated_path(report.root, finding.path),
        "line": found.file_line,
        "col": found.column,
        "endLine": found.file_line + found.end_line - found.line,
        "endColumn": found.end_column,
    }
    chain = chain_words(finding, partial(_annotated_place, report))
    text = [finding.message, *chain, *fix_words(found.planned)]
    return _command("warning", properties, "\n".join(text))


def _error(report: Report, record: Record) -> str:
    properties: dict[str, object] = {
        "title": "awaken (error)",
        "file": _annotated_path(report.root, record.path),
    }
    if record.line is not None:
        properties["line"] = record.line
    return _command("error", properties, record.message or record.code)


def _command(kind: str, properties: dict[str, object], message: str) -> str:
    listed = ",".join(
        f"{key}={str(value).translate(_PROPERTY)}" for key, value in properties.items()
    )
    return f"::{kind} {listed}::{message.translate(_DATA)}"


def _annotated_place(report: Report, relative: str, line: int) -> str:
    shown = report.spots.shown(relative, line)
    return f"{_annotated_path(report.root, relative)}:{shown}"


def _annotated_path(root: Path, relative: str) -> str:
    """Return the path that GitHub knows the file by: relative to the checkout."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    absolute = root / relative
    if workspace and absolute.is_relative_to(workspace):
        return absolute.relative_to(workspace).as_posix()
    return Path(shown_path(root, relative)).as_posix()
