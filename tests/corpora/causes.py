"""Why a linter reports a line that awaken does not: the causes that the syntax tree shows."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# They read no disk, though ruff's list of blocking functions may name them.
_PURE = frozenset(
    [
        "abspath",
        "basename",
        "commonpath",
        "commonprefix",
        "dirname",
        "isabs",
        "join",
        "normcase",
        "normpath",
        "relpath",
        "split",
        "splitdrive",
        "splitext",
        "with_suffix",
        "with_name",
        "joinpath",
        "as_posix",
    ]
)
_SYNC_SCOPES = (ast.FunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Cause:
    """A likely cause.

    Attributes:
        name: the cause, in words.
        source: the line.
    """

    name: str
    source: str


def cause_of(path: Path, line: int, code: str) -> Cause:
    """The likely cause of one report.

    Args:
        path: the file.
        line: the reported line.
        code: the linter's code.
    """
    text, parents = _parsed(path)
    lines = text.splitlines()
    source = lines[line - 1].strip()[:90] if line <= len(lines) else ""
    calls = [node for node in parents if isinstance(node, ast.Call) and node.lineno == line]
    if not calls:
        return Cause("no call on this line", source)
    return Cause(_cause(calls, parents, source, code), source)


def _cause(calls: list[ast.Call], parents: dict[ast.AST, ast.AST], source: str, code: str) -> str:
    scopes = [_scope(call, parents) for call in calls]
    if all(isinstance(scope, _SYNC_SCOPES) for scope in scopes):
        return f"stands in a nested {type(scopes[0]).__name__}"
    if "noqa" in source or "awaken:" in source:
        return "suppressed by a comment"
    names = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
    if names and names <= _PURE:
        return f"pure function ({', '.join(sorted(names))})"
    receivers = {ast.unparse(call.func).split("(")[0] for call in calls}
    if code in {"ASYNC212", "ASYNC240"}:
        return f"receiver not resolved, or not blocking ({', '.join(sorted(names))[:40]})"
    return f"to be explained ({', '.join(sorted(receivers))[:60]})"


def _scope(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.AST | None:
    up = parents.get(node)
    while up is not None and not isinstance(up, (*_SYNC_SCOPES, ast.AsyncFunctionDef)):
        up = parents.get(up)
    return up


@lru_cache(maxsize=64)
def _parsed(path: Path) -> tuple[str, dict[ast.AST, ast.AST]]:
    """A file's text, and the parent of every node."""
    text = path.read_bytes().decode("utf-8", errors="replace")
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return text, {}
    return text, {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
