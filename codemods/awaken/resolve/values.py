"""Values: what a term may stand for once the whole project is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from awaken.catalogue.schema import Entry


@dataclass(frozen=True, slots=True)
class External:
    """Something outside the project, by qualified name: a module, function or class."""

    name: str


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the project, by its path."""

    path: str


@dataclass(frozen=True, slots=True)
class Defined:
    """A function, class or lambda of the project: the file's path and the number of its scope."""

    path: str
    scope: int


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a known class.

    Attributes:
        of: its class.
        element: what it holds or makes (the model of a queryset), where that is known.
        held: what a builtin container holds, one set for each of its type arguments.
        itself: whether it is `self` in a method of the class: whatever the method is called on.
    """

    of: External | Defined
    element: Value | None = None
    held: tuple[frozenset[Value], ...] = ()
    itself: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """A member of a catalogue type, bound to its receiver.

    Attributes:
        owner: qualified name of the catalogue type.
        entry: what the catalogue says of it.
        receiver: the object, or None when it was reached through the class.
        native: whether it is the async form of `entry` that was named.
        through: the class it was reached through, where that is one of the project's.
    """

    owner: str
    entry: Entry
    receiver: Instance | None
    native: bool = False
    through: Defined | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A method of a project class, bound to its receiver."""

    function: Defined
    receiver: Instance


@dataclass(frozen=True, slots=True)
class Awaitable:
    """A coroutine that gives `result` when it is awaited."""

    result: Value


@dataclass(frozen=True, slots=True)
class Generated:
    """What calling a generator function of the project gives: its body runs when this is iterated.

    An async generator is iterated with `async for`.
    """

    function: Defined
    receiver: Instance | None


@dataclass(frozen=True, slots=True)
class Managed:
    """What calling a project function under `contextlib.contextmanager` gives: entering it runs the body.

    One under `asynccontextmanager`, whose function is async, is entered with `async with`.
    """

    function: Defined
    receiver: Instance | None


@dataclass(frozen=True, slots=True)
class Contained:
    """A method of a container, bound to its receiver."""

    name: str
    receiver: Instance


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` in a method: the classes behind `owner`.

    Attributes:
        owner: the class of the method.
        receiver: its `self`.
        in_coroutine: whether the method is async.
    """

    owner: Defined
    receiver: Instance
    in_coroutine: bool


@dataclass(frozen=True, slots=True)
class Hint:
    """A type that is no class (`Optional[X]`, `list[X]`, a type variable), by the values it promises.

    Calling it gives one of them.
    """

    instances: frozenset[Value]


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal value."""

    type: str
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that cannot be told: whatever it is, it is never guessed."""


Value: TypeAlias = (
    "External | Module | Defined | Instance | Method | Bound | Awaitable | Generated | Managed"
    " | Contained | Super | Hint | Literal | Unknown"
)

UNKNOWN = Unknown()
NONE = Literal("NoneType", None)
NOTHING: frozenset[Value] = frozenset()
ANYTHING: frozenset[Value] = frozenset({UNKNOWN})


def is_none(value: Value) -> bool:
    return isinstance(value, Literal) and value.type == "NoneType"


def sole(values: frozenset[Value]) -> Value:
    """The one value among them, `None` aside; UNKNOWN where they differ."""
    present = [value for value in values if not is_none(value)]
    return present[0] if len(present) == 1 else UNKNOWN
