"""What the async forms of Django's shortcuts give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.resolve.values import Awaitable, External

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.index.terms import Call
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value


def _awaited(name: str) -> Callable[[Resolver, Call, Where], frozenset[Value]]:
    """What a function gives, when it is awaited."""

    def given(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
        return frozenset(map(Awaitable, resolver.called(External(name), term, where)))

    return given


SHORTCUT_CALLS: dict[str, Callable[[Resolver, Call, Where], frozenset[Value]]] = {
    "django.shortcuts.aget_object_or_404": _awaited("django.shortcuts.get_object_or_404"),
    "django.shortcuts.aget_list_or_404": _awaited("django.shortcuts.get_list_or_404"),
}
"""By qualified name: the objects that a call gives when it is awaited."""
