"""Comments by which people switch findings off, on a line or for a whole file."""

from __future__ import annotations

import re

_COMMENT = re.compile(
    r"#\s*(?P<tool>awaken:\s*ignore|(?:(?P<file>flake8|ruff):\s*)?noqa)(?P<whole>-file)?"
    r"(?:\s*\[(?P<rules>[^\]\r\n]*)\]|:\s*(?P<codes>[A-Za-z]+[0-9]*(?:[,\s]+[A-Za-z]+[0-9]+)*))?",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[,\s]+")
EVERYTHING = frozenset({"*"})
WHOLE_FILE = 0


def suppressions(text: str) -> dict[int, frozenset[str]]:
    """The rules and codes that comments switch off.

    Args:
        text: the decoded source.

    Returns:
        1-based line number to rule names and ruff codes; `*` stands for all, line 0 for the whole file.
        Sources: `# awaken: ignore`, `# awaken: ignore[rule]`, `# awaken: ignore-file`, `# noqa`,
        `# noqa: ASYNC251`, `# ruff: noqa`, `# flake8: noqa`.
    """
    if "awaken:" not in text and "noqa" not in text.lower():
        return {}
    found: dict[int, frozenset[str]] = {}
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        for match in _COMMENT.finditer(line):
            listed = match["rules"] or match["codes"]
            names = frozenset(filter(None, _SEPARATOR.split(listed))) if listed else EVERYTHING
            key = WHOLE_FILE if match["whole"] or match["file"] else number
            found[key] = found.get(key, frozenset()) | names
    return found


def is_suppressed(
    suppressed: dict[int, frozenset[str]], lines: tuple[int, ...], rule: str, code: str | None
) -> bool:
    """Whether a finding of `rule` (ruff's `code`) on one of `lines` is switched off."""
    for line in (WHOLE_FILE, *lines):
        names = suppressed.get(line, frozenset())
        if "*" in names or rule in names:
            return True
        # Linters take a prefix for the whole family: `noqa: ASYNC` covers ASYNC251.
        if code and any(code.startswith(name.upper()) for name in names):
            return True
    return False
