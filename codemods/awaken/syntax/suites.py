"""Suites: the blocks of statements below a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.syntax.positions import Place

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

    from awaken.syntax.tree import Tree


def suites_of(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The suites directly below a node, in the order of the text."""
    body = getattr(node, "body", None)
    if isinstance(body, list):
        yield body
    for handler in getattr(node, "handlers", ()):
        yield handler.body
    for case in getattr(node, "cases", ()):
        yield case.body
    for name in ("orelse", "finalbody"):
        suite = getattr(node, name, None)
        if isinstance(suite, list) and suite:
            yield suite


def place_of(statements: Sequence[ast.stmt]) -> Place:
    """From the start of the first statement to the end of the last one."""
    first, last = Place.of(statements[0]), Place.of(statements[-1])
    return Place(first.line, first.column, last.end_line, last.end_column)


def statements_at(tree: Tree, place: Place) -> list[ast.stmt]:
    """The neighbouring statements that fill a place exactly; none where there are no such."""
    for node in tree.nodes:
        for suite in suites_of(node):
            starts = [n for n, each in enumerate(suite) if Place.of(each)[:2] == place[:2]]
            ends = [n for n, each in enumerate(suite) if Place.of(each)[2:] == place[2:]]
            if starts and ends and starts[0] <= ends[-1]:
                return suite[starts[0] : ends[-1] + 1]
    return []
