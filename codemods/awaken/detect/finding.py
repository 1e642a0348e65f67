"""A finding: one place where the event loop stands still, and how we know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.catalogue.schema import Entry
    from awaken.detect.callees import Target
    from awaken.resolve.values import Value
    from awaken.syntax.positions import Place


class Shape(str, Enum):
    """What the place looks like, which decides how it can be rewritten."""

    CALL = "call"
    ITERATE = "iterate"
    """The iterable of a `for` or of a comprehension."""
    CONSUME = "consume"
    """A call of a builtin (`list`, `len`, `sorted`) that iterates its first argument."""
    TRUTH = "truth"
    CONTAINS = "contains"
    INDEX = "index"
    STREAM = "stream"
    """A call that is given a generator which is gone through later."""
    TEXT = "text"
    """A value in a field of an f-string, or on the right of `%`."""
    ENTER = "enter"
    CALLBACK = "callback"
    """A function of another file is handed to the loop."""
    ATTRIBUTE = "attribute"
    """A property is read."""
    PROPERTY = "property"
    """A property of a library is read, which does the work then."""
    RELATION = "relation"
    """An attribute is read that takes a query: the object at the other side of a foreign key."""
    LOAD = "load"
    """An object is used that is fetched when somebody first uses it."""
    VALUE = "value"
    """Nothing runs here: something is set."""


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the chain from the coroutine to the blocking call."""

    path: str
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One blocking use on the loop.

    Attributes:
        rule: name of the rule that reports it.
        path: POSIX path relative to the project root.
        place: where the call, or the value that is used, stands.
        shape: how it is used.
        function: qualified name of the coroutine.
        scope: number of the scope that holds the place.
        suite: number of the block in that scope.
        call: qualified name of what blocks.
        entry: what the catalogue says of it.
        value: what the term resolved to; for a call into the project, what the last function of the chain calls.
        message: what happens here, in one sentence.
        chain: from the place on the loop to the blocking call.
        into: the functions of the project that the place runs, where it is one of them that blocks.
        also: further places that it is about.
    """

    rule: str
    path: str
    place: Place
    shape: Shape
    function: str
    scope: int
    suite: int
    call: str
    entry: Entry
    value: Value
    message: str
    chain: tuple[Link, ...]
    into: tuple[Target, ...] = ()
    also: tuple[Place, ...] = ()

    @property
    def ruff(self) -> str | None:
        """The code under which ruff or flake8-async report the place; they follow no calls."""
        return None if self.into else self.entry.ruff
