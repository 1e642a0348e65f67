"""`response.encoding = "utf-8"`: from there on both sides decode the text alike."""

from __future__ import annotations

import ast
import codecs
from typing import TYPE_CHECKING

from awaken.plan.names_in_scope import FUNCTIONS
from awaken.syntax.suites import suites_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.situation import Situation

_MEMBER = "encoding"


def is_set(situation: Situation, uses: Sequence[ast.expr], node: ast.Attribute) -> bool | None:
    """Whether the encoding of a response has been set where a member of it is read.

    Args:
        situation: the request.
        uses: the expressions that stand for its response.
        node: the member.

    Returns:
        None where that depends on what has run before.
    """
    tree = situation.tree
    stores = [store for use in uses if (store := _store(situation, use)) is not None]
    start = tree.span(node).start
    before = [store for store in stores if tree.span(store).end <= start]
    if any(_surely_before(situation, store, node) for store in before):
        return True
    # What stands behind may come first where a loop, or an inner function, brings it back.
    function = situation.function()
    inside = any(isinstance(up, FUNCTIONS) for up in _between(situation, node, function))
    return None if before or (stores and inside) else False


def is_known(situation: Situation, uses: Sequence[ast.expr], node: ast.Attribute) -> bool:
    """Whether what is stored in `.encoding` is the name of a codec, or what was found out by looking at the body.

    JSON is decoded with it on one side only.

    Args:
        situation: the request.
        uses: the expressions that stand for its response.
        node: what is stored to.
    """
    statement = situation.tree.parent(node)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    value = statement.value
    parsed = any(_is_member(situation, use, "json") for use in uses)
    if isinstance(value, ast.Attribute) and value.attr == "apparent_encoding":
        return ast.dump(value.value) == ast.dump(node.value) and not parsed
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return False
    try:
        codec = codecs.lookup(value.value)
    except LookupError:
        return False
    text = codec._is_text_encoding  # noqa: SLF001 - nothing else tells
    return bool(text) and (codec.name == "utf-8" or not parsed)


def _is_member(situation: Situation, use: ast.expr, name: str) -> bool:
    parent = situation.tree.parent(use)
    return isinstance(parent, ast.Attribute) and parent.attr == name


def _store(situation: Situation, use: ast.expr) -> ast.stmt | None:
    member = situation.tree.parent(use)
    if not isinstance(member, ast.Attribute) or member.attr != _MEMBER:
        return None
    return situation.tree.statement(member) if isinstance(member.ctx, ast.Store) else None


def _surely_before(situation: Situation, store: ast.stmt, node: ast.expr) -> bool:
    """Whether the suite of a statement is one of those around a node."""
    parent = situation.tree.parent(store)
    suite = next((each for each in suites_of(parent) if store in each), []) if parent else []
    around = [node, *situation.tree.ancestors(node)]
    return any(each in suite for each in around)


def _between(situation: Situation, node: ast.AST, function: ast.AST) -> list[ast.AST]:
    ancestors = list(situation.tree.ancestors(node))
    return ancestors[: ancestors.index(function)] if function in ancestors else ancestors
