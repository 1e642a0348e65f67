"""Comments by which people switch findings off, on a line or for a whole file."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.syntax.positions import Span
    from awaken.syntax.tree import Tree

_COMMENT = re.compile(
    r"#[ \t]*(?P<tool>awaken:[ \t]*ignore|(?:(?P<file>flake8|ruff):[ \t]*)?noqa)(?P<whole>-file)?"
    r"(?:[ \t]*\[(?P<rules>[^\]\r\n]*)\]|:[ \t]*(?P<codes>[A-Za-z]+[0-9]*(?:[, \t]+[A-Za-z]+[0-9]+)*))?",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[,\s]+")
# A code of another linter rule, such as `E501`, which switches nothing of ours off.
_FOREIGN = re.compile(r"(?!ASYNC)[A-Za-z]+[0-9]+", re.IGNORECASE)
EVERYTHING = frozenset({"*"})
WHOLE_FILE = 0


def suppressions(tree: Tree) -> dict[int, frozenset[str]]:
    """The rules and codes that comments switch off.

    Args:
        tree: the file; what looks like a comment inside a string is none.

    Returns:
        1-based line number to rule names and ruff codes; `*` stands for all, line 0 for the whole file.
        Sources: `# awaken: ignore`, `# awaken: ignore[rule]`, `# awaken: ignore-file`, `# noqa`,
        `# noqa: ASYNC251`, `# ruff: noqa`, `# flake8: noqa`.
    """
    if "awaken:" not in tree.text and "noqa" not in tree.text.lower():
        return {}
    ours = [(match, names) for match in _COMMENT.finditer(tree.text) if (names := _named(match))]
    if not ours:
        return {}
    found: dict[int, frozenset[str]] = {}
    strings = _strings(tree)
    for match, names in ours:
        if any(span.start <= match.start() < span.end for span in strings):
            continue
        whole = match["whole"] or match["file"]
        key = WHOLE_FILE if whole else tree.offsets.line_of(match.start())
        found[key] = found.get(key, frozenset()) | names
    return found


def _named(match: re.Match[str]) -> frozenset[str]:
    """What a comment names that may be ours; nothing when it is meant for other rules of linters."""
    listed = match["rules"] or match["codes"]
    if not listed:
        return EVERYTHING
    names = filter(None, _SEPARATOR.split(listed))
    return frozenset(name for name in names if not _FOREIGN.fullmatch(name))


def _strings(tree: Tree) -> list[Span]:
    return [
        tree.span(node)
        for node in tree.nodes
        if isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))
    ]


def _is_code(name: str) -> bool:
    return name.upper().startswith("ASYNC")


def _covers(name: str, code: str | None) -> bool:
    """Whether a code in a comment stands for a finding's.

    Linters take a prefix for the whole family: `noqa: ASYNC` covers ASYNC251. What they have no code for goes
    with what they have one for, and the `read()` of a file (ASYNC232) with its `open()` (ASYNC230).
    """
    return code is None or code.startswith(name) or {name, code} == {"ASYNC230", "ASYNC232"}


def is_suppressed(
    suppressed: dict[int, frozenset[str]], lines: tuple[int, ...], rule: str, code: str | None
) -> bool:
    """Whether a finding of `rule` (ruff's `code`) on one of `lines` is switched off."""
    for line in (WHOLE_FILE, *lines):
        names = suppressed.get(line, frozenset())
        if "*" in names or rule in names:
            return True
        if any(_covers(name.upper(), code) for name in names if _is_code(name)):
            return True
    return False
