"""The update of a file through functions of the project, taken apart by a new `await`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from awaken.detect.loop_context import scopes_of, where_of
from awaken.plan.reasons import reason
from awaken.plan.threads.thread_trouble import Looked
from awaken.plan.windows.changes import SUSPENDS, own_nodes
from awaken.plan.windows.file_uses import file_uses

if TYPE_CHECKING:
    from awaken.index.summary import Scope, Site
    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation
    from awaken.plan.threads.other_thread import OtherThread
    from awaken.syntax.positions import Span
    from awaken.syntax.tree import Tree


class _Use(NamedTuple):
    """A place of the coroutine that reads or writes files, itself or below."""

    span: Span
    read: frozenset[str]
    written: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Coroutine:
    """What tells one coroutine from another; any finding in it does to look at it."""

    tree: Tree
    number: int
    threads: OtherThread
    situation: Situation = field(compare=False)


def update_through_project(situation: Situation) -> Reason | None:
    """The difference that the finding's `await` makes to `data = load()`, and then `save(data)`; or None."""
    uses = _uses(_Coroutine(situation.tree, situation.home.number, situation.threads, situation))
    written = {place for use in uses for place in use.written}
    if not any(use.read & written for use in uses):
        return None
    tree = situation.tree
    here = tree.span(situation.node)
    nodes = own_nodes(situation.function())
    suspends = [tree.span(node).start for node in nodes if isinstance(node, SUSPENDS)]
    for read in uses:
        for write in uses:
            met = read.read & write.written
            between = range(read.span.end, write.span.start)
            spans_it = read.span.start <= here.start and here.end <= write.span.end
            if met and between and spans_it and not any(each in between for each in suspends):
                return _torn(situation, read, write)
    return None


def _torn(situation: Situation, read: _Use, write: _Use) -> Reason:
    line_of = situation.tree.offsets.line_of
    lines = f"line {line_of(read.span.start)} and written on line {line_of(write.span.start)}"
    return reason("read-modify-write", f"W-ATOMIC: one file is read on {lines}")


@lru_cache(maxsize=16)  # every finding of a coroutine asks for the same
def _uses(coroutine: _Coroutine) -> tuple[_Use, ...]:
    situation = coroutine.situation
    uses = (
        _use(situation, scope, site)
        for scope in scopes_of(situation.index, coroutine.number)
        for site in scope.sites
    )
    return tuple(use for use in uses if use is not None and (use.read or use.written))


def _use(situation: Situation, scope: Scope, site: Site) -> _Use | None:
    where = where_of(situation.index, scope, site)
    span = situation.tree.offsets.span_of(site.place)
    target = situation.settings.target_python
    look = Looked(situation.resolver, situation.index, situation.home, site, where, target)
    own = list(file_uses(look))
    if own:
        read = frozenset(each.place for each in own if not each.writes)
        return _Use(span, read, frozenset(each.place for each in own if each.writes))
    run = situation.graph.callees.of(site, where)
    if run is None or situation.graph.reached(run.targets) is None:
        return None
    verdict = situation.threads.verdict(run.targets)
    return _Use(span, verdict.read, verdict.written)
