"""Calls that something else makes: `sync_to_async(f)(a)` and `asyncio.to_thread(f, a)` call `f(a)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Call
from awaken.resolve.values import External

if TYPE_CHECKING:
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver

_WRAPPERS = frozenset(
    External(name) for name in ("asgiref.sync.sync_to_async", "channels.db.database_sync_to_async")
)
_RUNNERS = frozenset((External("asyncio.to_thread"),))


def unwrapped(resolver: Resolver, term: Call, where: Where) -> Call | None:
    """The call that is made by what a term calls; None where the term makes its call itself.

    Args:
        resolver: knows the project.
        term: the outer call.
        where: the place from which its names are looked up.
    """
    outer = term.func
    if isinstance(outer, Call) and len(outer.args) == 1:
        values = resolver.values(outer.func, where)
        if values and values <= _WRAPPERS:
            return Call(outer.args[0], term.args, term.keywords)
    elif term.args and resolver.values(outer, where) & _RUNNERS:
        return Call(term.args[0], term.args[1:], term.keywords)
    return None
