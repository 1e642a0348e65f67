"""Edits: replaced ranges of the text, kept apart by construction and put together in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterable


class ConflictingEditsError(Exception):
    """Two edits want the same characters."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters of `span` by `text`.

    Attributes:
        span: what is replaced; empty for an insertion.
        text: what is put there.
        owner: the expression or statement that the edit serves. Insertions at the same offset are
            ordered by it: what encloses more opens earlier and closes later.
    """

    span: Span
    text: str
    owner: Span


def insert(offset: int, text: str, owner: Span) -> Edit:
    return Edit(Span(offset, offset), text, owner)


def _order(edit: Edit) -> tuple[int, int, int, int]:
    """Position in the text; at one offset, what closes comes before what opens."""
    start, end = edit.span
    if start == end and start == edit.owner.end and start != edit.owner.start:
        return (start, 0, -edit.owner.start, 0)  # a closing insertion: the inner one first
    if start == end:
        return (start, 1, -edit.owner.end, 0)  # an opening insertion: the outer one first
    return (start, 2, end, 0)


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made.

    Raises:
        ConflictingEditsError: when two replaced ranges overlap.
    """
    pieces: list[str] = []
    position = 0
    for edit in sorted(dict.fromkeys(edits), key=_order):
        if edit.span.start < position:
            raise ConflictingEditsError(f"two edits at offset {edit.span.start}")
        pieces += (text[position : edit.span.start], edit.text)
        position = edit.span.end
    pieces.append(text[position:])
    return "".join(pieces)
