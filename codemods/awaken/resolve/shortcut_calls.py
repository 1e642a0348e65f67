"""What Django's shortcuts give: objects of the model, manager or queryset that they are given first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.resolve.containers import sequence
from awaken.resolve.term_values import held_instance
from awaken.resolve.values import ANYTHING, Awaitable

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.index.terms import Call
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value


def _one(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    values = resolver.values(term.args[0], where) if term.args else ANYTHING
    return frozenset(map(held_instance, values))


def _many(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    return frozenset({sequence(_one(resolver, term, where))})


def _awaited(
    given: Callable[[Resolver, Call, Where], frozenset[Value]],
) -> Callable[[Resolver, Call, Where], frozenset[Value]]:
    """What the async form of a shortcut gives when it is awaited."""
    return lambda resolver, term, where: frozenset(map(Awaitable, given(resolver, term, where)))


SHORTCUT_CALLS: dict[str, Callable[[Resolver, Call, Where], frozenset[Value]]] = {
    "django.shortcuts.get_list_or_404": _many,
    "django.shortcuts.aget_object_or_404": _awaited(_one),
    "django.shortcuts.aget_list_or_404": _awaited(_many),
}
"""By qualified name: the objects that a call gives."""
