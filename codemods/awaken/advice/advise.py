"""Everything that is found in one file: what blocks, and what else is odd, as far as somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.advice import (
    clients_per_call,
    coroutines_in_threads,
    coroutines_not_taken,
    decorated_transactions,
    django_misuse,
    django_settings,
    early_calls,
    forgotten_awaits,
    held_connections,
    sequential_awaits,
    unbounded_offload,
)
from awaken.advice.django_findings import with_django
from awaken.advice.sought import Sought
from awaken.detect.detect import findings_in, is_ignored
from awaken.syntax.positions import encloses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.detect.finding import Finding
    from awaken.index.summary import FileIndex
    from awaken.plan.file_plan import Surveyed
    from awaken.syntax.positions import Place
    from awaken.syntax.tree import Tree

FINDERS: dict[str, Callable[[Sought], Iterator[Finding]]] = {
    early_calls.RULE: early_calls.early_calls,
    coroutines_in_threads.RULE: coroutines_in_threads.coroutines_in_threads,
    forgotten_awaits.RULE: forgotten_awaits.forgotten_awaits,
    clients_per_call.RULE: clients_per_call.clients_per_call,
    sequential_awaits.RULE: sequential_awaits.sequential_awaits,
    unbounded_offload.RULE: unbounded_offload.unbounded_offloads,
    django_misuse.RULE: django_misuse.django_misuse,
    django_settings.RULE: django_settings.settings_advice,
    held_connections.RULE: held_connections.held_connections,
    coroutines_not_taken.RULE: coroutines_not_taken.coroutines_not_taken,
    decorated_transactions.RULE: decorated_transactions.decorated_transactions,
}
"""What finds the advice of each rule."""


def everything_in(
    index: FileIndex, surveyed: Surveyed, text: str, tree: Callable[[], Tree]
) -> list[Finding]:
    """What is found in one file, in the order of the text.

    Args:
        index: the file's summary.
        surveyed: knows the project and its settings.
        text: what stands in the file.
        tree: gives the parsed file.
    """
    sought = Sought(index, surveyed.graph, surveyed.settings, text, tree)
    advice = [
        finding
        for rule, find in FINDERS.items()
        if surveyed.settings.asks_for_rule(rule)
        for finding in find(sought)
        if not is_ignored(index, finding)
    ]
    early = [finding.place for finding in advice if finding.rule == early_calls.RULE]
    blocking = [
        finding
        for finding in findings_in(index, surveyed.graph)
        if not any(_is_called(place, finding.place) for place in early)
    ]
    blocking = with_django(blocking, index, surveyed, tree)
    return sorted([*blocking, *advice], key=lambda finding: finding.place)


def _is_called(early: Place, place: Place) -> bool:
    """Whether a place is a call that should have been handed over, or a part of its callee: it blocks no more."""
    return early[:2] == place[:2] and encloses(early, place)
