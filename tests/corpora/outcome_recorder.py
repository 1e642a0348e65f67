"""A pytest plugin for foreign environments: writes what was collected and how each test ended.

It is handed to other packages' test runs as a file, so it needs nothing but pytest and the standard library.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

RESULT = "AWAKEN_OUTCOMES"  # the variable that names the file to write
_WORST_FIRST = ("error", "failed", "passed", "xfailed", "xpassed", "skipped")

_collected: list[str] = []
_outcomes: dict[str, str] = {}


def pytest_collection_finish(session: Any) -> None:
    _collected.extend(item.nodeid for item in session.items)


def pytest_collectreport(report: Any) -> None:
    if report.failed:
        _note(report.nodeid, "error")


def pytest_runtest_logreport(report: Any) -> None:
    if report.when == "call" or not report.passed:
        _note(report.nodeid, _kind(report))


def pytest_sessionfinish(exitstatus: int) -> None:
    found = {"collected": _collected, "outcomes": _outcomes, "status": int(exitstatus)}
    Path(os.environ[RESULT]).write_text(json.dumps(found), encoding="utf-8")


def _kind(report: Any) -> str:
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    if report.failed and report.when != "call":
        return "error"
    return str(report.outcome)


def _note(test: str, kind: str) -> None:
    """A test reports more than once: for its sub-tests, and for setting up and tearing down."""
    known = _outcomes.get(test, kind)
    _outcomes[test] = min(known, kind, key=_WORST_FIRST.index)
