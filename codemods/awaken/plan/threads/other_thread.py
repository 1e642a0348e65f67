"""Whether functions of the project may run in another thread, with all that they run, and what that would change."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from awaken.detect.callees import Own
from awaken.detect.loop_context import scopes_of, where_of
from awaken.index.summary import Use
from awaken.plan.reasons import reason
from awaken.plan.threads.run_twice import is_remembered, only_looks
from awaken.plan.threads.shared_writes import (
    Touch,
    file_touches,
    outlasting,
    shown,
    touches,
    windows,
)
from awaken.plan.threads.stop_iteration import StopIterations
from awaken.plan.threads.thread_trouble import (
    Looked,
    Trouble,
    asked_of_a_stranger,
    asked_of_a_subclass,
    kept_objects,
    needs_one_thread,
    troubles,
)
from awaken.plan.threads.visit import Caller, Visit, visit
from awaken.plan.windows.file_uses import FileUse, file_uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from awaken.detect.call_graph import CallGraph
    from awaken.detect.callees import Target
    from awaken.plan.fix import Reason
    from awaken.resolve.values import Defined

_SETS = frozenset(("change", "store"))
_CHANGES = frozenset(("change", "iterate"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What running some functions in another thread comes to.

    Attributes:
        refusal: why it would break them, or None.
        difference: what it would change, or None.
        stored: places that they store to, or change in place: `self.x`, or a variable of their module.
        read: files that they read, by what names them.
        written: files that they write.
        django: whether they ask Django's ORM, whose connections belong to one thread.
        parks: whether nothing but a wait that may last rules the default pool out; a thread of its own does.
        loses: what a cancelled task would lose while the thread waits, or None.
        ends: whether all that they wait for ends in any case.
    """

    refusal: Reason | None
    difference: Reason | None
    stored: frozenset[str]
    read: frozenset[str]
    written: frozenset[str]
    django: bool
    parks: bool = False
    loses: Reason | None = None
    ends: bool = True


@dataclass(frozen=True, slots=True)
class _Traits:
    """What one function says of itself."""

    troubles: tuple[Trouble, ...]
    single: tuple[Trouble, ...]
    touches: tuple[Touch, ...]
    files: tuple[FileUse, ...]
    asked: frozenset[str]
    inherited: tuple[tuple[Defined, str], ...]
    django: bool


_Question: TypeAlias = "tuple[tuple[Visit, ...], tuple[Defined, ...]]"


def _updates(files: Sequence[FileUse]) -> Reason | None:
    """The difference that a thread makes to the update of a file: two of them can do it at once."""
    read = {use.place: use for use in files if not use.writes}
    for use in files:
        if use.writes and use.place in read:
            first = read[use.place]
            detail = f"`{use.what}` is read on line {first.line} and written on line {use.line}"
            return reason("read-modify-write", detail)
    return None


class OtherThread:
    """Judges functions of the project; each is looked at once.

    Args:
        graph: knows the calls between them.
        target_python: the oldest Python that they must run on.
    """

    def __init__(self, graph: CallGraph, target_python: tuple[int, int]) -> None:
        self._graph = graph
        self._target_python = target_python
        self._stops = StopIterations(graph)
        self._traits: dict[Defined, _Traits] = {}
        self._file_touches: dict[str, dict[str, set[str]]] = {}
        self._verdicts: dict[_Question, tuple[Verdict, frozenset[str]]] = {}

    def verdict(
        self,
        targets: Iterable[Target],
        *,
        caller: Caller | None = None,
        given: tuple[Defined, ...] = (),
    ) -> Verdict:
        """What running functions in another thread comes to.

        Args:
            targets: the functions that would be run there.
            caller: the use that runs them, which tells what is new to everybody; None for any use.
            given: classes of the project whose objects are among the arguments.
        """
        resolver = self._graph.resolver
        start = tuple(
            visit(resolver, caller, target) if caller is not None else Visit(target)
            for target in targets
        )
        if (start, given) not in self._verdicts:
            before = self._graph.resolver.touched
            self._graph.resolver.touched = set()
            verdict = self._judge(start, given)
            self._verdicts[start, given] = verdict, frozenset(self._graph.resolver.touched)
            self._graph.resolver.touched = before
        verdict, touched = self._verdicts[start, given]
        self._graph.resolver.touched |= touched
        return verdict

    def _judge(self, start: tuple[Visit, ...], given: tuple[Defined, ...]) -> Verdict:
        refusal: Reason | None = None
        difference: Reason | None = None
        stored: set[str] = set()
        files: list[FileUse] = []
        django = False
        parked: Reason | None = None
        loses: Reason | None = None
        ends = True
        for each in self._closure(start, given):
            function = each.target.function
            traits = self.traits(function)
            found = self._troubles(each.target, traits)
            waits = tuple(trouble for trouble in found if trouble.waits)
            parked = parked or self._told(function, waits)
            ends = ends and all(wait.ends for wait in waits)
            loses = loses or next((reason(wait.loses) for wait in waits if wait.loses), None)
            refusal = self._told(function, tuple(one for one in found if not one.waits))
            if refusal is not None:
                break  # whatever else they do, they stay where they are
            seen = outlasting(traits.touches, fresh=each.fresh, made=each.made)
            difference = difference or self._difference(each, traits, seen)
            django = django or traits.django
            files += traits.files
            stored |= {touch.place for touch in seen if touch.kind in _SETS}
        refusal = refusal or self.stopped(each.target for each in start)
        read = frozenset(use.place for use in files if not use.writes)
        written = frozenset(use.place for use in files if use.writes)
        return Verdict(
            refusal or parked,
            difference or _updates(files),
            frozenset(stored),
            read,
            written,
            django,
            parks=refusal is None and parked is not None,
            loses=loses,
            ends=ends,
        )

    def stopped(self, targets: Iterable[Target]) -> Reason | None:
        """Why functions would never give their result back: a StopIteration leaves one of them; None otherwise."""
        leak = self._stops.leak(targets)
        return self._told(leak.function, (leak.trouble,)) if leak is not None else None

    def _closure(self, start: tuple[Visit, ...], given: tuple[Defined, ...]) -> Iterator[Visit]:
        seen = dict.fromkeys(start)
        pending = deque(seen)
        while pending:
            above = pending.popleft()
            yield above
            for below in (
                *self._below(above),
                *self._given(above, given),
                *self._of_subclasses(above),
            ):
                if below not in seen:
                    seen[below] = None
                    pending.append(below)

    def _below(self, above: Visit) -> Iterator[Visit]:
        index = self._graph.resolver.file(above.target.function.path)
        if index is None:
            return
        function = index.scopes[above.target.function.scope]
        made = above.made | ({*function.parameters[:1]} if above.fresh else frozenset())
        for step, targets in self._graph.steps(above.target):
            caller = Caller(index, function, step.site, made)
            for target in targets:
                yield visit(self._graph.resolver, caller, target)

    def _given(self, above: Visit, given: tuple[Defined, ...]) -> Iterator[Visit]:
        """Methods that are called on a parameter of which nothing is known, on the objects that may be in it."""
        for name in sorted(self.traits(above.target.function).asked):
            for owner in given:
                for target in self._graph.callees.on(owner, Own(Use.CALL, name), None):
                    yield Visit(target)

    def _of_subclasses(self, above: Visit) -> Iterator[Visit]:
        """What runs instead where an object that others made is of a class below the known one."""
        callees = self._graph.callees
        if not above.fresh:
            for target in callees.overriding(above.target):
                yield above._replace(target=target)
        for owner, name in self.traits(above.target.function).inherited:
            for target in callees.below(owner, Own(Use.CALL, name)):
                yield Visit(target)

    def traits(self, function: Defined) -> _Traits:
        """What one function says of itself."""
        if function not in self._traits:
            self._traits[function] = self._read(function)
        self._graph.body(function)  # notes what it depends on
        return self._traits[function]

    def _troubles(self, target: Target, traits: _Traits) -> tuple[Trouble, ...]:
        """What rules another thread out; what it calls of the functions that it is given is judged by itself."""
        return tuple(each for each in traits.troubles if each.what not in self._known(target))

    def _known(self, target: Target) -> frozenset[str]:
        """Names by which a function calls others that are known: parameters of its own, or of its decorator."""
        index = self._graph.resolver.file(target.function.path)
        if not target.around or index is None:
            return target.given
        decorator = index.scopes[index.scopes[target.function.scope].parent]
        return target.given | frozenset(decorator.parameters)

    def _read(self, function: Defined) -> _Traits:
        resolver = self._graph.resolver
        index = resolver.file(function.path)
        if index is None:
            return _Traits((), (), (), (), frozenset(), (), django=False)
        scope = index.scopes[function.scope]
        found = list(kept_objects(resolver, function, scope))
        single: list[Trouble] = []
        files: list[FileUse] = []
        asked: set[str | None] = set()
        inherited: list[tuple[Defined, str]] = []
        for inner in scopes_of(index, function.scope):
            for site in inner.sites:
                where = where_of(index, inner, site)
                look = Looked(resolver, index, scope, site, where, self._target_python)
                found += troubles(look)
                single += needs_one_thread(look)
                files += file_uses(look)
                asked.add(asked_of_a_stranger(look))
                inherited += asked_of_a_subclass(look)
        leaves = self._graph.body(function).leaves
        django = any(leaf.blocking.entry.rule == "django" for leaf in leaves)
        names = frozenset(name for name in asked if name is not None)
        return _Traits(
            tuple(found),
            tuple(single),
            touches(index, scope),
            tuple(files),
            names,
            tuple(dict.fromkeys(inherited)),
            django,
        )

    def _difference(self, at: Visit, traits: _Traits, seen: tuple[Touch, ...]) -> Reason | None:
        function = at.target.function
        if not at.fresh:
            shared = self._told(function, traits.single)
            if shared is not None:
                return shared
        for place, read, stored in windows(seen):
            where = self._name(function)
            lines = f"W-ATOMIC: `{shown(place)}` is read on line {read} and set on line {stored} of `{where}`"
            return reason("check-then-act-in-thread", lines)
        return self._run_twice(at) or self._torn(function, seen)

    def _run_twice(self, at: Visit) -> Reason | None:
        """That a function which is run once only, because its result is kept, changes something."""
        function, resolver = at.target.function, self._graph.resolver
        scope = resolver.scope(function)
        if scope is None or not scope.decorators:
            return None
        if not is_remembered(resolver, function, scope, fresh=at.fresh):
            return None
        changes = any(
            self._changes(each) for each in self._closure((at._replace(fresh=False),), ())
        )
        return reason("run-twice", f"`{self._name(function)}`") if changes else None

    def _changes(self, at: Visit) -> bool:
        """Whether a function does something that others see, as far as can be told."""
        traits = self.traits(at.target.function)
        seen = outlasting(traits.touches, fresh=at.fresh, made=at.made)
        leaves = self._graph.body(at.target.function).leaves
        return (
            any(touch.kind in _SETS for touch in seen)
            or any(use.writes for use in traits.files)
            or not all(map(only_looks, leaves))
        )

    def _torn(self, function: Defined, seen: tuple[Touch, ...]) -> Reason | None:
        """Containers that are gone through here or elsewhere while they change in place."""
        elsewhere = self._elsewhere(function.path)
        for touch in seen:
            opposite = _CHANGES - {touch.kind}
            if touch.kind in _CHANGES and opposite <= elsewhere.get(touch.place, set()):
                detail = f"`{shown(touch.place)}` on line {touch.line} of `{self._name(function)}`"
                return reason("changed-meanwhile", detail)
        return None

    def _elsewhere(self, path: str) -> dict[str, set[str]]:
        if path not in self._file_touches:
            index = self._graph.resolver.file(path)
            self._file_touches[path] = file_touches(index) if index else {}
        return self._file_touches[path]

    def _told(self, function: Defined, found: tuple[Trouble, ...]) -> Reason | None:
        if not found:
            return None
        first = found[0]
        return reason(
            first.code, f"`{first.what}` on line {first.line} of `{self._name(function)}`"
        )

    def _name(self, function: Defined) -> str:
        return self._graph.name(function)
