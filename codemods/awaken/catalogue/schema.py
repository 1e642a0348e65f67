"""What the catalogue says of a library: the typed form of the TOML files under `data/`.

A *call* is a function or constructor known by its qualified name; a *type* lists the members of a class
whose instances the resolver follows. Everything the engine knows of a library stands in these records.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

Scalar: TypeAlias = "str | int | float | bool | None"


class Severity(str, Enum):
    """How long the loop stands still: network or disk waits, tens of milliseconds, or one cheap system call."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        return ("low", "medium", "high").index(self.value)


class Result(str, Enum):
    """What the caller gets back, which decides what a thread hop must do with it."""

    VALUE = "value"
    """A finished value: it survives the thread."""
    ITERATOR = "iterator"
    """Lazy: each `next` blocks again, so it must be consumed inside the thread."""
    HANDLE = "handle"
    """An open file, socket or connection whose own methods block."""
    CONTEXT = "context"
    """A context manager whose `__enter__` or `__exit__` blocks."""


@dataclass(frozen=True, slots=True)
class Condition:
    """The call does not block when this argument has one of these literal values.

    Attributes:
        argument: keyword name, or None when it has none.
        position: zero-based position (`self` not counted), or None when it is keyword-only.
        equals: the literal values.
        constants: qualified names that say the same, alone or in a `|` (`os.WNOHANG`).
        absent: the call does not block either when the argument is not given at all.
        computed: nor when the argument is anything but a literal: somebody made it elsewhere.
    """

    argument: str | None
    position: int | None
    equals: tuple[Scalar, ...]
    constants: tuple[str, ...] = ()
    absent: bool = False
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Native:
    """The async form of a call or member, where one exists with behaviour kept.

    Attributes:
        name: qualified name of the async function, or bare name of the async member.
        since: first version of `distribution` that has it, or None for always.
    """

    name: str
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One callable: a module-level function, a constructor, or a member of a type.

    Attributes:
        name: qualified name for a call; bare member name for a member.
        rule: the rule that reports it (`sleep`, `offload`, `http`, `loop`, `django`); empty when it does not block.
        severity: None when it does not block (the entry is then there for what it returns).
        ruff: the ruff or flake8-async code for the same call, or None.
        result: what comes back.
        returns: type of the result: a qualified name, `self` (same type and element), `element`
            (an instance of the element type), or None when it is not followed. When `result` is
            an iterator it is the type of each item.
        native: the async form, or None.
        strategies: which fixes may be tried, in order (`native`, `thread`, `sync_to_async`).
        refuse: reason code that rules every fix out (`holds-gil`, `main-thread-only`, `process-wide`), or None; what
            does not block may have one, too: no function that calls it is moved to a thread.
        not_blocking: conditions under which the call does not block.
        hint: one sentence of advice for a person, or empty.
        on_loop: whether a function that it decorates runs on the event loop.
        below: whether those who call a function that calls it are told, too; they cannot do anything about what
            is only better written otherwise.
        everywhere: whether it is reported wherever it stands, not only on the loop.
        costly: whether what it makes (a client, an engine, a pool) is there to be made once and shared.
        coroutine: whether calling it makes a coroutine, which does nothing until it is awaited.
    """

    name: str
    rule: str = ""
    severity: Severity | None = None
    ruff: str | None = None
    result: Result = Result.VALUE
    returns: str | None = None
    native: Native | None = None
    strategies: tuple[str, ...] = ()
    refuse: str | None = None
    not_blocking: tuple[Condition, ...] = ()
    hint: str = ""
    on_loop: bool = False
    below: bool = True
    everywhere: bool = False
    costly: bool = False
    coroutine: bool = False

    @property
    def blocks(self) -> bool:
        return self.severity is not None


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """A class whose instances are followed.

    Attributes:
        name: canonical qualified name; one with `()` at its end is no class that can be imported, it
            stands for what that call or attribute gives (`httpx.stream()`).
        aliases: other qualified names under which the same class is imported.
        bases: qualified names of catalogue types whose members it inherits.
        members: methods by name.
        attributes: attributes and properties by name, to the type they hold (`self`, `element` or qualified).
        dynamic: a call chain below an instance reaches the network whatever its name
            (`client.chat.completions.create`).
        affinity: reason code when instances may only be used in the thread that made them, else None.
        shared: whether one instance may be used from several threads at once.
        moves: whether one instance may be used in one thread after the other. What an SQLite connection may be
            under may not: https://docs.sqlalchemy.org/en/14/dialects/sqlite.html#threading-pooling-behavior
        holds: reason code when no `await` may be put inside a `with` on an instance (locks, redirections), else None.
        callbacks: methods that have a function run on the event loop, to the position of that function.
        hooks: methods that run on the event loop although they are no coroutines, when a class defines them.
    """

    name: str
    aliases: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    members: dict[str, Entry] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    dynamic: Entry | None = None
    affinity: str | None = None
    shared: bool = True
    moves: bool = True
    holds: str | None = None
    callbacks: dict[str, int] = field(default_factory=dict)
    hooks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Library:
    """One catalogue file.

    Attributes:
        name: the file's stem.
        distribution: the name on PyPI, or None for the standard library.
        calls: functions and constructors.
        types: classes whose instances are followed.
        objects: module-level objects by qualified name, to their type (`django.db.connection`).
    """

    name: str
    distribution: str | None
    calls: tuple[Entry, ...]
    types: tuple[TypeEntry, ...]
    objects: dict[str, str] = field(default_factory=dict)
