"""Lines that edits bring into statements which another edit moves further in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.plan.recipes import StreamRequest, single_recipes
from awaken.rewrite.edit import ConflictingEditsError, Edit
from awaken.rewrite.indentation import indent_unit

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
                moved = _Moved.by(space, each)
                found = [moved.deeper(space, edit) if moved.holds(edit) else edit for edit in found]
    return found


@dataclass(frozen=True, slots=True)
class _Moved:
    """Statements that are moved further in.

    Attributes:
        start: behind what opens the block that they are moved into.
        end: where the line of the last statement ends.
        unit: what is put in front of each line.
    """

    start: int
    end: int
    unit: str

    @staticmethod
    def by(space: Workspace, recipe: StreamRequest) -> _Moved:
        """The statements behind the assignment of a response."""
        statements = space.statements(recipe.place)
        last = space.tree.span(statements[-1]).end
        return _Moved(
            space.tree.span(statements[0]).end,
            space.tree.offsets.line_end(last),
            indent_unit(space.tree, statements[0]),
        )

    def holds(self, edit: Edit) -> bool:
        return self.start < edit.span.start and edit.span.end <= self.end

    def deeper(self, space: Workspace, edit: Edit) -> Edit:
        """The new lines of an edit in the moved statements with the same white space in front."""
        if not edit.text.strip() or ("\n" not in edit.text and "\r" not in edit.text):
            return edit
        if '"""' in edit.text or "'''" in edit.text:
            raise ConflictingEditsError(f"a string may begin at offset {edit.span.start}")
        start, end = edit.span
        closes = start == end == edit.owner.end != edit.owner.start
        at_line = space.tree.offsets.line_start(start) == start
        # What closes something stands in front of the white space of the next line, everything else behind it.
        if at_line and closes:
            return replace(edit, text=_LINE.sub(self.unit, edit.text))
        pattern = _BREAK if closes else _LAST_BREAK
        return replace(edit, text=pattern.sub(rf"\1{self.unit}", edit.text))
