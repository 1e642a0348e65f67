"""What a paginator is made of: only rows of a query are counted and fetched when a page is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.resolve.containers import is_container
from awaken.resolve.values import ANYTHING, External, Instance, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.index.terms import Call
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver

_PAGINATOR = External("django.core.paginator.Paginator")
_ROWS = "object_list"


def _paginator(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    given = term.args[0] if term.args else dict(term.keywords).get(_ROWS)
    if given is None:
        return ANYTHING
    return frozenset().union(*(_over(value) for value in resolver.values(given, where)))


def _over(value: Value) -> frozenset[Value]:
    """A paginator over one value; nothing is known of one over a list."""
    if not isinstance(value, Instance):
        return frozenset({Instance(_PAGINATOR)})
    listed = isinstance(value.of, External) and is_container(value.of)
    return ANYTHING if listed else frozenset({Instance(_PAGINATOR, value.element)})


PAGE_CALLS: dict[str, Callable[[Resolver, Call, Where], frozenset[Value]]] = {
    _PAGINATOR.name: _paginator
}
"""By qualified name: the pages that a call gives."""
