"""A rewritten file, before it is verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.rewrite.deepening import deepened
from awaken.rewrite.edit import Edit, apply_edits
from awaken.rewrite.insertions import insertions
from awaken.rewrite.names import ImportStatement, Names
from awaken.rewrite.opening import opened_spans, openings_in, with_openings
from awaken.rewrite.recipes_to_edits import edits_for
from awaken.rewrite.removals import removals
from awaken.rewrite.workspace import Workspace
from awaken.syntax.positions import Span
from awaken.syntax.tree import Tree, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from awaken.index.summary import FileIndex
    from awaken.plan.fix import ChangeGroup
    from awaken.resolve.resolver import Resolver


@dataclass(frozen=True, slots=True)
class Draft:
    """The outcome of putting change groups into a file.

    Attributes:
        text: the rewritten source.
        touched: ranges of the old text that the groups may change, in statements and imports.
        imports: the imports that were added.
        kept: names whose imports had to stay.
    """

    text: str
    touched: tuple[Span, ...]
    imports: tuple[ImportStatement, ...]
    kept: frozenset[str]


def write_draft(
    tree: Tree,
    index: FileIndex,
    resolver: Resolver,
    groups: Sequence[ChangeGroup],
    kept: frozenset[str],
) -> Draft:
    """Carry out the recipes of some change groups.

    Args:
        tree: the file as it is.
        index: its summary.
        resolver: knows what names mean in it.
        groups: what to do.
        kept: names whose imports must stay although nothing here uses them.

    Raises:
        ConflictingEditsError: when two groups want the same characters.
        SyntaxError: when the result cannot be parsed.
    """
    space = Workspace(tree, Names(tree, index, resolver))
    edits: list[Edit] = []
    for group in groups:
        edits.extend(edits_for(space, group.fix.recipe))
    edits = deepened(space, [group.fix.recipe for group in groups], edits)
    added = insertions(tree, space.names, space.newline)
    openings = openings_in(group.fix.recipe for group in groups)
    text = with_openings(tree, apply_edits(tree.text, [*edits, *added]), openings)
    after = parse(text)
    text = apply_edits(text, removals(tree, after, kept))
    touched = [*_touched(tree, [*edits, *added]), *opened_spans(tree, openings)]
    return Draft(text, tuple(sorted(touched)), tuple(space.names.added), kept)


def _touched(tree: Tree, edits: Iterable[Edit]) -> set[Span]:
    """The lines of the edits; insertions between lines touch none of them."""
    spans = set()
    for edit in edits:
        start = tree.offsets.line_start(edit.span.start)
        between = edit.text.endswith(("\n", "\r"))
        if between and edit.span.start == edit.span.end == start:
            spans.add(Span(start, start))
        else:
            spans.add(Span(start, tree.offsets.line_end(max(edit.span.end - 1, edit.span.start))))
    return spans
