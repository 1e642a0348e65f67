"""The summary of one file: its scopes, what each binds, and where each uses something that may block."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from awaken.index.terms import Imported, Term
    from awaken.syntax.positions import Place


class ScopeKind(str, Enum):
    """What opens a scope."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    LAMBDA = "lambda"
    COMPREHENSION = "comprehension"
    GENERATOR = "generator"
    """A generator expression: it runs when it is consumed."""


class Use(str, Enum):
    """How a value is used where it may block."""

    CALL = "call"
    ITERATE = "__iter__"
    TRUTH = "__bool__"
    CONTAINS = "__contains__"
    INDEX = "__getitem__"
    ENTER = "__enter__"
    ATTRIBUTE = "attribute"
    """An attribute is read, which may be a property."""
    READ = "read"
    """A name is read that the function declares `global` or `nonlocal`."""
    STORE = "store"
    """An attribute is bound anew, or deleted."""
    TEXT = "__repr__"
    """A value is put into a text: by an f-string, by `%`."""
    CHANGE = "change"
    """An item is set or deleted: the container changes in place."""


class Suite(NamedTuple):
    """A block of statements: the body of a loop, a branch of an `if`...

    Attributes:
        parent: number of the enclosing suite in the same scope, or -1.
        loop: whether the suite runs again and again.
        typing_only: whether it stands under `if TYPE_CHECKING`.
        off_loop: what would have to fail for it to run, where it is there for when no event loop runs.
        rest_off_loop: the same for what stands behind a line of it; the line is 0 where nothing does.
    """

    parent: int
    loop: bool = False
    typing_only: bool = False
    off_loop: tuple[Term, ...] = ()
    rest_off_loop: tuple[int, tuple[Term, ...]] = (0, ())


class Binding(NamedTuple):
    """One place where a name gets a value.

    Attributes:
        term: the value, unevaluated.
        line, column: where, as `ast` counts.
        suite: the block it stands in, of the scope that has the name.
        scope: the scope in which `term` is to be evaluated; another one for an attribute of `self`,
            a `global`, and `:=` in a comprehension.
        within: the block of `scope` in which it stands.
    """

    term: Term
    line: int
    column: int
    suite: int
    scope: int
    within: int


class Site(NamedTuple):
    """A use that may block: a call, an iteration, a truth test...

    Attributes:
        use: how the value is used.
        term: the call, or the value iterated, tested, entered.
        place: where the call, or the value, stands.
        suite: the block it stands in.
        awaited: whether it is the direct operand of `await` (or `async for`, `async with`).
        discarded: whether it is a statement of a coroutine by itself, so that nothing takes what it gives.
        sure: whether it comes whenever its statement does: no `and`, `or` or `if` of an expression leaves it out.
    """

    use: Use
    term: Term
    place: Place
    suite: int
    awaited: bool = False
    discarded: bool = False
    sure: bool = True


class Check(NamedTuple):
    """A place behind which a name holds an instance of a class, as long as nothing else is bound to it.

    Attributes:
        name: the name.
        type: the class, or a tuple of classes.
        suite: the block that this is so in, from the place on.
        line, column: the place, as `ast` counts.
    """

    name: str
    type: Term
    suite: int
    line: int
    column: int


class Raised(NamedTuple):
    """A `raise` that names what it raises.

    Attributes:
        term: the exception, or its class.
        place: where the statement stands.
        suite: the block it stands in.
    """

    term: Term
    place: Place
    suite: int


@dataclass(frozen=True, slots=True)
class Given:
    """A call that is given a callable.

    Attributes:
        place: where the call stands; of `run(f)(x)`, the inner one.
        position: which positional argument the callable is.
    """

    place: Place
    position: int


@dataclass(frozen=True, slots=True)
class Handover:
    """A function that hands its first parameter on and returns what that gives (`index/handover.py`).

    Attributes:
        given: the calls that are given it, one for each way out.
        positional: whether `*args` go with it.
        keywords: whether `**kwargs` do.
        own: names of the function's own parameters, which `**kwargs` cannot have.
    """

    given: tuple[Given, ...]
    positional: bool
    keywords: bool
    own: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """A module, class, function, lambda or comprehension.

    Attributes:
        number: its index in `FileIndex.scopes`.
        parent: number of the enclosing scope, or -1 for the module.
        name: its name; `<lambda>` and the like for the nameless.
        qualname: dotted name inside the module.
        line: where it begins.
        is_async: `async def`, a comprehension with `async for` or `await`, or the module that a notebook is.
        suites: the blocks of its body; number 0 is the body itself.
        bindings: name to every place that binds it.
        outer: names declared `global` or `nonlocal`.
        sites: uses that may block.
        raises: what its own statements raise.
        bases: the bases of a class.
        metaclass: whether a class names a metaclass other than ABCMeta.
        decorators: the decorators of a function or class.
        annotation: the return annotation of a function.
        returns: what a function returns.
        yields: whether it is a generator.
        endless: whether it holds a `while True` that nothing leaves.
        yielded: what the `yield`s of a generator give.
        stub: whether a function is there to be overridden: `...`, or `raise NotImplementedError`.
        parameters: names of the positional parameters.
        handover: what a function does that hands its first parameter on.
        checks: where names are certainly instances of a class.
    """

    number: int
    parent: int
    kind: ScopeKind
    name: str
    qualname: str
    line: int
    is_async: bool
    suites: tuple[Suite, ...]
    bindings: dict[str, tuple[Binding, ...]]
    outer: frozenset[str]
    sites: tuple[Site, ...]
    raises: tuple[Raised, ...] = ()
    bases: tuple[Term, ...] = ()
    metaclass: bool = False
    decorators: tuple[Term, ...] = ()
    annotation: Term | None = None
    returns: tuple[Term, ...] = ()
    yields: bool = False
    endless: bool = False
    yielded: tuple[Term, ...] = ()
    stub: bool = False
    parameters: tuple[str, ...] = ()
    handover: Handover | None = None
    checks: tuple[Check, ...] = ()

    def is_argument(self, name: str) -> bool:
        """Whether a function has a parameter of this name."""
        return any(each.column < 0 for each in self.bindings.get(name, ()))


@dataclass(frozen=True, slots=True)
class Handler:
    """An `except` clause, or a `with suppress(...)`: what it catches, and the calls it guards.

    Attributes:
        scope: the scope it stands in.
        type: the exception term; None for a bare `except`.
        guarded: the calls in the `try` body.
        body: where that body stands; the same for every clause of one `try`, the first one first.
        again: whether what was caught may be raised again.
        manager: what the `with` calls; None for an `except` clause.
        raises: whether it raises something in any case.
    """

    scope: int
    type: Term | None
    guarded: tuple[Term, ...]
    body: Place
    again: bool = False
    manager: Term | None = None
    raises: bool = False


@dataclass(frozen=True, slots=True)
class FileIndex:
    """The summary of one file.

    Attributes:
        path: POSIX path relative to the project root.
        module: dotted module name.
        is_package: whether it is an `__init__.py`.
        scopes: every scope; number 0 is the module.
        stars: modules that are star-imported at the top level.
        exported: `__all__` where it is literal.
        handlers: `except` clauses.
        filled: calls of `next(iter(x))` behind a check that `x` is not empty.
        patched: dotted names in string literals (what tests patch).
        assigned: dotted names that are assigned to (`time.sleep = fake`).
        suppressed: line number to the rules that are ignored there; `*` stands for all.
        native: whether the running Python parsed it.
    """

    path: str
    module: str
    is_package: bool
    scopes: tuple[Scope, ...]
    stars: tuple[Imported, ...]
    exported: tuple[str, ...] | None
    handlers: tuple[Handler, ...]
    filled: frozenset[Place]
    patched: frozenset[str]
    assigned: frozenset[str]
    suppressed: dict[int, frozenset[str]]
    native: bool
