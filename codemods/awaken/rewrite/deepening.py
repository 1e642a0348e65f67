"""Lines that edits bring into statements which another edit moves further in."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan.recipes import StreamRequest, single_recipes
from awaken.rewrite.edit import ConflictingEditsError, Edit
from awaken.rewrite.indentation import indent_unit
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.plan.recipes import Recipe
    from awaken.rewrite.workspace import Workspace

_BREAK = re.compile(r"(\r\n|\r|\n)(?=[^\r\n])")
_LAST_BREAK = re.compile(r"(\r\n|\r|\n)(?=[^\r\n]|\Z)")
_LINE = re.compile(r"^(?=[^\r\n])", re.MULTILINE)


def deepened(space: Workspace, recipes: Iterable[Recipe], edits: Iterable[Edit]) -> list[Edit]:
    """The edits, with the new lines in moved statements as far in as the old ones.

    Args:
        space: the file.
        recipes: what is carried out.
        edits: what all of them write, the white space in front of old lines included.

    Raises:
        ConflictingEditsError: where a new line may stand inside a string.
    """
    found = list(edits)
    for recipe in recipes:
        for each in single_recipes(recipe):
            if isinstance(each, StreamRequest) and not each.entered:
                region, unit = _moved(space, each)
                found = [
                    _deeper(space, edit, unit) if _inside(edit, region) else edit for edit in found
                ]
    return found


def _moved(space: Workspace, recipe: StreamRequest) -> tuple[Span, str]:
    """From the end of the assignment to the end of the last line."""
    statements = space.statements(recipe.place)
    start = space.tree.span(statements[0]).end
    end = space.tree.offsets.line_end(space.tree.span(statements[-1]).end)
    return Span(start, end), indent_unit(space.tree, statements[0])


def _inside(edit: Edit, region: Span) -> bool:
    return region.start < edit.span.start and edit.span.end <= region.end


def _deeper(space: Workspace, edit: Edit, unit: str) -> Edit:
    if not edit.text.strip() or ("\n" not in edit.text and "\r" not in edit.text):
        return edit
    if '"""' in edit.text or "'''" in edit.text:
        raise ConflictingEditsError(f"a string may begin at offset {edit.span.start}")
    start, end = edit.span
    closes = start == end == edit.owner.end != edit.owner.start
    if closes and space.tree.offsets.line_start(start) == start:
        return replace(edit, text=_LINE.sub(unit, edit.text))
    pattern = _BREAK if closes else _LAST_BREAK
    return replace(edit, text=pattern.sub(rf"\1{unit}", edit.text))
