"""Assignments become `async with` statements around what follows, once everything in there has its new form.

What other recipes put into the statements is indented with them: so this comes second, on the text that they have made.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.names_in_scope import SCOPES
from awaken.plan.recipes import SwapClient
from awaken.rewrite.edit import Edit, apply_edits, insert
from awaken.rewrite.indentation import indent_unit, indented
from awaken.syntax.names import is_name
from awaken.syntax.positions import Span
from awaken.syntax.suites import suites_of
from awaken.syntax.tree import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from awaken.plan.recipes import OpenedClient, Recipe
    from awaken.syntax.tree import Tree

_Assignment = ast.Assign | ast.AnnAssign


def openings_in(recipes: Iterable[Recipe]) -> list[OpenedClient]:
    """What recipes open."""
    return [each for recipe in recipes if isinstance(recipe, SwapClient) for each in recipe.opened]


def opened_spans(tree: Tree, openings: Sequence[OpenedClient]) -> list[Span]:
    """What changes: the assignments, and the statements that are moved one level in, in the text as it was."""
    offsets = tree.offsets
    return [
        Span(
            offsets.line_start(offsets.span_of(each.place).start),
            offsets.line_end(offsets.span_of(each.enclosed).end),
        )
        for each in openings
    ]


def with_openings(before: Tree, text: str, openings: Sequence[OpenedClient]) -> str:
    """The rewritten text with `async with` statements in the place of assignments.

    Args:
        before: the file as it was.
        text: as the other edits have left it.
        openings: the assignments.

    Raises:
        LookupError: when the text has no such assignment any more.
        SyntaxError: when it cannot be parsed.
    """
    for each in sorted(openings, key=lambda one: one.place, reverse=True):
        after = parse(text)
        statement = _counterpart(before, after, each)
        text = apply_edits(text, _opened(after, statement, each.name))
    return text


def _opened(tree: Tree, statement: _Assignment, name: str) -> list[Edit]:
    if statement.value is None:
        raise LookupError(f"`{name}` gets no value")
    parent = tree.parent(statement)
    suite = next(each for each in suites_of(parent) if statement in each) if parent else [statement]
    behind = suite[suite.index(statement) + 1 :]
    using = [
        n for n, each in enumerate(behind) if any(is_name(node, name) for node in ast.walk(each))
    ]
    if not using:
        raise LookupError(f"nothing uses `{name}`")
    whole, value = tree.span(statement), tree.span(statement.value)
    front = Span(whole.start, value.start)
    unit = indent_unit(tree, statement)
    moved = behind[: using[-1] + 1]
    return [
        Edit(front, "async with ", front),
        insert(value.end, f" as {name}:", value),
        *_in_front(tree, statement, moved[0], unit),
        *indented(tree, moved, unit),
    ]


def _in_front(tree: Tree, statement: ast.stmt, first: ast.stmt, unit: str) -> Iterator[Edit]:
    """Comments and decorators between a statement and the next one move with that."""
    end = tree.offsets.line_of(tree.span(statement).end)
    for line in range(end + 1, first.lineno):
        start = tree.offsets.starts[line - 1]
        if tree.text[start : tree.offsets.line_end(start)].strip():
            yield insert(start, unit, Span(start, len(tree.text)))


def _counterpart(before: Tree, after: Tree, opening: OpenedClient) -> _Assignment:
    """The same assignment of the same function in the new text."""
    value = before.find(opening.place, (ast.expr,))
    old = before.parent(value) if value is not None else None
    if not isinstance(old, (ast.Assign, ast.AnnAssign)):
        raise LookupError(f"`{opening.name}` is not assigned at line {opening.place.line}")
    number = list(_assignments(before, _function(before, old), opening.name)).index(old)
    found = list(_assignments(after, _function(before, old), opening.name))
    if number >= len(found):
        raise LookupError(f"`{opening.name}` is not assigned any more")
    return found[number]


def _function(tree: Tree, node: ast.AST) -> tuple[str, ...]:
    return tuple(getattr(up, "name", "") for up in tree.ancestors(node) if isinstance(up, SCOPES))


def _assignments(tree: Tree, function: tuple[str, ...], name: str) -> Iterator[_Assignment]:
    found = [
        node
        for node in tree.nodes
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        and any(is_name(each, name) for each in _targets(node))
        and _function(tree, node) == function
    ]
    yield from sorted(found, key=lambda node: (node.lineno, node.col_offset))


def _targets(node: _Assignment) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]
