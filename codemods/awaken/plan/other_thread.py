"""Whether functions of the project may run in another thread, with all that they run, and what that would change."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from awaken.detect.loop_context import scopes_of, where_of
from awaken.plan.origin import Origin, root_name
from awaken.plan.reasons import reason
from awaken.plan.shared_writes import Touch, file_touches, is_maker, touches, windows
from awaken.plan.thread_trouble import (
    Looked,
    Trouble,
    kept_objects,
    needs_one_thread,
    troubles,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.detect.call_graph import CallGraph
    from awaken.detect.callees import Target
    from awaken.index.terms import Term
    from awaken.plan.fix import Reason
    from awaken.resolve.answers import Kept
    from awaken.resolve.values import Defined

_CHANGES = frozenset(("change", "iterate"))


class Visit(NamedTuple):
    """A function on the way, and whether its `self` is an object that nobody else has."""

    target: Target
    fresh: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What running some functions in another thread comes to; nothing more where it would break them.

    Attributes:
        refusal: why it would break them, or None.
        difference: what it would change, or None.
        stored: places that they store to: `self.x`, or a variable of their module.
        django: whether they ask Django's ORM, whose connections belong to one thread.
    """

    refusal: Reason | None
    difference: Reason | None = None
    stored: frozenset[str] = frozenset()
    django: bool = False


@dataclass(frozen=True, slots=True)
class _Traits:
    """What one function says of itself; nothing more where it cannot run in another thread.

    Attributes:
        trouble: the first thing that rules another thread out.
        single: the first use of an object that must not be used from two threads at once.
        touches: what it does to shared state.
        django: whether it asks Django's ORM.
    """

    trouble: Trouble | None
    single: Trouble | None = None
    touches: tuple[Touch, ...] = ()
    django: bool = False


class OtherThread:
    """Judges functions of the project; each is looked at once.

    Args:
        graph: knows the calls between them.
    """

    def __init__(self, graph: CallGraph) -> None:
        self._graph = graph
        self._traits: dict[Defined, Kept[_Traits]] = {}
        self._file_touches: dict[str, dict[str, set[str]]] = {}
        self._verdicts: dict[tuple[Visit, ...], Kept[Verdict]] = {}

    def verdict(self, targets: Iterable[Target], *, fresh: bool = False) -> Verdict:
        """What running functions in another thread comes to.

        Args:
            targets: the functions that would be run there.
            fresh: whether the object whose method is run was made on the spot.
        """
        start = tuple(Visit(target, fresh) for target in targets)
        return self._graph.resolver.kept(self._verdicts, start, lambda: self._judge(start))

    def _judge(self, start: tuple[Visit, ...]) -> Verdict:
        difference: Reason | None = None
        stored: set[str] = set()
        django = False
        for visit in self._closure(start):
            traits = self.traits(visit.target.function)
            refusal = self._told(visit.target.function, traits.trouble)
            if refusal is not None:
                return Verdict(refusal)
            difference = difference or self._difference(visit, traits)
            django = django or traits.django
            if not visit.fresh:
                stored |= {each.place for each in traits.touches if each.kind == "store"}
        return Verdict(None, difference, frozenset(stored), django)

    def _closure(self, start: tuple[Visit, ...]) -> Iterator[Visit]:
        seen = dict.fromkeys(start)
        pending = deque(seen)
        while pending:
            visit = pending.popleft()
            yield visit
            for below in self._below(visit):
                if below not in seen:
                    seen[below] = None
                    pending.append(below)

    def _below(self, visit: Visit) -> Iterator[Visit]:
        for step, targets in self._graph.steps(visit.target):
            for target in targets:
                yield Visit(target, self._is_fresh(visit, target, step.receiver))

    def _is_fresh(self, visit: Visit, target: Target, receiver: Term | None) -> bool:
        """Whether nobody else has the object whose method is run."""
        index = self._graph.resolver.file(visit.target.function.path)
        below = self._graph.resolver.scope(target.function)
        if index is None or below is None:
            return False
        if is_maker(below):
            return True
        if receiver is None:
            return False
        scope = index.scopes[visit.target.function.scope]
        if scope.parameters[:1] == (root_name(receiver),):
            return visit.fresh
        return Origin(self._graph.resolver, index, scope).is_made(receiver)

    def traits(self, function: Defined) -> _Traits:
        """What one function says of itself."""
        return self._graph.resolver.kept(self._traits, function, lambda: self._read(function))

    def _read(self, function: Defined) -> _Traits:
        resolver = self._graph.resolver
        index = resolver.file(function.path)
        if index is None:
            return _Traits(None)
        scope = index.scopes[function.scope]
        looks = [
            Looked(resolver, index, scope, site, where_of(index, inner, site))
            for inner in scopes_of(index, function.scope)
            for site in inner.sites
        ]
        kept = kept_objects(resolver, function, scope)
        trouble = next(chain(kept, chain.from_iterable(map(troubles, looks))), None)
        if trouble is not None:
            return _Traits(trouble)
        single = next(chain.from_iterable(map(needs_one_thread, looks)), None)
        leaves = self._graph.body(function).leaves
        django = any(leaf.blocking.entry.rule == "django" for leaf in leaves)
        return _Traits(None, single, touches(index, scope), django)

    def _difference(self, visit: Visit, traits: _Traits) -> Reason | None:
        shared = self._told(visit.target.function, traits.single)
        if shared is not None and not visit.fresh:
            return shared
        scope = self._graph.resolver.scope(visit.target.function)
        if scope is None or is_maker(scope):
            return None
        seen = tuple(
            each for each in traits.touches if not (visit.fresh and each.place.startswith("self."))
        )
        for place, read, stored in windows(seen):
            where = self._name(visit.target.function)
            lines = (
                f"W-ATOMIC: `{place}` is read on line {read} and set on line {stored} of `{where}`"
            )
            return reason("check-then-act-in-thread", lines)
        return self._torn(visit.target.function, seen)

    def _torn(self, function: Defined, seen: tuple[Touch, ...]) -> Reason | None:
        """Containers that are gone through here or elsewhere while they change in place."""
        elsewhere = self._elsewhere(function.path)
        for touch in seen:
            opposite = _CHANGES - {touch.kind}
            if touch.kind in _CHANGES and opposite <= elsewhere.get(touch.place, set()):
                detail = f"`{touch.place}` on line {touch.line} of `{self._name(function)}`"
                return reason("changed-meanwhile", detail)
        return None

    def _elsewhere(self, path: str) -> dict[str, set[str]]:
        if path not in self._file_touches:
            index = self._graph.resolver.file(path)
            self._file_touches[path] = file_touches(index) if index else {}
        return self._file_touches[path]

    def _told(self, function: Defined, found: Trouble | None) -> Reason | None:
        if found is None:
            return None
        return reason(
            found.code, f"`{found.what}` on line {found.line} of `{self._name(function)}`"
        )

    def _name(self, function: Defined) -> str:
        return self._graph.name(function)
