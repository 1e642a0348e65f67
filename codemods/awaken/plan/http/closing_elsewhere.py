"""Whether a response that leaves its coroutine is closed elsewhere in the file, as no async client's can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Attr, Call, Name
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External, Method, sole

if TYPE_CHECKING:
    from awaken.index.summary import Scope
    from awaken.index.terms import Term
    from awaken.plan.situation import Situation
    from awaken.resolve.resolver import Resolver


def is_closed_elsewhere(situation: Situation, kind: str) -> bool:
    """Whether some function of the file calls `close` of what is seen to be a response.

    Args:
        situation: where the request stands.
        kind: the qualified name of the response's class.
    """
    index, resolver = situation.index, situation.resolver
    for scope in index.scopes:
        for site in scope.sites:
            func = site.term.func if isinstance(site.term, Call) else None
            if not isinstance(func, Attr) or func.name != "close":
                continue
            where = Where(index.path, scope.number, *site.place[:2], site.suite)
            if _asks_itself(resolver, scope, func.base, where):
                continue
            values = resolver.values(func, where)
            if any(isinstance(each, Method) and each.owner == kind for each in values):
                return True
    return False


def _asks_itself(resolver: Resolver, scope: Scope, base: Term, where: Where) -> bool:
    """Whether a variable holds what a request of the same function gives: that is closed as the request is made."""
    bindings = scope.bindings.get(base.id, ()) if isinstance(base, Name) else ()
    calls = [each.term.func for each in bindings if isinstance(each.term, Call)]
    made = all(isinstance(sole(resolver.values(func, where)), External) for func in calls)
    return bool(calls) and len(calls) == len(bindings) and made
