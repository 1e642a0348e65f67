"""Loops over a folder tree that change what the walk still has in front of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.blocking import callable_entry
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

# Walks that go down while the loop runs; the first two let the loop choose where.
_STEERED = frozenset({"os.walk", "os.fwalk"})
_RECURSIVE = _STEERED | frozenset(
    ("pathlib.Path.rglob", "pathlib.Path.glob", "pathlib.Path.walk", "glob.iglob")
)
# What takes away folders that the walk has not entered yet.
_REMOVERS = frozenset(
    (
        *("shutil.rmtree", "shutil.move", "os.rename", "os.renames", "os.replace"),
        *("os.removedirs", "pathlib.Path.rename", "pathlib.Path.replace"),
    )
)
_READERS = frozenset(
    f"builtins.{name}"
    for name in (
        "len",
        "sorted",
        "list",
        "tuple",
        "set",
        "enumerate",
        "bool",
        "any",
        "all",
        "print",
        "str",
        "repr",
        "max",
        "min",
        "sum",
        "zip",
    )
)
_DIRECTORIES = 1


def steers_walk(situation: Situation, loop: ast.For) -> bool:
    """Whether the body of a loop changes what the walk in its header still has to visit.

    Args:
        situation: the finding, whose call is in the header.
        loop: the loop.
    """
    call = situation.finding.call
    if call in _STEERED and _prunes(situation, loop):
        return True
    return call in _RECURSIVE and any(
        _takes_away(situation, node)
        for statement in loop.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
    )


def _prunes(situation: Situation, loop: ast.For) -> bool:
    """Whether the body may change the list of folders that `os.walk` descends into."""
    if not isinstance(loop.target, ast.Tuple) or len(loop.target.elts) <= _DIRECTORIES:
        return True
    directories = loop.target.elts[_DIRECTORIES]
    if not isinstance(directories, ast.Name):
        return True
    return any(not _only_reads(situation, use) for use in _uses(loop, directories.id))


def _uses(loop: ast.For, name: str) -> Iterator[ast.Name]:
    for statement in loop.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and node.id == name:
                yield node


def _only_reads(situation: Situation, use: ast.Name) -> bool:
    parent = situation.tree.parent(use)
    if isinstance(parent, (ast.For, ast.comprehension)):
        return parent.iter is use
    if isinstance(parent, ast.Call):
        value = situation.value_of(parent.func)
        return isinstance(value, External) and value.name in _READERS
    if isinstance(parent, (ast.If, ast.While, ast.IfExp)):
        return parent.test is use
    return isinstance(parent, (ast.Compare, ast.UnaryOp, ast.FormattedValue))


def _takes_away(situation: Situation, call: ast.Call) -> bool:
    found = callable_entry(situation.resolver, situation.value_of(call.func))
    if found is not None:
        return found.qualified in _REMOVERS
    # A receiver that is not known may be a path.
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("rename", "rmtree")
