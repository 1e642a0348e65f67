"""A block of statements as one local function, run in one hop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.rewrite.block_exits import behind_the_call, end_of_function, marked
from awaken.rewrite.edit import Edit, insert
from awaken.rewrite.indentation import indent_unit, indentation_of, indented
from awaken.rewrite.runners import run_function
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    import ast

    from awaken.plan.recipes import HopBlock
    from awaken.rewrite.workspace import Workspace
    from awaken.syntax.positions import Place


def hop_block(space: Workspace, recipe: HopBlock) -> list[Edit]:
    """`with open(p) as f: data = f.read()` to a local function, and an `await` that runs it in a thread."""
    block = space.statements(recipe.target.place)
    statement = block[0]
    start = space.tree.offsets.line_start(space.tree.span(statement).start)
    end = space.line_stop(space.tree.span(block[-1]).end)
    margin = indentation_of(space.tree, statement)
    unit = indent_unit(space.tree, statement)
    newline = space.newline
    name = space.names.function(recipe.function, space.where(recipe.target))
    above = (
        f"{margin}@{space.tree.source(space.expression(recipe.decorator))}{newline}"
        if recipe.decorator
        else ""
    )
    header = f"{_gap(space, statement, start)}{above}{margin}def {name}({', '.join(recipe.parameters)}):{newline}"
    if recipe.outer:
        header += f"{margin}{unit}nonlocal {', '.join(recipe.outer)}{newline}"
    call = f"await {run_function(space, recipe, name, recipe.parameters)}"
    last = end_of_function(recipe)
    lines = [f"{margin}{unit}{last}"] if last else []
    lines += ["", *(f"{margin}{line}" for line in behind_the_call(recipe, call, unit))]
    footer = "".join(f"{newline}{line}" for line in lines)
    return [
        insert(start, header, Span(start, len(space.tree.text))),
        *(Edit(each.span, each.template, each.span) for each in recipe.plain),
        *(_taken(space, recipe.decorator) if recipe.decorator is not None else []),
        *indented(space.tree, block, unit),
        *(marked(space, recipe.leaving) if recipe.leaving is not None else []),
        insert(end, footer, Span(start, end)),
    ]


def _taken(space: Workspace, decorator: Place) -> list[Edit]:
    """The lines of a decorator go."""
    span = space.span(decorator)
    lines = Span(space.tree.offsets.line_start(span.start), space.tree.offsets.line_end(span.end))
    return [Edit(lines, "", lines)]


def _gap(space: Workspace, statement: ast.stmt, start: int) -> str:
    """A blank line in front of the function, unless the block is the first of its suite."""
    above = space.tree.text[:start].rstrip(" \t\f")
    blank = above.endswith(("\n\n", "\r\n\r\n", "\r\r"))
    parent = space.tree.parent(statement)
    first = any(
        suite[:1] == [statement]
        for name in ("body", "orelse", "finalbody")
        if isinstance(suite := getattr(parent, name, None), list)
    )
    commented = above.rstrip("\r\n").rpartition("\n")[2].lstrip().startswith("#")
    return "" if blank or first or commented else space.newline
