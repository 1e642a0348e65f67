"""New names for `from` imports that a file has already: `from time import monotonic` gets another name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from awaken.rewrite.edit import Edit, insert

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from awaken.rewrite.names import ImportStatement
    from awaken.syntax.positions import Span
    from awaken.syntax.tree import Tree

# No style guide asks for shorter lines than the first, and few files mean to have longer ones than the second.
_SHORTEST, _LONGEST = 79, 120


class Joined(NamedTuple):
    """What goes into imports that are there.

    Attributes:
        edits: how.
        rest: the imports that need a statement of their own.
    """

    edits: list[Edit]
    rest: list[ImportStatement]


def join_imports(
    tree: Tree, block: Sequence[ast.stmt], added: Sequence[ImportStatement], newline: str
) -> Joined:
    """Put new names into `from` imports of the same module, as far as the layout of those is plain.

    Args:
        tree: the file.
        block: its imports at the top.
        added: the new imports, sorted.
        newline: the file's newline.
    """
    edits: list[Edit] = []
    rest: list[ImportStatement] = []
    room = {id(each): _room(tree, each) for each in block}
    for statement in added:
        there = _only_import(block, statement.module) if statement.member is not None else None
        name = statement.text.partition(" import ")[2]
        if there is None or not _is_plain(tree, there):
            rest.append(statement)
        elif _is_one_line(there) and room[id(there)] >= len(name) + 2:
            room[id(there)] -= len(name) + 2
            edits.append(_in_line(tree, there, name))
        elif _has_lines_of_their_own(there):
            edits.append(_on_own_line(tree, there, name, newline))
        else:
            rest.append(statement)
    return Joined(edits, rest)


def _only_import(block: Sequence[ast.stmt], module: str) -> ast.ImportFrom | None:
    """The one `from module import ...`; a file that has several keeps one name to a statement."""
    found = [
        each
        for each in block
        if isinstance(each, ast.ImportFrom) and not each.level and each.module == module
    ]
    return found[0] if len(found) == 1 else None


def _is_plain(tree: Tree, statement: ast.ImportFrom) -> bool:
    span = tree.span(statement)
    text = tree.text[span.start : tree.offsets.line_end(span.end)]
    return not any(mark in text for mark in ("#", "\\", "*", ";"))


def _is_one_line(statement: ast.stmt) -> bool:
    return statement.lineno == statement.end_lineno


def _room(tree: Tree, statement: ast.stmt) -> int:
    """How many characters the line of a statement may grow by, going by the file's longest line."""
    longest = max(map(len, tree.text.splitlines()), default=0)
    span = tree.span(statement)
    used = span.end - tree.offsets.line_start(span.start)
    return max(_SHORTEST, min(longest, _LONGEST)) - used


def _has_lines_of_their_own(statement: ast.ImportFrom) -> bool:
    """Whether each name begins a line, and the parenthesis that ends them does."""
    lines = [alias.lineno for alias in statement.names]
    end = statement.end_lineno or 0
    return len({statement.lineno, *lines, end}) == len(lines) + 2


def _in_line(tree: Tree, statement: ast.ImportFrom, name: str) -> Edit:
    following = _following(statement, name)
    span = tree.span(statement)
    if following is not None:
        return insert(_span(tree, following).start, f"{name}, ", span)
    return insert(_span(tree, statement.names[-1]).end, f", {name}", span)


def _on_own_line(tree: Tree, statement: ast.ImportFrom, name: str, newline: str) -> Edit:
    span = tree.span(statement)
    last = _span(tree, statement.names[-1])
    indentation = tree.text[tree.offsets.line_start(last.start) : last.start]
    following = _following(statement, name)
    if following is not None:
        return insert(_span(tree, following).start, f"{name},{newline}{indentation}", span)
    if tree.text[last.end :].startswith(","):
        return insert(last.end + 1, f"{newline}{indentation}{name},", span)
    return insert(last.end, f",{newline}{indentation}{name}", span)


def _span(tree: Tree, alias: ast.alias) -> Span:
    return tree.offsets.span(alias)


def _following(statement: ast.ImportFrom, name: str) -> ast.alias | None:
    """The name that a new one goes in front of; None where it goes to the end."""
    names = [alias.name for alias in statement.names]
    order = next((each for each in _ORDERS if sorted(names, key=each) == names), None)
    if order is None:
        return None
    new = order(name.partition(" as ")[0])
    return next((alias for alias in statement.names if order(alias.name) > new), None)


def _by_kind(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest: how isort and ruff sort."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower()


def _by_letters(name: str) -> tuple[int, str]:
    return 0, name.lower()


_ORDERS: tuple[Callable[[str], tuple[int, str]], ...] = (_by_kind, _by_letters)
