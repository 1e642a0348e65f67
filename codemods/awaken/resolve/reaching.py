"""Which assignments to a name can be the one that a use of it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.index.summary import Binding, Scope


def reaching(
    scope: Scope, bindings: tuple[Binding, ...], line: int, column: int, suite: int
) -> tuple[Binding, ...]:
    """The bindings that may hold at a place of the same scope.

    The latest one that stands before the place in the same block, or in a block around it, hides all
    before it. Those after it count where a loop can bring them back.

    Args:
        scope: the scope that holds the bindings and the place.
        bindings: every binding of the name in that scope.
        line: the place's line, as `ast` counts.
        column: its column.
        suite: the block in which the place stands.
    """
    around = suites_around(scope, suite)
    before = [found for found in bindings if (found.line, found.column) < (line, column)]
    hiding = max(
        (found for found in before if found.suite in around),
        key=lambda found: (found.line, found.column),
        default=None,
    )
    seen = [
        found
        for found in before
        if hiding is None
        or found is hiding
        or (found.line, found.column) > (hiding.line, hiding.column)
    ]
    loops = {number for number in around if scope.suites[number].loop}
    if hiding is not None:
        # A loop that contains the hiding assignment runs it again before the place is reached.
        loops -= suites_around(scope, hiding.suite)
    later = (
        found
        for found in bindings
        if (found.line, found.column) >= (line, column)
        and loops & suites_around(scope, found.suite)
    )
    return (*seen, *later)


def suites_around(scope: Scope, suite: int) -> set[int]:
    """A block of a scope and the blocks that hold it."""
    found = set()
    while suite >= 0:
        found.add(suite)
        suite = scope.suites[suite].parent
    return found
