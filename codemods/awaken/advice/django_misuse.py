"""Django and threads used the wrong way round: what raises, does nothing, or leaves connections open.

Reference: Django's "Asynchronous support", and what was measured: a connection that is opened in a bare thread is
closed by nobody, and keeps failing after the database was restarted.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from awaken.advice.handed import handed_to_threads
from awaken.advice.sought import Advice, advised, shown_name
from awaken.catalogue.schema import Severity
from awaken.detect.blocking import blocking_use, callable_entry
from awaken.detect.callees import Target
from awaken.detect.loop_context import functions_on_loop, scopes_of, where_of
from awaken.index.expressions import plain_term
from awaken.index.summary import Use
from awaken.index.terms import Attr, Call, Comprehended, Constant, Name
from awaken.resolve.values import Bound, Defined, External, Instance, Method, Value, sole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.advice.handed import Handed
    from awaken.advice.sought import Sought
    from awaken.catalogue.lookup import Catalogue
    from awaken.detect.call_graph import CallGraph
    from awaken.detect.finding import Finding
    from awaken.index.summary import Scope, Site
    from awaken.index.terms import Term
    from awaken.plan.runners.runner import Runner

RULE = "django-misuse"
CLOSERS = frozenset((External("django.db.close_old_connections"),))
_CLOSING = frozenset(("close_old_connections",))
ATOMIC = External("django.db.transaction.Atomic")
CONNECTION = "django.db.backends.base.base.BaseDatabaseWrapper"
_ROWS = "django.db.models."
_DATABASE = ("django.db.", "django.contrib.contenttypes.", "django.contrib.auth.models.")
# Where methods that ask the database are known.
_ASKED = (
    *("query.QuerySet", "manager.Manager", "base.Model"),
    "fields.related_descriptors.RelatedManager",
)
_TRANSACTION = re.compile(r"(?i)atomic|transaction")
_COLLECTORS = frozenset(
    ("list", "tuple", "set", "frozenset", "sorted", "sum", "min", "max", "any", "all", "dict")
)


class Misuse(Enum):
    """What is wrong with something that is handed to a thread."""

    BARE_THREAD = "bare thread"
    """It asks the database in a thread whose connections nobody closes."""
    LOOKED_UP = "looked up"
    """A method of the connection that belongs to the loop's own thread."""
    LAZY = "lazy"
    """It gives a queryset, which asks nothing yet."""
    COROUTINE = "coroutine"
    """It makes a coroutine, which nothing awaits."""


_SAID = {
    Misuse.BARE_THREAD: (
        "`{what}` asks the database in a thread of `{runner}`, whose connection nobody closes"
    ),
    Misuse.LOOKED_UP: (
        "`{what}` is looked up on the event loop: it is a method of the loop's own connection, which"
        " no other thread may use"
    ),
    Misuse.LAZY: "`{what}` only makes a queryset: the query is made where its rows are wanted",
    Misuse.COROUTINE: "`{what}` makes a coroutine in the thread, which nothing awaits",
}


def django_misuse(sought: Sought) -> Iterator[Finding]:
    """What is handed to threads, closed, collected or awaited in a way that does not work with Django."""
    if not _has_django(sought):
        return
    for handed in handed_to_threads(sought):
        where = sought.where(handed.scope, handed.site)
        value = sole(sought.resolver.values(handed.term, where))
        found = misuse_of(sought.graph, handed.runner, value, handed.site.term)
        if found is not None:
            yield _of_handed(sought, handed, value, found)
    queries = _names_of_queries(sought.resolver.catalogue)
    for running in functions_on_loop(sought.index, sought.resolver):
        for scope in running.scopes if running.function.is_async else ():
            for site in scope.sites:
                if site.use is Use.CALL and _may_be_misused(site, queries):
                    yield from _of_call(sought, scope, site)


def _has_django(sought: Sought) -> bool:
    """Whether the file, or any other of the project, speaks of Django."""
    return "django" in sought.text or sought.resolver.project.imports_from("django")


def _names_of_queries(catalogue: Catalogue) -> frozenset[str]:
    """The methods that have an async form, which is awaited in their place."""
    known = (catalogue.type(f"{_ROWS}{name}") for name in _ASKED)
    return frozenset(
        entry.name for each in known if each for entry in each.members.values() if entry.native
    )


def _may_be_misused(site: Site, queries: frozenset[str]) -> bool:
    """Whether a call is one of those that are looked for, as far as its text tells; few are."""
    if not isinstance(site.term, Call):
        return False
    func = site.term.func
    name = func.name if isinstance(func, Attr) else func.id if isinstance(func, Name) else ""
    if site.awaited:
        return name in queries
    return name in _CLOSING or _TRANSACTION.search(name) is not None or _collects(site.term, name)


def misuse_of(graph: CallGraph, runner: Runner, value: Value, call: Term) -> Misuse | None:
    """What is wrong with handing a value to a runner, or None.

    Args:
        graph: knows the calls between functions of the project.
        runner: what is called.
        value: what it is given to run.
        call: the call of the runner.
    """
    if isinstance(value, Method) and value.native and value.owner.startswith("django."):
        return Misuse.COROUTINE
    if not _ends_in_djangos_thread(runner, call):
        return Misuse.BARE_THREAD if _asks_database(graph, value) else None
    if isinstance(value, Method) and value.owner == CONNECTION and value.receiver is not None:
        return Misuse.LOOKED_UP
    if isinstance(value, Method) and value.owner.startswith(_ROWS):
        gives = value.entry.returns or ""
        lazy = gives == "self" or gives.startswith("django.db.models.query.")
        return Misuse.LAZY if lazy and not value.entry.blocks else None
    return None


def _ends_in_djangos_thread(runner: Runner, call: Term) -> bool:
    off = ("thread_sensitive", Constant("bool", value=False))
    return runner.is_djangos and not (isinstance(call, Call) and off in call.keywords)


def _asks_database(graph: CallGraph, value: Value) -> bool:
    """Whether calling a value asks the database, and does not see to its connection itself."""
    if isinstance(value, Method):
        return value.entry.blocks and value.owner.startswith(_DATABASE)
    if isinstance(value, External):
        found = callable_entry(graph.resolver, value)
        return found is not None and found.entry.blocks and value.name.startswith(_DATABASE)
    function = value.function if isinstance(value, Bound) else value
    if not isinstance(function, Defined):
        return False
    owner = value.receiver.of if isinstance(value, Bound) else None
    start = Target(function, owner if isinstance(owner, Defined) else None)
    asks = False
    for target in graph.closure([start]):
        for called in _called_in(graph, target.function):
            if called in CLOSERS:
                return False
            asks = asks or called is None
    return asks


def _called_in(graph: CallGraph, function: Defined) -> Iterator[External | None]:
    """Functions of libraries that a function calls; None stands for a query."""
    index = graph.resolver.file(function.path)
    for scope in scopes_of(index, function.scope) if index is not None else ():
        for site in scope.sites:
            where = where_of(index, scope, site) if index is not None else None
            if where is None:
                continue
            blocking = blocking_use(graph.resolver, site, where)
            if blocking is not None and blocking.qualified.startswith(_DATABASE):
                yield None
            elif site.use is Use.CALL and isinstance(site.term, Call):
                value = sole(graph.resolver.values(site.term.func, where))
                if isinstance(value, External):
                    yield value


def _of_handed(sought: Sought, handed: Handed, value: Value, found: Misuse) -> Finding:
    what = _name_of(sought, value)
    message = _SAID[found].format(what=what, runner=handed.runner.shown)
    severity = Severity.LOW if found is Misuse.LAZY else Severity.HIGH
    return advised(sought, handed.scope, handed.site, Advice(RULE, what, value, message, severity))


def _name_of(sought: Sought, value: Value) -> str:
    if isinstance(value, Method) and value.native and value.entry.native is not None:
        return f"{value.owner}.{value.entry.native.name}"
    return shown_name(sought, value)


def _of_call(sought: Sought, scope: Scope, site: Site) -> Iterator[Finding]:
    term = site.term
    if not isinstance(term, Call):
        return
    where = sought.where(scope, site)
    value = sole(sought.resolver.values(term.func, where))
    if site.awaited:
        blocking = blocking_use(sought.resolver, site, where)
        if blocking is not None and blocking.qualified.startswith(_ROWS):
            message = (
                f"`{blocking.qualified}` gives no awaitable: it asks the database on the event loop"
            )
            advice = Advice(RULE, blocking.qualified, blocking.value, message)
            entry = replace(blocking.entry, rule=RULE)
            yield replace(advised(sought, scope, site, advice), entry=entry)
    elif value in CLOSERS and isinstance(value, External):
        message = (
            f"`{value.name}` on the event loop closes nothing: connections belong to their threads"
        )
        yield advised(sought, scope, site, Advice(RULE, value.name, value, message))
    elif isinstance(value, Defined) and _enters_transaction(sought, value):
        message = (
            f"`{shown_name(sought, value)}` keeps a transaction open while other tasks run: what they do in the"
            " same thread becomes part of it"
        )
        yield advised(sought, scope, site, Advice(RULE, ATOMIC.name, value, message))
    elif isinstance(value, External) and _collects(term, value.name.removeprefix("builtins.")):
        yield from _of_collector(sought, scope, site, value)


def _enters_transaction(sought: Sought, value: Defined) -> bool:
    """Whether a class makes a transaction that is entered with `async with`."""
    members = sought.resolver.members
    return ATOMIC in members.ancestry(value) and not members.lacks(value, "__aenter__")


def _collects(call: Call, name: str) -> bool:
    """Whether a builtin goes through the generator expression that it is given."""
    first = call.args[0] if call.args else None
    generator = isinstance(first, Comprehended) and first.type == "generator"
    return generator and name in _COLLECTORS


def _of_collector(sought: Sought, scope: Scope, site: Site, value: Value) -> Iterator[Finding]:
    """`list(book async for book in books)`: the builtin is given an async generator, and raises TypeError."""
    node = sought.tree().find(site.place, (ast.Call,))
    generator = async_generator_in(node) if isinstance(node, ast.Call) else None
    if generator is None:
        return
    rows = plain_term(generator.generators[0].iter)
    held = sole(sought.resolver.values(rows, sought.where(scope, site)))
    if isinstance(held, Instance) and _is_rows(sought, held):
        message = "the builtin is given an asynchronous generator, which it cannot go through"
        yield advised(sought, scope, site, Advice(RULE, shown_name(sought, value), value, message))


def _is_rows(sought: Sought, held: Instance) -> bool:
    return any(
        isinstance(base, External) and base.name.startswith(_ROWS)
        for base in sought.resolver.members.ancestry(held.of)
    )


def async_generator_in(call: ast.Call) -> ast.GeneratorExp | None:
    """The asynchronous generator expression that a call is given as its only argument."""
    first = call.args[0] if len(call.args) == 1 and not call.keywords else None
    if isinstance(first, ast.GeneratorExp) and any(each.is_async for each in first.generators):
        return first
    return None
