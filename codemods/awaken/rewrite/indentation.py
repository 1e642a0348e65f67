"""Indentation: one level more for a statement, leaving the inside of its strings alone."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.rewrite.edit import Edit, insert
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.syntax.tree import Tree

# Template strings are of Python 3.14.
_STRINGS: tuple[type[ast.expr], ...] = tuple(
    kind for name in ("Constant", "JoinedStr", "TemplateStr") if (kind := getattr(ast, name, None))
)


def indentation_of(tree: Tree, statement: ast.stmt) -> str:
    """The white space in front of a statement that begins its line."""
    start = tree.span(statement).start
    return tree.text[tree.offsets.line_start(start) : start]


def indent_unit(tree: Tree, statement: ast.stmt) -> str:
    """What one level adds, judged by the block that holds the statement."""
    inner = indentation_of(tree, statement)
    levels = 1
    for up in tree.ancestors(statement):
        if isinstance(up, ast.match_case):
            levels = 2  # the `case` stands between the statement and its `match`
        if isinstance(up, ast.stmt):
            outer = indentation_of(tree, up)
            if inner.startswith(outer) and len(inner) > len(outer) and not outer.strip():
                added = inner[len(outer) :]
                return added[: len(added) // levels] or added
            break
    return "\t" if inner.endswith("\t") else "    "


def indented(
    tree: Tree, statements: Sequence[ast.stmt | ast.expr], unit: str, replaced: Sequence[Span] = ()
) -> list[Edit]:
    """Edits that move every line of neighbouring statements, or of an expression, one level in.

    Args:
        tree: the file.
        statements: what is moved.
        unit: the white space of one level.
        replaced: ranges that other edits write over, with the line starts in them.
    """
    span = Span(tree.span(statements[0]).start, tree.span(statements[-1]).end)
    first = tree.offsets.line_of(span.start)
    last = tree.offsets.line_of(max(span.end - 1, span.start))
    inside = {line for statement in statements for line in lines_inside_strings(tree, statement)}
    edits = []
    for line in range(first, last + 1):
        start = tree.offsets.starts[line - 1]
        blank = tree.text[start : tree.offsets.line_end(start)].strip() == ""
        gone = any(span.start < start <= span.end for span in replaced)
        if line not in inside and not blank and not gone:
            edits.append(insert(start, unit, Span(start, span.end)))
    return edits


def moved_in(tree: Tree, statements: Sequence[ast.stmt], unit: str) -> list[Edit]:
    """The same edits, outside of whatever else is put in front of the lines (`rewrite/deepening.py` counts on it)."""
    # No two moves of the same lines are alike: the statements of one hold those of the other.
    around = 2 * len(tree.text) + 1 - tree.span(statements[0]).start
    return [
        replace(edit, owner=Span(edit.owner.start, around + tree.span(statements[-1]).end))
        for edit in indented(tree, statements, unit)
    ]


def lines_inside_strings(tree: Tree, statement: ast.AST) -> set[int]:
    """Lines that begin inside a string literal."""
    lines: set[int] = set()
    for node in ast.walk(statement):
        if isinstance(node, _STRINGS) and node.end_lineno and node.end_lineno > node.lineno:
            if isinstance(node, ast.Constant) and not isinstance(node.value, (str, bytes)):
                continue
            lines |= _continued(tree, node)
    return lines


def _continued(tree: Tree, node: ast.expr) -> set[int]:
    """Lines of a string that begin inside it; those of implicit concatenation may not."""
    lines = set(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
    source = tree.source(node)
    if '"""' in source or "'''" in source or "\\\n" in source or "\\\r" in source:
        return lines
    return set()  # parts on lines of their own, put together: each line begins outside a string
