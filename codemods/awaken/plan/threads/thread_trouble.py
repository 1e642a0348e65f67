"""What in a function of the project does not work in another thread than the loop's, use by use.

Sources: the documentation of asyncio, contextvars, threading and signal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from awaken.detect.blocking import callable_entry
from awaken.index.summary import FileIndex, Scope, Site, Use
from awaken.index.terms import Attr, Call, Item, Name, Term
from awaken.plan import since
from awaken.plan.threads.context_variables import CONTEXT_VARIABLE
from awaken.plan.threads.given_to_each import is_given_to_each_thread
from awaken.plan.threads.origin import Origin, root_name
from awaken.plan.waits.jobs import waits_for_jobs
from awaken.plan.windows.changes import MUTATORS
from awaken.resolve.values import (
    UNKNOWN,
    Awaitable,
    Defined,
    External,
    Instance,
    Method,
    Value,
    is_none,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver

# Reasons of catalogue entries that hold wherever in a chain the call stands.
_EVERYWHERE = frozenset(
    (
        *("main-thread-only", "process-wide", "forks", "reaps-children", "parks-the-pool"),
        "context-variable",
    )
)
# These names of asyncio neither need a running loop nor touch one.
_HARMLESS = frozenset(
    f"asyncio.{name}"
    for name in (
        *("run", "iscoroutine", "iscoroutinefunction", "isfuture", "new_event_loop"),
        *("TimeoutError", "CancelledError", "InvalidStateError", "QueueEmpty", "QueueFull"),
    )
)
# Before Python 3.10 they look for the loop of their thread when they are made; since then, when they are first used.
_PRIMITIVES = frozenset(
    f"asyncio.{name}"
    for name in (
        *("Lock", "Event", "Condition", "Semaphore", "BoundedSemaphore"),
        *("Queue", "LifoQueue", "PriorityQueue"),
    )
)
# Their objects look for the running loop when they are made.
_LOOP_LIBRARIES = frozenset(
    ("anyio", "trio", "curio", "discord", "nextcord", "disnake", "telethon")
)
# Methods that only objects of an event loop have, whatever the receiver is.
_LOOP_METHODS = frozenset(
    (
        *("create_task", "ensure_future", "call_soon", "call_later", "call_at", "create_future"),
        *("add_done_callback", "set_result", "set_exception", "run_until_complete", "start_soon"),
        *("put_nowait", "get_nowait", "add_reader", "remove_reader", "add_writer", "remove_writer"),
        *("cancel", "send_nowait", "run_coroutine"),
    )
)
_FROM_THREADS = "call_soon_threadsafe"
_BEHIND_ASYNC = "async_"
_THREAD_LOCAL = "thread-local"
# Containers of the interpreter that everything in the process looks into.
_PROCESS_STATE = frozenset(
    External(name)
    for name in (
        *("os.environ", "sys.argv", "sys.meta_path", "sys.modules", "sys.path", "sys.path_hooks"),
        *("sys.warnoptions", "warnings.filters"),
    )
)
_CONTEXT = "context-variable"


class Trouble(NamedTuple):
    """One place in a function that another thread could not run.

    Attributes:
        code: of the reason why.
        line: where it stands.
        what: what stands there.
        waits: whether a thread of its own could run it.
        loses: code of what is lost there when the task that waits is cancelled, or empty.
        ends: whether what it waits for ends in any case, jobs of executors.
    """

    code: str
    line: int
    what: str
    waits: bool = False
    loses: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A use, and what is known of its names where it stands.

    Attributes:
        resolver: knows the project.
        index: the file.
        function: the function that the use is part of.
        site: the use.
        where: the place from which its names are looked up.
        target_python: the oldest Python that it must run on.
    """

    resolver: Resolver
    index: FileIndex
    function: Scope
    site: Site
    where: Where
    target_python: tuple[int, int]

    def values(self, term: Term) -> frozenset[Value]:
        return self.resolver.values(term, self.where)


def troubles(look: Looked) -> Iterator[Trouble]:
    """Everything about one use that rules another thread out."""
    for check in _CHECKS.get(look.site.use, ()):
        code = check(look)
        if code:
            yield Trouble(code, look.site.place.line, written(look.site.term), *_waits(look, code))


def _waits(look: Looked, code: str) -> tuple[bool, str, bool]:
    """Whether a call is refused because it may wait for long, what is lost when it is given up, and whether it ends."""
    if code != "parks-the-pool":
        return False, "", False
    found = [callable_entry(look.resolver, value) for value in look.values(_func(look))]
    entries = [each.entry for each in found if each is not None and each.entry.refuse == code]
    waits = bool(entries) and all(entry.waits is not None for entry in entries)
    ends = waits and waits_for_jobs(look.resolver, look.site.term, look.where)
    return waits, next((entry.loses for entry in entries if entry.loses), ""), ends


def affinity(resolver: Resolver, value: Value) -> str | None:
    """Why an object may only be used in the thread that made it, or None."""
    if isinstance(value, Instance):
        for base in resolver.members.ancestry(value.of):
            known = resolver.catalogue.type(base.name) if isinstance(base, External) else None
            if known is not None and known.affinity:
                return known.affinity
    return None


def written(term: Term) -> str:
    """A term as somebody would write it, without its arguments."""
    if isinstance(term, Call):
        return written(term.func)
    if isinstance(term, Attr):
        return f"{written(term.base)}.{term.name}"
    if isinstance(term, Item):
        return f"{written(term.base)}[...]"
    return term.id if isinstance(term, Name) else "..."


def _calls_the_loop(look: Looked) -> str | None:
    func = _func(look)
    if isinstance(func, Attr) and func.name == _FROM_THREADS:
        return None
    values = look.values(func)
    for value in values:
        name = value.name if isinstance(value, External) else ""
        if _is_of_the_loop(name, look.target_python) or _is_of_async_library(name):
            return "re-enters" if name == "asyncio.run_coroutine_threadsafe" else "loop-api"
    if isinstance(func, Attr) and any(map(_belongs_to_loop, look.values(func.base))):
        return "loop-api"
    if UNKNOWN in values and isinstance(func, Attr):
        name = func.name
        if name in _LOOP_METHODS or name.startswith(_BEHIND_ASYNC):
            return "loop-api"
    return None


def _is_of_the_loop(name: str, target_python: tuple[int, int]) -> bool:
    """Whether a function or class of asyncio needs the loop of the thread it is called in."""
    if name in _PRIMITIVES:
        return target_python < since.PRIMITIVES_ANYWHERE
    return name.startswith("asyncio.") and name not in _HARMLESS


def _is_of_async_library(name: str) -> bool:
    """Whether a class or function is of a library that needs a running loop: `aiokafka.AIOKafkaProducer`."""
    root, *parts = name.split(".")
    last = parts[-1] if parts else ""
    if root in _LOOP_LIBRARIES or (root.startswith("aio") and root != "aiofiles"):
        return not last.endswith(("Error", "Exception", "Timeout", "ClientTimeout"))
    return "aio" in parts[:-1] or "asyncio" in parts[:-1]


def _belongs_to_loop(value: Value) -> bool:
    """A task or future, or an object of asyncio such as a StreamWriter."""
    if isinstance(value, Awaitable):
        return True
    of = value.of if isinstance(value, Instance) else None
    return isinstance(of, External) and of.name.startswith("asyncio.")


def _is_refused(look: Looked) -> str | None:
    for value in look.values(_func(look)):
        found = callable_entry(look.resolver, value)
        if found is not None and found.entry.refuse in _EVERYWHERE:
            return found.entry.refuse
    return None


def _changes_the_process(look: Looked) -> str | None:
    """`with redirect_stdout(...)`: while the thread is in it, the loop prints there, too."""
    for value in look.values(look.site.term):
        name = (
            value.of.name if isinstance(value, Instance) and isinstance(value.of, External) else ""
        )
        known = look.resolver.catalogue.type(name) if name else None
        if known is not None and known.holds == "process-wide":
            return known.holds
    return None


def _changes_process_state(look: Looked) -> str | None:
    """`os.environ[name] = value`, `sys.path.insert(0, folder)`: two threads would see each other's values."""
    term = look.site.term
    if isinstance(term, Call):
        func = term.func
        if not isinstance(func, Attr) or func.name not in MUTATORS:
            return None
        term = func.base
    return "process-wide" if _PROCESS_STATE & look.values(term) else None


def _stores_in_a_library(look: Looked) -> str | None:
    """`sys.stdout = log`, `socket.socket = Proxy`: everybody has it, until somebody puts it back."""
    term = look.site.term
    if not isinstance(term, Attr):
        return None
    foreign = any(isinstance(each, External) for each in look.values(term.base))
    return "process-wide" if foreign else None


def _uses_what_is_bound(look: Looked) -> str | None:
    """A method of an object that belongs to a thread, unless the function made it itself."""
    func = _func(look)
    if not isinstance(func, Attr) or func.name == _FROM_THREADS:
        return None
    codes = {affinity(look.resolver, value) for value in look.values(func.base)}
    codes.discard(None)
    code = next(iter(codes), None)
    if code == "thread-affine" and _is_its_own(look, func):
        return None
    return code


def _is_its_own(look: Looked, func: Attr) -> bool:
    """Whether what a method is called on was made in the function itself, or is found there by each thread."""
    made = Origin(look.resolver, look.index, look.function).is_made(func.base)
    return made or is_given_to_each_thread(look.resolver, look.index, look.where, func.base)


def _touches_thread_local(look: Looked) -> str | None:
    """An attribute of a `threading.local`: in another thread it is not there, or another one."""
    term = look.site.term
    if not isinstance(term, Attr):
        return None
    codes = {affinity(look.resolver, value) for value in look.values(term.base)}
    return _THREAD_LOCAL if _THREAD_LOCAL in codes else None


def _sets_what_context_holds(look: Looked) -> str | None:
    """`getcontext().prec = 3`: what a context variable holds, and a thread has a new one of."""
    term = look.site.term
    if not isinstance(term, Attr):
        return None
    codes = {affinity(look.resolver, value) for value in look.values(term.base)}
    return _CONTEXT if _CONTEXT in codes else None


def _sets_context(look: Looked) -> str | None:
    """`REQUEST.set(...)`: a thread works on a copy of the context, which nobody sees afterwards."""
    func = _func(look)
    if not isinstance(func, Attr) or func.name not in ("set", "reset"):
        return None
    return _CONTEXT if CONTEXT_VARIABLE in look.values(func.base) else None


def _calls_what_it_was_given(look: Looked) -> str | None:
    """A callback, an observer, an entry of a table: whoever handed it over may need the loop in it."""
    func = _func(look)
    values = look.values(func)
    if UNKNOWN not in values and not all(map(is_none, values)):
        return None
    if isinstance(func, Attr):
        return "unproven-callee" if _holds_a_function(look, func) else None
    return "unproven-callee" if isinstance(func, (Name, Item, Call)) else None


def _holds_a_function(look: Looked, func: Attr) -> bool:
    """Whether what is called is an attribute that somebody sets, not a method."""
    for value in look.values(func.base):
        if isinstance(value, Instance) and isinstance(value.of, Defined):
            for base in look.resolver.members.ancestry(value.of):
                scope = look.resolver.scope(base) if isinstance(base, Defined) else None
                if scope is not None and {func.name, f".{func.name}"} & scope.bindings.keys():
                    return True
    return False


def asked_of_a_stranger(look: Looked) -> str | None:
    """The name of a method that is called on a parameter, or a part of one, of which nothing is known."""
    func = _func(look)
    if look.site.use is not Use.CALL or not isinstance(func, Attr):
        return None
    given = look.function.is_argument(root_name(func.base))
    return func.name if given and UNKNOWN in look.values(func) else None


def asked_of_a_subclass(look: Looked) -> Iterator[tuple[Defined, str]]:
    """A method that is called on an object whose class does not have it, with that class: one below it does."""
    func = _func(look)
    if look.site.use is Use.CALL and isinstance(func, Attr) and UNKNOWN in look.values(func):
        for value in look.values(func.base):
            if isinstance(value, Instance) and isinstance(value.of, Defined):
                yield value.of, func.name


def needs_one_thread(look: Looked) -> Iterator[Trouble]:
    """A blocking method of an object that must not be used from two threads at once, if others have it, too."""
    func = _func(look)
    if look.site.use is not Use.CALL or not isinstance(func, Attr) or _is_its_own(look, func):
        return
    for value in look.values(func):
        receiver = value.receiver if isinstance(value, Method) and value.entry.blocks else None
        if receiver is not None and _is_not_shared(look.resolver, receiver):
            yield Trouble("shared-between-threads", look.site.place.line, written(func.base))


def _is_not_shared(resolver: Resolver, receiver: Instance) -> bool:
    for base in resolver.members.ancestry(receiver.of):
        known = resolver.catalogue.type(base.name) if isinstance(base, External) else None
        if known is not None:
            return not known.shared
    return False


def _func(look: Looked) -> Term:
    term = look.site.term
    return term.func if isinstance(term, Call) else term


def kept_objects(resolver: Resolver, function: Defined, scope: Scope) -> Iterator[Trouble]:
    """Objects that belong to the thread that makes them, and that a function keeps for others."""
    index = resolver.file(function.path)
    if index is None or scope.parent < 0:
        return
    for keeper in sorted({scope.parent, 0}):
        around = index.scopes[keeper].bindings
        for name in around if keeper else sorted(scope.outer & around.keys()):
            made = [each for each in around[name] if each.scope == scope.number]
            for value in resolver.bound_values(made, function.path):
                code = affinity(resolver, value)
                if code == "thread-affine":
                    yield Trouble(code, made[0].line, name.removeprefix("."))


_CHECKS: dict[Use, tuple[Callable[[Looked], str | None], ...]] = {
    Use.CALL: (
        _calls_the_loop,
        _is_refused,
        _changes_process_state,
        _uses_what_is_bound,
        _sets_context,
        _calls_what_it_was_given,
    ),
    Use.ENTER: (_changes_the_process,),
    Use.ATTRIBUTE: (_touches_thread_local,),
    Use.STORE: (_touches_thread_local, _sets_what_context_holds, _stores_in_a_library),
    Use.CHANGE: (_changes_process_state,),
}
