"""What Django adds to the blocking calls of a file, and which of them ask for what is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.detect.detect import is_ignored
from awaken.detect.orm.answered_rows import answered_rows
from awaken.detect.orm.first_uses.finder import first_uses
from awaken.detect.orm.rows_there import rows_are_there
from awaken.detect.orm.streams import streams_in
from awaken.plan.orm.overrides.cache_backends import with_cache_severity
from awaken.plan.orm.overrides.signal_severity import with_signal_severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from awaken.detect.finding import Finding
    from awaken.index.summary import FileIndex
    from awaken.plan.file_plan import Surveyed
    from awaken.syntax.tree import Tree


def with_django(
    blocking: list[Finding], index: FileIndex, surveyed: Surveyed, tree: Callable[[], Tree]
) -> list[Finding]:
    """The findings of a file as they are once it is known what Django has fetched, and when.

    Args:
        blocking: what blocks, going by the calls alone.
        index: the file's summary.
        surveyed: knows the project.
        tree: gives the parsed file.
    """
    graph, resolver = surveyed.graph, surveyed.graph.resolver
    if not resolver.project.imports_from("django", "ninja"):
        return blocking
    answered = answered_rows(index, resolver, tree)
    found = [*blocking, *_asked_for(index, answered)]
    found = with_cache_severity(found, surveyed.surroundings)
    found = with_signal_severity(found, surveyed.surroundings, graph, tree)
    first = first_uses(index, resolver, tree, frozenset(each.place for each in found))
    found = [each for each in found if each.place not in first.settled]
    there = rows_are_there(found, index, resolver, tree)
    found = [each for each in found if (each.place, each.shape) not in there]
    return [*found, *_asked_for(index, [*first.findings, *streams_in(index, graph)])]


def _asked_for(index: FileIndex, findings: Iterable[Finding]) -> Iterator[Finding]:
    return (each for each in findings if not is_ignored(index, each))
