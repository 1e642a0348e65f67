"""Jobs whose StopIteration could not come out of an `await`: asyncio's futures do not take one, and never end.

Run on CPython 3.8 to 3.12.1: the `await` hangs; from 3.13 on it raises a RuntimeError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.detect.callees import DoubtError
from awaken.detect.loop_context import where_of
from awaken.index.terms import Attr, Call
from awaken.plan.reasons import reason
from awaken.plan.waits.jobs import is_of_executor
from awaken.resolve.values import External, Method
from awaken.syntax.positions import Place, encloses

if TYPE_CHECKING:
    import ast

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation
    from awaken.resolve.values import Value

_SUBMITS = "submit"
_NEXT = External("builtins.next")
_CODE = "stop-iteration"


def job_that_stops(situation: Situation, within: ast.stmt | None) -> Reason | None:
    """Why the result of some job must not be awaited, or None.

    Args:
        situation: the wait.
        within: the function that has submitted the job; None where it may have come from anywhere in the file.
    """
    around = Place.of(within) if within is not None else None
    for place, (number, site) in situation.calls.items():
        term = site.term
        if not isinstance(term, Call) or not isinstance(term.func, Attr) or not term.args:
            continue
        if term.func.name != _SUBMITS or (around is not None and not encloses(around, place)):
            continue
        where = where_of(situation.index, situation.index.scopes[number], site)
        resolver = situation.resolver
        callees = resolver.values(term.func, where)
        if any(isinstance(each, Method) and is_of_executor(resolver, each) for each in callees):
            for job in resolver.values(term.args[0], where):
                stops = _stops(situation, job, given=len(term.args) - 1)
                if stops is not None:
                    return stops
    return None


def _stops(situation: Situation, job: Value, *, given: int) -> Reason | None:
    if job == _NEXT:
        return reason(_CODE) if given == 1 else None
    try:
        targets = situation.graph.callees.when_called(job)
    except DoubtError:
        return None
    return situation.threads.stopped(targets)
