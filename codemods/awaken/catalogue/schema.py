"""What the catalogue says of a library: the typed form of the TOML files under `data/`.

A *call* is a function or constructor known by its qualified name; a *type* lists the members of a class
whose instances the resolver follows. Everything the engine knows of a library stands in these records.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from awaken.catalogue.exchange import Exchange
    from awaken.catalogue.families import Family
    from awaken.catalogue.loading import Loading

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
    FEED = "feed"
    """What is gone through comes in over the network: each element is wanted as it comes; there may be no last one."""
    HANDLE = "handle"
    """An open file, socket or connection whose own methods block."""
    CONNECTION = "connection"
    """A handle that may be opened in a thread by itself: each of its methods finds its own way there."""
    CONTEXT = "context"
    """A context manager whose `__enter__` or `__exit__` blocks."""

    @property
    def stays_open(self) -> bool:
        return self in (Result.HANDLE, Result.CONNECTION)


class Waiting(str, Enum):
    """How a call that may wait for long waits off the loop, without a place in the default thread pool."""

    FUTURE = "future"
    """The object is a `concurrent.futures.Future`, which the loop can wait for."""
    OWN_THREAD = "own-thread"
    """In a thread that is started for it: a few of them would fill the default pool."""
    AT_EXIT = "at-exit"
    """What waits is leaving the `with` around an executor."""


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
class Variant:
    """The call gives another type when one of its arguments says so (`socket(AF_INET, SOCK_DGRAM)`).

    Attributes:
        when: what the argument must be.
        returns: the type of the result then.
        result: what the caller gets back then.
    """

    when: Condition
    returns: str
    result: Result


@dataclass(frozen=True, slots=True)
class Quiet:
    """A method after which no method of the same object blocks: `sock.setblocking(False)`.

    Attributes:
        member: its name.
        when: what its argument must be.
    """

    member: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Default:
    """An argument that must be spelled out for the async form to do what the sync one does by itself.

    Attributes:
        name: what the async form calls it.
        text: its value, as source text.
        unless: the sync argument that says it otherwise; empty where nothing does.
        difference: reason code of what a person should know about it, or None.
    """

    name: str
    text: str
    unless: str = ""
    difference: str | None = None


@dataclass(frozen=True, slots=True)
class Native:
    """The async form of a call or member, where one exists with behaviour kept.

    Attributes:
        name: qualified name of the async function, or bare name of the async member; `()` may stand inside it
            (`asyncio.get_running_loop().getaddrinfo`). Empty where a definition is called.
        since: first version of `distribution` that has it, or None for always.
        definition: a function that is put into the file and called, or None (`plan/native/native_call.py` has them).
        parameters: names of the positional parameters of the sync call, in order.
        positional: how many of them the async form takes by position; it takes the further ones by name.
        keywords: names under which it takes what else it takes.
        needs: names of arguments without which the sync call does something else again.
        apart: names of arguments that the async form does not take together.
        renamed: what the async form calls some of these arguments.
        arguments: what is passed besides, by name, or by position under the name `*`; qualified names are imported.
        defaults: the same, where the call does not say it.
        result: what is taken of the awaited value (`.stdout`), as source text.
        value: whether that is what the sync call gives; else the call must not use it.
        awaits: whether the async form is awaited; a member of a client need not be.
        python: the first Python that has what `result` and `arguments` use, or None for any.
        families: classes that must have no overrides, by the names of their `[[family]]`.
    """

    name: str
    since: str | None = None
    definition: str | None = None
    parameters: tuple[str, ...] = ()
    positional: int = 0
    keywords: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    defaults: tuple[Default, ...] = ()
    result: str = ""
    value: bool = True
    awaits: bool = True
    python: tuple[int, int] | None = None
    families: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassTraits:
    """What the attributes of a class of the project say; one of these is enough.

    Attributes:
        given: attributes that it gives a value other than None or False, or methods that it defines.
        false: attributes that it sets to False.
        holds: types of which one of its attributes is an instance.
    """

    given: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One callable: a module-level function, a constructor, or a member of a type.

    Attributes:
        name: qualified name for a call; bare member name for a member.
        rule: the rule that reports it (`sleep`, `offload`, `http`, `loop`, `django`, `cpu`); empty when it does
            not block.
        severity: None when it does not block (the entry is then there for what it returns).
        ruff: the ruff or flake8-async code for the same call, or None.
        result: what comes back.
        returns: type of the result: a qualified name, `self` (same type and element), `element`
            (an instance of the element type), or None when it is not followed. When `result` is
            an iterator it is the type of each item.
        variants: other types of the result, by the arguments; the first that holds counts.
        native: the async form, or None.
        strategies: which fixes may be tried, in order (`native`, `thread`, `sync_to_async`, `process`).
        refuse: reason code that rules every fix out (`holds-gil`, `main-thread-only`, `process-wide`), or None; what
            does not block may have one, too: no function that calls it is moved to a thread.
        waits: how the call itself waits off the loop; `refuse` then holds for functions that make it only.
        loses: reason code of what is lost when a task is cancelled while a thread waits for it, or None.
        in_twin: whether the type's twin has the same member, which is awaited there.
        not_blocking: conditions under which the call does not block.
        hint: one sentence of advice for a person, or empty.
        on_loop: whether a function that it decorates runs on the event loop.
        terminal: whether it waits for somebody at the terminal, who may press Ctrl-C.
        below: whether those who call a function that calls it are told, too; they cannot do anything about what
            is only better written otherwise.
        everywhere: whether it is reported wherever it stands, not only on the loop.
        costly: whether what it makes (a client, an engine, a pool) is there to be made once and shared.
        coroutine: whether calling it makes a coroutine, which does nothing until it is awaited.
        handed: of a decorator: the types of what the functions under it are called with, by position; empty for
            those that are not known.
        registers: which argument of a call is a function that is called with that, or None.
        runs: methods of the object's class that it runs, as far as the project defines them; `clean_*` for all that
            begin so.
        only_where: what the class of the object must have for it to block; None where it always does.
        is_property: whether it blocks when it is read: there is nothing to call.
        warmed_by: methods of the same object after which a property only gives what is there.
        coroutines: of a decorator: the first version of its library that takes coroutine functions, `never`, or None
            where nothing is said of that.
        goes_through: of a decorator: whether the rows that a coroutine function under it gives are asked for on the
            loop, when it is done.
    """

    name: str
    rule: str = ""
    severity: Severity | None = None
    ruff: str | None = None
    result: Result = Result.VALUE
    returns: str | None = None
    variants: tuple[Variant, ...] = ()
    native: Native | None = None
    strategies: tuple[str, ...] = ()
    refuse: str | None = None
    waits: Waiting | None = None
    loses: str | None = None
    in_twin: bool = False
    not_blocking: tuple[Condition, ...] = ()
    hint: str = ""
    on_loop: bool = False
    terminal: bool = False
    below: bool = True
    everywhere: bool = False
    costly: bool = False
    coroutine: bool = False
    handed: tuple[str, ...] = ()
    registers: int | None = None
    runs: tuple[str, ...] = ()
    only_where: ClassTraits | None = None
    is_property: bool = False
    warmed_by: tuple[str, ...] = ()
    coroutines: str | None = None
    goes_through: bool = False

    @property
    def blocks(self) -> bool:
        return self.severity is not None


class Holds(str, Enum):
    """What reading a field of an object gives."""

    VALUE = "value"
    """A plain value."""
    ONE = "one"
    """The one object at the other side."""
    MANY = "many"
    """A manager of the objects at the other side."""
    ANY = "any"
    """One object, of a class that only the row tells."""


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """A class that is called in the body of a model, where it says what objects of the model have.

    Attributes:
        holds: what reading the field of an object gives.
        reverse: what an object at the other side has, under the field's `related_name`; None for nothing.
        target: qualified name of the class at the other side, or of a value; None where the field's argument `to`
            names it.
        manager: type of the manager that the field gives; None where that is Django's own.
        asks: whether reaching for the manager asks the database already.
    """

    holds: Holds
    reverse: Holds | None = None
    target: str | None = None
    manager: str | None = None
    asks: bool = False


@dataclass(frozen=True, slots=True)
class NotAwaited:
    """Methods that a framework calls, and whose coroutines it would not await.

    Attributes:
        methods: their names.
        unless: methods that see to it otherwise, where a class of the project defines one of them.
        hint: what a person could do.
    """

    methods: tuple[str, ...]
    unless: tuple[str, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """A class whose instances are followed.

    Attributes:
        name: canonical qualified name; one with `()` at its end is no class that can be imported, it
            stands for what that call or attribute gives (`httpx.stream()`).
        aliases: other qualified names under which the same class is imported.
        bases: qualified names of catalogue types whose members it inherits.
        twin: module that has a class of the same name for the event loop (`asyncio`); the members that it has, too, are
            those that are `in_twin` and those that neither block nor raise anything else.
        members: methods by name.
        attributes: attributes and properties by name, to the type they hold (`self`, `element` or qualified).
        dynamic: a call chain below an instance reaches the network whatever its name
            (`client.chat.completions.create`).
        affinity: reason code when instances may only be used in the thread that made them, else None.
        shared: whether one instance may be used from several threads at once.
        moves: whether one instance may be used in one thread after the other. What an SQLite connection may be
            under may not: https://docs.sqlalchemy.org/en/14/dialects/sqlite.html#threading-pooling-behavior
        holds: reason code when no `await` may be put inside a `with` on an instance (locks, redirections), else None.
        closing: the method that does what leaving a `with` on an instance does, or None; where there is one, an
            instance may be made in one thread and used in another.
        entered: the attribute whose value a `with` on an instance gives; None for the instance itself.
        settles: whether `closing` waits for a call that another thread is in.
        callbacks: methods that have a function run on the event loop, to the position of that function.
        hooks: methods that run on the event loop although they are no coroutines, when a class defines them.
        quiet: methods after which none of the object's methods blocks.
        handed: methods that a framework calls when a class defines them, to the types of what it calls them with,
            by position (`self` not counted); empty for those that are not known.
        as_field: what objects have where the body of their class makes an instance of this one (a field), or None.
        loading: attributes whose object is fetched when it is first used, by name.
    """

    name: str
    aliases: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    twin: str | None = None
    members: dict[str, Entry] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    dynamic: Entry | None = None
    affinity: str | None = None
    shared: bool = True
    moves: bool = True
    holds: str | None = None
    closing: str | None = None
    entered: str | None = None
    settles: bool = True
    callbacks: dict[str, int] = field(default_factory=dict)
    hooks: tuple[str, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    handed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    element_of: tuple[str, ...] = ()
    not_awaited: NotAwaited | None = None
    handlers: tuple[str, ...] = ()
    as_field: FieldEntry | None = None
    loading: dict[str, Loading] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Client:
    """A class of another library that does on the event loop what a class of this one does.

    Attributes:
        type: the class of the objects, a followed type.
        name: qualified name of the async class, which is entered with `async with`.
        distribution: the async library's name on PyPI.
        constructors: the calls that make an object, with what they become.
        members: the methods that have an equal, with what they become; no other may be used.
        exceptions: what the exceptions of the sync library are called there.
        bases: classes that are raised, or inherited from, by the sync exceptions only: nobody may handle them.
    """

    type: str
    name: str
    distribution: str
    constructors: dict[str, Native]
    members: dict[str, Native]
    exceptions: dict[str, str] = field(default_factory=dict)
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Convention:
    """What everybody calls a parameter that a framework fills, where a file says nothing else of it.

    Attributes:
        type: qualified name of the class that it is an instance of.
        position: which parameter it is; `self` is not counted.
        parameter: its name; empty where any will do.
        imports: modules; a file must import something of one of them.
        others: top-level modules of libraries that use the name for something else; a file must import none of them.
        methods: names of the methods that it holds for; empty for functions.
        made_with: parameters of the `__init__` that the class of such a method has, after `self`; empty for any.
    """

    type: str
    position: int
    parameter: str = ""
    imports: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    made_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Library:
    """One catalogue file.

    Attributes:
        name: the file's stem.
        distribution: the name on PyPI, or None for the standard library.
        requires: the versions of it that rewritten code works with (`>=0.28,<1`); empty for any.
        python: the oldest Python that those run on; empty for any.
        comes_with: requirements that bring it along (`fastapi[standard]>=0.150`).
        calls: functions and constructors.
        types: classes whose instances are followed.
        objects: module-level objects by qualified name, to their type (`django.db.connection`).
        clients: what its classes are called in an async library.
        exchanges: how its requests are made with async clients.
        conventions: how parameters are called that it fills.
        families: classes whose async methods are copies of the sync ones.
    """

    name: str
    distribution: str | None
    calls: tuple[Entry, ...]
    types: tuple[TypeEntry, ...]
    objects: dict[str, str] = field(default_factory=dict)
    clients: tuple[Client, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    requires: str = ""
    python: str = ""
    comes_with: tuple[str, ...] = ()
    conventions: tuple[Convention, ...] = ()
    families: tuple[Family, ...] = ()
