"""How a file takes work off the loop already: every call of something that runs a callable elsewhere."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.index.terms import Attr, Call, Constant, Display, Name, Operation, Term
from awaken.plan.runners.handed_over import runs_through
from awaken.plan.runners.runner import (
    ANYIO,
    ASYNCIFY,
    COPIED_CONTEXT,
    DATABASE_SYNC_TO_ASYNC,
    EXECUTOR,
    EXECUTOR_JOB,
    RUN_IN_THREADPOOL,
    SYNC_TO_ASYNC,
    TO_THREAD,
    TRIO,
    Runner,
)
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Bound, Defined, External, sole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from awaken.index.reading import ParsedFile
    from awaken.index.summary import FileIndex, Site
    from awaken.resolve.resolver import Resolver
    from awaken.syntax.positions import Place

# Runners that are functions, by every name they are imported under.
FUNCTIONS = {
    **{
        runner.name: runner
        for runner in (
            TO_THREAD,
            ANYIO,
            TRIO,
            SYNC_TO_ASYNC,
            DATABASE_SYNC_TO_ASYNC,
            RUN_IN_THREADPOOL,
            ASYNCIFY,
        )
    },
    "fastapi.concurrency.run_in_threadpool": RUN_IN_THREADPOOL,
}
_ANY_LOOP = ".get_event_loop()"
_COPY = External("contextvars.copy_context")
# What nobody can call: no runner is given that.
_DATA = (Constant, Display, Operation)


@dataclass(frozen=True, slots=True)
class RunnerUse:
    """One call of a runner.

    Attributes:
        runner: what is called, as it is spelled there.
        root: the name that its callee begins with.
        scope: number of the scope in which it stands.
        bodies: functions of the project that it runs through; in none of them it can be used.
    """

    runner: Runner
    root: str
    scope: int
    bodies: frozenset[Defined] = frozenset()


def runner_uses(
    parsed: ParsedFile, resolver: Resolver, calls: Mapping[Place, tuple[int, Site]]
) -> tuple[RunnerUse, ...]:
    """Every call of a runner in a file, in the order of the text.

    Args:
        parsed: the file.
        resolver: knows the project.
        calls: the calls of the file by their place, each with the number of its scope.
    """
    # what a helper is made of is no use of it elsewhere
    places = sorted(calls.keys() - set(_inside_helpers(parsed.index, resolver)))
    uses = (_use(parsed, resolver, place, *calls[place]) for place in places)
    return tuple(use for use in uses if use is not None)


def _inside_helpers(index: FileIndex, resolver: Resolver) -> Iterator[Place]:
    """Where helpers of the file itself hand their callable on."""
    for scope in index.scopes:
        handover = scope.handover
        if handover is not None and runs_through(resolver, Defined(index.path, scope.number)):
            yield from (given.place for given in handover.given)


def _use(
    parsed: ParsedFile, resolver: Resolver, place: Place, scope: int, site: Site
) -> RunnerUse | None:
    term = site.term
    if not isinstance(term, Call) or not _root(term.func) or not term.args:
        return None
    where = Where(parsed.index.path, scope, place.line, place.column, site.suite)
    found = runner_called(resolver, term, where, awaited=site.awaited)
    node = parsed.tree.find(place, (ast.Call,)) if found is not None else None
    if found is None or not isinstance(node, ast.Call):
        return None
    runner, bodies = found
    callee = parsed.tree.source(node.func)
    if isinstance(term.func, Attr) and _asks_for_any_loop(resolver, term.func.base, where):
        callee = callee.replace(_ANY_LOOP, ".get_running_loop()")
        if ".get_running_loop()" not in callee:
            return None  # nothing says how the running loop is called here
    if "\n" in callee or "#" in callee:
        return None
    spelled = replace(runner, spelled=callee, after=_after(runner, term))
    return RunnerUse(spelled, _root(term.func), scope, bodies)


def _asks_for_any_loop(resolver: Resolver, term: Term, where: Where) -> bool:
    """`asyncio.get_event_loop()`, which in a coroutine is the running loop in other words."""
    return isinstance(term, Call) and External("asyncio.get_event_loop") in resolver.values(
        term.func, where
    )


def runner_called(
    resolver: Resolver, term: Call, where: Where, *, awaited: bool
) -> tuple[Runner, frozenset[Defined]] | None:
    """What a call runs its callable through, and the project's functions on the way.

    Args:
        resolver: knows the project.
        term: the call, with at least one argument.
        where: the place from which its names are looked up.
        awaited: whether it is awaited; a function of the project is only then taken for one.
    """
    method = _method(term.func.name, term) if isinstance(term.func, Attr) else None
    if method is EXECUTOR and _copies_context(resolver, term, where):
        return COPIED_CONTEXT, frozenset()
    if method is not None:
        return method, frozenset()
    if isinstance(term.args[0], _DATA):
        return None
    value = sole(resolver.values(term.func, where))
    if isinstance(value, External) and value.name in FUNCTIONS:
        return FUNCTIONS[value.name], frozenset()
    if awaited and isinstance(value, (Defined, Bound)):
        function = value.function if isinstance(value, Bound) else value
        return runs_through(resolver, function)
    return None


def _method(name: str, term: Call) -> Runner | None:
    """A method that its name tells, with what stands in front of the callable."""
    if name == "async_add_executor_job":
        return EXECUTOR_JOB
    if name == "run_in_executor" and term.args[0] == Constant("NoneType", None):
        return EXECUTOR
    return None


def _copies_context(resolver: Resolver, term: Call, where: Where) -> bool:
    """`run_in_executor(None, contextvars.copy_context().run, f)`."""
    first = term.args[1] if len(term.args) > 1 else None
    made = first.base if isinstance(first, Attr) and first.name == "run" else None
    return isinstance(made, Call) and _COPY in resolver.values(made.func, where)


def _after(runner: Runner, term: Call) -> str:
    """`thread_sensitive=False`, where a file says that its calls need no thread in particular."""
    off = ("thread_sensitive", Constant("bool", value=False))
    return "thread_sensitive=False" if runner is SYNC_TO_ASYNC and off in term.keywords else ""


def _root(term: Term) -> str:
    """The name that a callee begins with, if it is made of names, attributes and calls without arguments."""
    while not isinstance(term, Name):
        if isinstance(term, Attr):
            term = term.base
        elif isinstance(term, Call) and not term.args and not term.keywords:
            term = term.func
        else:
            return ""
    return term.id
