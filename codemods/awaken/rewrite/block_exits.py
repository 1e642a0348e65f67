"""The ways out of a block that became a function: what it returns, and what the coroutine does then."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.rewrite.edit import Edit, insert
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.recipes import HopBlock, Leaving
    from awaken.rewrite.workspace import Workspace
    from awaken.syntax.positions import Place


def marked(space: Workspace, leaving: Leaving) -> list[Edit]:
    """`return x` to `return True, x`, and `break` to `return True`."""
    return [edit for place in leaving.places for edit in _marked(space, leaving, place)]


def _marked(space: Workspace, leaving: Leaving, place: Place) -> list[Edit]:
    statement = space.statements(place)[0]
    span = space.tree.span(statement)
    left = " True, None" if leaving.value else " True"
    if not isinstance(statement, ast.Return):
        return [Edit(span, f"return{left}", span)]
    if statement.value is None:
        return [insert(span.end, left, span)]
    value = space.tree.span(statement.value)
    start = span.start + len("return")
    bare = isinstance(statement.value, ast.Tuple) and not _is_enclosed(space, statement.value)
    if not bare:
        return [insert(start, " True,", span)]
    return [
        Edit(Span(start, value.start), " True, (", span),
        insert(value.end, ")", span),
    ]


def _is_enclosed(space: Workspace, value: ast.Tuple) -> bool:
    """Whether the parentheses around the text of a tuple are its own, and not those of `(a), (b)`."""
    text = space.tree.source(value)
    if not text.startswith("("):
        return False
    try:
        ast.parse(f"[{text[1:-1]}]", mode="eval")
    except SyntaxError:
        return False
    return True


def end_of_function(recipe: HopBlock) -> str:
    """The last line of the function; empty where nothing has to be given back."""
    given = ", ".join(recipe.results)
    if recipe.leaving is None:
        return f"return {given}" if given else ""
    if not recipe.leaving.value:
        return "return False"
    if len(recipe.results) > 1:
        given = f"({given})"
    return f"return False, {given or None}"


def behind_the_call(recipe: HopBlock, call: str, unit: str) -> Sequence[str]:
    """The statements that run the function and do what it says.

    Args:
        recipe: what is done.
        call: the `await` that runs it.
        unit: the white space of one level.
    """
    results, leaving = ", ".join(recipe.results), recipe.leaving
    if recipe.returns:
        return [f"return {call}"]
    if leaving is None:
        return [f"{results} = {call}" if results else call]
    if not leaving.value:
        return [f"if {call}:", f"{unit}{leaving.keyword}"]
    value = f" {leaving.value}" if leaving.keyword == "return" else ""
    lines = [
        f"{leaving.marker}, {leaving.value} = {call}",
        f"if {leaving.marker}:",
        f"{unit}{leaving.keyword}{value}",
    ]
    return [*lines, f"{results} = {leaving.value}"] if results else lines
