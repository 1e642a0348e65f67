"""Runs ruff and flake8-async over files and returns what they report, in one form."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

RUFF_BLOCKING = "ASYNC210,ASYNC212,ASYNC220,ASYNC221,ASYNC222,ASYNC230,ASYNC240,ASYNC250,ASYNC251"
RUFF_NAMES = "F401,F811,F821,F841"
_CONCISE = re.compile(r"^(?P<path>.+?):(?P<line>\d+):\d+: (?P<code>[A-Z]+\d+) (?P<text>.*)$")
_BATCH = 400  # files per command line


@dataclass(frozen=True, slots=True, order=True)
class Report:
    """One report of a linter.

    Attributes:
        path: POSIX path relative to the folder.
        line: where it points.
        code: the linter's code.
        text: the linter's sentence.
    """

    path: str
    line: int
    code: str
    text: str


def ruff(folder: Path, select: str, files: Sequence[str] = ()) -> list[Report]:
    """What ruff reports in a folder, or in the given files of it (relative paths)."""
    found: list[Report] = []
    for batch in _batches(files):
        command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--quiet"]
        command += ["--select", select, "--output-format", "json", *batch]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        for item in json.loads(done.stdout or "[]"):
            path = Path(item["filename"]).relative_to(folder.resolve()).as_posix()
            line = int(item["location"]["row"])
            found.append(Report(path, line, item["code"] or "syntax", item["message"]))
    return sorted(found)


def flake8_async(folder: Path, files: Sequence[str]) -> list[Report]:
    """What flake8-async's 200 series reports in the given files (relative paths)."""
    found: list[Report] = []
    for batch in _batches(files):
        command = [sys.executable, "-m", "flake8_async", "--enable=ASYNC2", "--asyncio", *batch]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            match = _CONCISE.match(line)
            if match:
                path = match["path"].removeprefix("./")
                found.append(Report(path, int(match["line"]), match["code"], match["text"]))
    return sorted(found)


def new_reports(before: Sequence[Report], after: Sequence[Report]) -> list[str]:
    """Codes that a file has more often than before, as `path code before -> after: text`."""
    old = Counter((report.path, report.code) for report in before)
    new = Counter((report.path, report.code) for report in after)
    lines = []
    for (path, code), count in sorted(new.items()):
        if count > old[path, code]:
            known = {report.text for report in before if (report.path, report.code) == (path, code)}
            texts = [r.text for r in after if (r.path, r.code) == (path, code)]
            text = next((text for text in texts if text not in known), texts[0])
            lines.append(f"{path} {code} {old[path, code]} -> {count}: {text}")
    return lines


def _batches(files: Sequence[str]) -> list[Sequence[str]]:
    if not files:
        return [["."]]
    return [files[start : start + _BATCH] for start in range(0, len(files), _BATCH)]
