"""What a planner may look at for calls of an object that are no findings: what closes it, and unseen requests."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.resolve.values import UNKNOWN
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.plan.clients.converted import Converted
    from awaken.plan.situation import Situation


def unseen_requests(converted: Converted, calls: Iterable[ast.Call]) -> dict[Place, Situation]:
    """The requests of an object whose receiver nothing but following the object tells the type of.

    Args:
        converted: the findings that there are.
        calls: the requests of the object.
    """
    scopes = converted.scopes
    suppressed = scopes.situation.index.suppressed
    found: dict[Place, Situation] = {}
    for call in calls:
        lines = range(call.lineno, (call.end_lineno or call.lineno) + 1)
        unseen = scopes.in_coroutine(call) and scopes.value(call.func) == UNKNOWN
        # Where it stands in an f-string is only known for sure where a finding stands in it, too.
        unseen = unseen and not scopes.tree.in_fstring(call)
        situation = situation_at(converted, call) if unseen else None
        if situation is not None and not any(line in suppressed for line in lines):
            found[Place.of(call)] = situation
    return found


def situation_at(converted: Converted, call: ast.Call) -> Situation | None:
    """A call of the object in its file, as if it were a finding; None where it cannot run on a loop.

    Args:
        converted: the findings that there are.
        call: the call of a method.
    """
    like = next(iter(converted.situations.values()))
    known = like.calls.get(Place.of(call))
    if known is None:
        return None
    scope, site = known
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    finding = replace(
        like.finding,
        place=Place.of(call),
        scope=scope,
        suite=site.suite,
        call=f"{converted.kind.exchange.session}.{name}",
    )
    return replace(like, finding=finding, node=call)
