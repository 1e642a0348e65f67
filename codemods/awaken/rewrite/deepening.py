"""Lines that edits bring into statements which another edit moves further in."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.plan.recipes import HeldHandle, StreamRequest, single_recipes
from awaken.rewrite.edit import ConflictingEditsError, Edit
from awaken.rewrite.indentation import indent_unit
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from awaken.plan.recipes import Recipe
    from awaken.rewrite.workspace import Workspace

_BREAK = re.compile(r"(\r\n|\r|\n)(?=[^\r\n])")
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
            moved = _moved(space, each)
            if moved is not None:
                found = [moved.deeper(space, edit) if moved.holds(edit) else edit for edit in found]
    return found


def _moved(space: Workspace, recipe: Recipe) -> _Moved | None:
    """What a recipe moves: statements behind an assignment, or the body of a `with` that becomes several."""
    if isinstance(recipe, StreamRequest) and not recipe.entered:
        first, *body = space.statements(recipe.place)
        return _Moved.by(space, space.tree.span(first).end, body, indent_unit(space.tree, first))
    if isinstance(recipe, HeldHandle) and recipe.closings:
        statement = space.statements(recipe.target.place)[0]
        if isinstance(statement, ast.With) and len(statement.items) > 1:
            end = space.tree.span(statement.items[-1].context_expr).end
            unit = indent_unit(space.tree, statement) * (len(statement.items) - 1)
            return _Moved.by(space, end, statement.body, unit)
    return None


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
    def by(space: Workspace, start: int, body: Sequence[ast.stmt], unit: str) -> _Moved:
        """Neighbouring statements, up to the end of the line of the last one."""
        last = space.tree.span(body[-1]).end
        return _Moved(start, space.tree.offsets.line_end(last), unit)

    def holds(self, edit: Edit) -> bool:
        """Whether an edit belongs to the statements, and not to one that they stand in."""
        if edit.owner.start <= self.start or edit.span.start <= self.start:
            return False
        # Where the statements end, what closes something in them may stand, and what opens the next one.
        return edit.span.end < self.end or (edit.span.end == self.end and _closes(edit))

    def deeper(self, space: Workspace, edit: Edit) -> Edit:
        """The new lines of an edit in the moved statements with the same white space in front."""
        if not edit.text.strip() or ("\n" not in edit.text and "\r" not in edit.text):
            return edit
        if '"""' in edit.text or "'''" in edit.text:
            raise ConflictingEditsError(f"a string may begin at offset {edit.span.start}")
        start, end = edit.span
        if start < end or space.tree.offsets.line_start(start) < start:
            return replace(edit, text=_BREAK.sub(rf"\1{self.unit}", edit.text))
        text = _LINE.sub(self.unit, edit.text)
        if _closes(edit):
            return replace(edit, text=text)
        # In front of the white space that the line gets, with which it would otherwise begin.
        outermost = Span(edit.owner.start, edit.owner.end + 4 * len(space.tree.text))
        return replace(edit, text=text, owner=outermost)


def _closes(edit: Edit) -> bool:
    """Whether an insertion stands at the end of what it belongs to."""
    return edit.span.start == edit.span.end == edit.owner.end != edit.owner.start
