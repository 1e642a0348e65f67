"""Functions and classes that recipes ask for: one of each in a file, found again where an earlier run has left it."""

from __future__ import annotations

import ast
import re
from itertools import chain, count
from typing import TYPE_CHECKING

from awaken.resolve.evaluation import Where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.definition import Definition
    from awaken.rewrite.workspace import Workspace

_UNIT = "    "


def definition(space: Workspace, wanted: Definition) -> str:
    """The name of a function or class of the module, which is added where the file does not have it yet.

    Args:
        space: the file.
        wanted: the function or class.
    """
    for known, name in space.names.defined.items():
        if known == wanted:
            return name
    name = _existing(space, wanted) or next(filter(space.names.is_unused, _names(wanted.name)))
    space.names.defined[wanted] = name
    if name in space.index.scopes[0].bindings:
        return name
    space.names.definitions.append(_in_file(space, _text(space, wanted, name)))
    return name


def _names(name: str) -> Iterator[str]:
    """Not with a second underscore in front, which a class would mangle."""
    return chain((name,), (f"{name}_{number}" for number in count(2)))


def _text(space: Workspace, wanted: Definition, name: str) -> str:
    where = Where(space.index.path, 0)
    spelled = {each: space.names.text(each, where) for each in wanted.uses}
    return _replaced(wanted.text, {**spelled, wanted.name: name})


def _replaced(text: str, spelled: dict[str, str]) -> str:
    if not spelled:
        return text
    longest_first = sorted(spelled, key=len, reverse=True)
    pattern = rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest_first))})\b"
    return re.sub(pattern, lambda found: spelled[found[0]], text)


def _in_file(space: Workspace, text: str) -> str:
    """The text with the newlines and the indentation of the file."""
    unit = _unit(space)
    lines = []
    for line in text.splitlines():
        inner = line.lstrip(" ")
        depth, rest = divmod(len(line) - len(inner), len(_UNIT))
        lines.append(f"{unit * depth}{' ' * rest}{inner}")
    return space.newline.join(lines)


def _unit(space: Workspace) -> str:
    """What the first indented line of the file has in front."""
    for statement in space.tree.module.body:
        body = getattr(statement, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            start = space.tree.span(body[0]).start
            margin = space.tree.text[space.tree.offsets.line_start(start) : start]
            if margin and not margin.strip(" \t"):
                return margin
    return _UNIT


def _existing(space: Workspace, wanted: Definition) -> str | None:
    """A function or class of the same text that an earlier run has left."""
    bindings = space.index.scopes[0].bindings
    for statement in space.tree.module.body:
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        name = statement.name
        ours = name == wanted.name or re.fullmatch(rf"{re.escape(wanted.name)}_\d+", name)
        if ours and len(bindings.get(name, ())) == 1 and _is_bound_there_only(space, name):
            imported = len(space.names.added)
            same = _dump(_text(space, wanted, name)) == ast.dump(statement)
            if same and len(space.names.added) == imported:
                return name
            del space.names.added[imported:]
    return None


def _is_bound_there_only(space: Workspace, name: str) -> bool:
    return all(name not in scope.bindings for scope in space.index.scopes[1:])


def _dump(text: str) -> str:
    return ast.dump(ast.parse(text).body[0])
