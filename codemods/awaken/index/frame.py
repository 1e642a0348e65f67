"""A scope while it is being read: what it has bound and used so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.index.summary import Binding, Check, Raised, Scope, ScopeKind, Site, Suite

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.index.growth import Growths
    from awaken.index.summary import Handover
    from awaken.index.terms import Term


@dataclass(slots=True)
class Frame:
    """The mutable counterpart of `Scope`; `suite` is the block being read now."""

    number: int
    parent: Frame | None
    kind: ScopeKind
    name: str
    qualname: str
    line: int
    executes: bool = False
    """Whether uses in it may ever run on a loop: it is a function, or stands inside one."""
    is_async: bool = False
    yields: bool = False
    endless: bool = False
    suite: int = 0
    unsure: int = 0
    """How many parts of expressions are open that may be left out."""
    suites: list[Suite] = field(default_factory=lambda: [Suite(-1)])
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    outer: dict[str, str] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)
    raises: list[Raised] = field(default_factory=list)
    bases: tuple[Term, ...] = ()
    metaclass: bool = False
    decorators: tuple[Term, ...] = ()
    annotation: Term | None = None
    returns: list[Term] = field(default_factory=list)
    yielded: list[Term] = field(default_factory=list)
    overloads: list[tuple[str, Term]] = field(default_factory=list)
    loops: set[str] = field(default_factory=set)
    """Variables that may hold the running loop, or say whether there is one."""
    stub: bool = False
    parameters: tuple[str, ...] = ()
    handover: Handover | None = None
    checks: list[Check] = field(default_factory=list)

    @property
    def home(self) -> Frame:
        """The scope in which `:=` and `await` count: comprehensions are part of their function."""
        frame = self
        while frame.parent and frame.kind in (ScopeKind.COMPREHENSION, ScopeKind.GENERATOR):
            frame = frame.parent
        return frame

    def module(self) -> Frame:
        frame = self
        while frame.parent:
            frame = frame.parent
        return frame

    def open_suite(
        self, *, loop: bool = False, typing_only: bool = False, off_loop: tuple[Term, ...] = ()
    ) -> int:
        """Begin a block below the present one; returns the number to go back to."""
        before = self.suite
        typing_only = typing_only or self.suites[before].typing_only
        self.suites.append(Suite(before, loop, typing_only, off_loop))
        self.suite = len(self.suites) - 1
        return before

    def end_on_loop(self, line: int, signs: tuple[Term, ...]) -> None:
        """Note that behind a line the present block is only run where no event loop runs."""
        suite = self.suites[self.suite]
        if signs and not suite.rest_off_loop[0]:
            self.suites[self.suite] = suite._replace(rest_off_loop=(line, signs))

    def check(self, known: Iterable[tuple[str, Term]], line: int, column: int) -> None:
        """Note what names are instances of in the rest of the present block.

        Args:
            known: names, each with a class or a tuple of classes.
            line: the line from where on this is so.
            column: its column.
        """
        self.checks += [Check(name, kind, self.suite, line, column) for name, kind in known]

    def bind(self, name: str, term: Term, line: int, column: int, home: Frame) -> None:
        """Note that `name` gets the value that `term` has in the scope `home`."""
        binding = Binding(term, line, column, self.suite, home.number, home.suite)
        self.bindings.setdefault(name, []).append(binding)

    def owner(self, name: str) -> Frame:
        """The frame whose variable an assignment to `name` changes."""
        declared = self.outer.get(name)
        if declared == "global":
            return self.module()
        if declared == "nonlocal":
            frame = self.parent
            while frame and (frame.kind is ScopeKind.CLASS or name not in frame.bindings):
                frame = frame.parent
            return frame or self
        return self

    def _frozen_bindings(self, growths: Growths) -> dict[str, tuple[Binding, ...]]:
        """The bindings of each name, without `@overload` stubs where something implements them."""
        bindings = {
            name: tuple(growths.grown(name, each, self) for each in found)
            for name, found in self.bindings.items()
        }
        for name in {name for name, _ in self.overloads}:
            stubs = [term for other, term in self.overloads if other == name]
            kept = tuple(each for each in bindings[name] if each.term not in stubs)
            bindings[name] = kept or bindings[name]
        return bindings

    def freeze(self, growths: Growths) -> Scope:
        """The finished scope.

        Args:
            growths: what the containers of the file get besides what they hold at first.
        """
        return Scope(
            number=self.number,
            parent=self.parent.number if self.parent else -1,
            kind=self.kind,
            name=self.name,
            qualname=self.qualname,
            line=self.line,
            is_async=self.is_async,
            suites=tuple(self.suites),
            bindings=self._frozen_bindings(growths),
            outer=frozenset(self.outer),
            sites=tuple(self.sites),
            raises=tuple(self.raises),
            bases=self.bases,
            metaclass=self.metaclass,
            decorators=self.decorators,
            annotation=self.annotation,
            returns=tuple(self.returns),
            yields=self.yields,
            endless=self.endless,
            yielded=tuple(self.yielded),
            stub=self.stub,
            parameters=self.parameters,
            handover=self.handover,
            checks=tuple(self.checks),
        )
