"""What a paginator is made of: only rows of a query are counted and fetched when a page is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.resolve.values import ANYTHING, External, Instance, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.index.terms import Call
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver

_PAGINATOR = "django.core.paginator.Paginator"
_OVER_ROWS = External(f"{_PAGINATOR}()")
_ROWS = "object_list"
_ASKED = ("django.db.models.query.QuerySet", "django.db.models.manager.Manager")


def _paginator(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    given = term.args[0] if term.args else dict(term.keywords).get(_ROWS)
    if given is None:
        return ANYTHING
    return frozenset().union(*(_over(resolver, each) for each in resolver.values(given, where)))


def _over(resolver: Resolver, value: Value) -> frozenset[Value]:
    """A paginator over one value: nothing is known of one over a list, or over what is found elsewhere."""
    if not isinstance(value, Instance):
        return ANYTHING
    known = (
        kind.name
        for base in resolver.members.ancestry(value.of)
        if isinstance(base, External)
        for kind in resolver.catalogue.ancestry(base.name)
    )
    asked = any(name in _ASKED for name in known)
    return frozenset({Instance(_OVER_ROWS, value.element)}) if asked else ANYTHING


PAGE_CALLS: dict[str, Callable[[Resolver, Call, Where], frozenset[Value]]] = {
    _PAGINATOR: _paginator
}
"""By qualified name: the pages that a call gives."""
