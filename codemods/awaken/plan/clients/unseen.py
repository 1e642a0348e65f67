"""Requests of an object that are no findings, because nothing but following the object tells what it is."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.resolve.values import UNKNOWN
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.plan.clients.converted import Converted
    from awaken.plan.situation import Situation


def unseen_requests(converted: Converted, calls: Iterable[ast.Call]) -> dict[Place, Situation]:
    """What a planner may look at for the requests of an object whose receiver nothing else tells the type of.

    Args:
        converted: the findings that there are.
        calls: the requests of the object.
    """
    return {Place.of(each.node): each for each in _unseen(converted, calls)}


def _unseen(converted: Converted, calls: Iterable[ast.Call]) -> Iterator[Situation]:
    scopes = converted.scopes
    like = next(iter(converted.situations.values()))
    for call in calls:
        known = like.calls.get(Place.of(call))
        lines = range(call.lineno, (call.end_lineno or call.lineno) + 1)
        if known is None or any(line in like.index.suppressed for line in lines):
            continue
        if scopes.in_coroutine(call) and scopes.value(call.func) == UNKNOWN:
            scope, site = known
            name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            finding = replace(
                like.finding,
                place=Place.of(call),
                scope=scope,
                suite=site.suite,
                call=f"{converted.kind.exchange.session}.{name}",
            )
            yield replace(like, finding=finding, node=call)
