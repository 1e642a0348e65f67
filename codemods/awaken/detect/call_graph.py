"""What the functions of the project block on, themselves or through the functions they run."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from awaken.catalogue.schema import Severity
from awaken.detect.blocking import Blocking, blocking_use
from awaken.detect.callees import Callees, Own, Target
from awaken.detect.finding import Link
from awaken.detect.loop_context import home_of, scopes_of, where_of
from awaken.detect.off_loop import is_off_loop
from awaken.detect.rows.at import At, Used
from awaken.detect.rows.blocking_reads import blocking_read
from awaken.detect.rows.prefetched import came_along
from awaken.detect.rows.reads import Reads
from awaken.index.summary import Use
from awaken.index.suppressions import is_suppressed
from awaken.index.terms import Attr, Call, Name
from awaken.resolve.values import Bound, Defined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.index.terms import Term
    from awaken.resolve.hierarchy import Hierarchy
    from awaken.resolve.resolver import Resolver

# A lock that is taken and given back in one function is no wait worth a thread.
_LOCKS = frozenset(("shared-with-threads", "thread-affine"))
# What is only advised against blocks once, or for tens of milliseconds: below a call nobody can follow the advice.
_ADVICE = "report-only"
_OWN = (Use.CALL, Use.ATTRIBUTE, Use.STORE)
_SUPER = Name("super")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A call that blocks, where it stands in a function of the project."""

    line: int
    blocking: Blocking


@dataclass(frozen=True, slots=True)
class Step:
    """A use that runs other functions of the project.

    Attributes:
        scope: number of the scope that it stands in.
        site: the use.
        targets: what is run.
        receiver: the object whose method is run, unevaluated; None for a function.
        own: what is used of `self` or of `super()`, when it is that.
        inherited: whether it is used of `super()`.
    """

    scope: int
    site: Site
    targets: tuple[Target, ...]
    receiver: Term | None = None
    own: Own | None = None
    inherited: bool = False

    @property
    def line(self) -> int:
        """Where it stands."""
        return self.site.place.line


@dataclass(frozen=True, slots=True)
class Body:
    """What one function does that may block.

    Attributes:
        leaves: calls that block, in the order of the text.
        steps: what it runs of the project.
        touched: paths of the files that this depends on.
    """

    leaves: tuple[Leaf, ...]
    steps: tuple[Step, ...]
    touched: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reached:
    """The worst blocking call that a function reaches, by the shortest way.

    Attributes:
        blocking: the call.
        links: the functions on the way, each at the line of its call; the last one holds the blocking call.
    """

    blocking: Blocking
    links: tuple[Link, ...]


_Ways: TypeAlias = "dict[Target, tuple[Target, int] | None]"


class CallGraph:
    """The calls between functions of the project, worked out as they are asked for.

    Args:
        resolver: knows the project.
        hierarchy: knows who overrides a method.
        known: bodies that hold already.
    """

    def __init__(
        self, resolver: Resolver, hierarchy: Hierarchy, known: dict[Defined, Body] | None = None
    ) -> None:
        self.resolver = resolver
        self.callees = Callees(resolver, hierarchy)
        self.reads = Reads(resolver)
        self._bodies: dict[Defined, Body] = dict(known or {})
        self._reached: dict[tuple[Target, ...], tuple[Reached | None, frozenset[str]]] = {}
        self._owned: dict[tuple[Defined, Defined | None, Own], tuple[Target, ...]] = {}

    def in_project(self, resolver: Resolver, hierarchy: Hierarchy, changed: str) -> CallGraph:
        """The same calls in a project in which one file is in another state.

        Args:
            resolver: knows that project.
            hierarchy: knows its classes.
            changed: path of the file.
        """
        kept = {
            function: body
            for function, body in self._bodies.items()
            if changed not in body.touched and function.path != changed
        }
        return CallGraph(resolver, hierarchy, kept)

    def reached(self, targets: tuple[Target, ...]) -> Reached | None:
        """The worst blocking call that these functions reach, or None when they do not block."""
        if targets not in self._reached:
            before = self.resolver.touched
            self.resolver.touched = set()
            found = self._search(targets)
            self._reached[targets] = (found, frozenset(self.resolver.touched))
            self.resolver.touched = before
        reached, touched = self._reached[targets]
        self.resolver.touched |= touched
        return reached

    def closure(self, targets: Iterable[Target]) -> Iterator[Target]:
        """These functions and all that they run, nearest first."""
        seen = dict.fromkeys(targets)
        pending = deque(seen)
        while pending:
            target = pending.popleft()
            yield target
            for _, below in self.steps(target):
                for each in below:
                    if each not in seen:
                        seen[each] = None
                        pending.append(each)

    def steps(self, target: Target) -> Iterator[tuple[Step, tuple[Target, ...]]]:
        """What a function runs, with its `self` of the class that is known."""
        owner, around = target.owner, self._class_around(target.function)
        for step in self.body(target.function).steps:
            if owner is None or around is None or owner == around or step.own is None:
                yield step, step.targets
            else:
                behind = around if step.inherited else None
                yield step, self._own(owner, behind, step.own) or step.targets

    def _own(self, owner: Defined, behind: Defined | None, own: Own) -> tuple[Target, ...]:
        key = owner, behind, own
        if key not in self._owned:
            self._owned[key] = self.callees.on(owner, own, behind)
        return self._owned[key]

    def _class_around(self, function: Defined) -> Defined | None:
        scope = self.resolver.scope(function)
        return Defined(function.path, scope.parent) if scope and scope.parent >= 0 else None

    def body(self, function: Defined) -> Body:
        """What one function does; each is read once."""
        known = self._bodies.get(function)
        if known is None:
            before = self.resolver.touched
            self.resolver.touched = {function.path}
            known = self._read(function)
            self._bodies[function] = known
            self.resolver.touched = before
        self.resolver.touched |= known.touched
        return known

    def _read(self, function: Defined) -> Body:
        index = self.resolver.file(function.path)
        leaves: list[Leaf] = []
        steps: list[Step] = []
        for scope in scopes_of(index, function.scope) if index else ():
            for site in scope.sites:
                if index is None or site.awaited:
                    continue
                if not is_off_loop(self.resolver, index, scope, site):
                    self._enter(index, scope, site, leaves, steps)
        return Body(tuple(leaves), tuple(steps), frozenset(self.resolver.touched))

    def _enter(
        self, index: FileIndex, scope: Scope, site: Site, leaves: list[Leaf], steps: list[Step]
    ) -> None:
        where = where_of(index, scope, site)
        line = site.place.line
        blocking = self.blocking(index, scope, site)
        if blocking is not None:
            if _counts(index, site, blocking):
                leaves.append(Leaf(line, blocking))
            if not isinstance(blocking.value, (Bound, Defined)):
                return
        if "*" not in index.suppressed.get(line, ()):
            run = self.callees.of(site, where)
            steps += _steps(index, scope, site, run.targets if run else ())

    def _search(self, targets: tuple[Target, ...]) -> Reached | None:
        """Breadth first, so that the first of the worst calls is the nearest one."""
        ways: _Ways = dict.fromkeys(targets)
        pending = deque(targets)
        best: tuple[Target, Leaf] | None = None
        while pending:
            target = pending.popleft()
            for leaf in self.body(target.function).leaves:
                if best is None or _rank(leaf) > _rank(best[1]):
                    best = target, leaf
            if best is not None and best[1].blocking.entry.severity is Severity.HIGH:
                break
            for step, below in self.steps(target):
                for each in below:
                    if each not in ways:
                        ways[each] = target, step.line
                        pending.append(each)
        return self._told(*best, ways) if best else None

    def _told(self, target: Target, leaf: Leaf, ways: _Ways) -> Reached:
        links = [self._link(target, leaf.line)]
        way = ways[target]
        while way is not None:
            links.append(self._link(*way))
            way = ways[way[0]]
        return Reached(leaf.blocking, tuple(reversed(links)))

    def _link(self, target: Target, line: int) -> Link:
        return Link(target.function.path, line, self.name(target.function))

    def blocking(self, index: FileIndex, scope: Scope, site: Site) -> Blocking | None:
        """What a use blocks on itself; None where it does not block, or that is not known for certain."""
        where = where_of(index, scope, site)
        found = blocking_use(self.resolver, site, where)
        if found is not None:
            known = found.entry.rule == "django" and came_along(self.reads.origins, site, At(where))
            return None if known else found
        if not self.reads.may_read(site):
            return None
        read = self.reads.of(Used(index, scope, site), At(where))
        return blocking_read(self.resolver, read) if read is not None else None

    def name(self, function: Defined) -> str:
        """The qualified name of a function."""
        index = self.resolver.file(function.path)
        scope = index.scopes[function.scope] if index else None
        if index is None or scope is None:
            return ""
        return f"{index.module}.{scope.qualname}" if index.module else scope.qualname


def is_patched(index: FileIndex, qualified: str) -> bool:
    """Whether the file itself replaces the function (`time.sleep = fake`)."""
    return ".".join(qualified.split(".")[-2:]) in index.assigned


def _steps(
    index: FileIndex, scope: Scope, site: Site, targets: tuple[Target, ...]
) -> Iterator[Step]:
    """The step of a use; what `super()` has may stand in a class that only the object's own class knows."""
    func = site.term.func if isinstance(site.term, Call) else site.term
    if isinstance(func, Attr):
        receiver = func.base
        inherited = isinstance(receiver, Call) and receiver.func == _SUPER
        own = isinstance(receiver, Name) and _self_of(home_of(index, scope)) == receiver.id
        used = Own(site.use, func.name) if (own or inherited) and site.use in _OWN else None
        if targets or inherited:
            yield Step(scope.number, site, targets, receiver, used, inherited)
    elif targets:
        yield Step(scope.number, site, targets)


def _self_of(function: Scope) -> str:
    """The name of a method's first parameter; empty where that is not the object."""
    static = Name("staticmethod") in function.decorators
    return function.parameters[0] if function.parameters and not static else ""


def _counts(index: FileIndex, site: Site, blocking: Blocking) -> bool:
    """Whether a blocking call in a helper is one for those who call the helper."""
    entry = blocking.entry
    lines = (site.place.line, site.place.end_line)
    return (
        entry.below
        and entry.refuse not in _LOCKS
        and not (entry.refuse == _ADVICE and entry.severity is not Severity.HIGH)
        and not is_patched(index, blocking.qualified)
        and not is_suppressed(index.suppressed, lines, entry.rule, entry.ruff)
    )


def _rank(leaf: Leaf) -> int:
    severity = leaf.blocking.entry.severity
    return severity.rank if severity else -1
