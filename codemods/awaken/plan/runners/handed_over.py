"""The project's own helpers: functions that hand their first parameter on until something runs it in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.detect.blocking import qualified_name
from awaken.index.summary import Use
from awaken.index.terms import Attr, Call, Constant, Term, last_part
from awaken.plan.runners.runner import Passing, Runner
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Bound, Defined, External, Instance, sole

if TYPE_CHECKING:
    from awaken.index.summary import Given, Scope, Site
    from awaken.resolve.resolver import Resolver

# Each is given the callable first.
_RUN_IN_A_THREAD = frozenset(
    (
        "asyncio.to_thread",
        "anyio.to_thread.run_sync",
        "trio.to_thread.run_sync",
        "starlette.concurrency.run_in_threadpool",
        "fastapi.concurrency.run_in_threadpool",
        "asgiref.sync.sync_to_async",
        "asyncer.asyncify",
    )
)
_TAKE_KEYWORDS = _RUN_IN_A_THREAD - {"anyio.to_thread.run_sync", "trio.to_thread.run_sync"}
# Unless `context.run` stands in front of the callable.
_LOSE_CONTEXT = ("run_in_executor", "async_add_executor_job")
_THREADS = (
    External("concurrent.futures.ThreadPoolExecutor"),
    External("concurrent.futures.thread.ThreadPoolExecutor"),
)
# Decorators that neither repeat a call nor change what it gives.
_PLAIN_DECORATORS = frozenset({"staticmethod", "classmethod", "override", "callback", "final"})
_DEEPEST = 4


def runs_through(resolver: Resolver, function: Defined) -> tuple[Runner, frozenset[Defined]] | None:
    """The runner that a function of the project is, with every function that the callable goes through."""
    scope = resolver.scope(function)
    bodies = _bodies(resolver, function, _DEEPEST)
    if scope is None or scope.handover is None or bodies is None:
        return None
    passing = Passing.NOTHING
    if scope.handover.positional:
        passing = Passing.ALL if scope.handover.keywords else Passing.POSITIONAL
    own = frozenset().union(*(_own(resolver, body) for body in bodies))
    runner = Runner(
        qualified_name(resolver, function),
        passing=passing,
        own=own,
        carries_context=all(_keeps_context(resolver, body) for body in bodies),
    )
    return runner, bodies


def _keeps_context(resolver: Resolver, function: Defined) -> bool:
    """Whether a helper hands its callable to nothing that loses context variables: executors do, by themselves."""
    scope = resolver.scope(function)
    handover = scope.handover if scope is not None else None
    for given in handover.given if handover else ():
        site = _site(scope, given) if scope is not None else None
        term = site.term if site is not None else None
        if not isinstance(term, Call) or _is_behind_run(given, term):
            continue
        if last_part(term.func) in _LOSE_CONTEXT:
            return False
    return True


def _own(resolver: Resolver, function: Defined) -> frozenset[str]:
    scope = resolver.scope(function)
    return scope.handover.own if scope is not None and scope.handover else frozenset()


def _bodies(resolver: Resolver, function: Defined, depth: int) -> frozenset[Defined] | None:
    """The functions from one that is given a callable to the one that runs it in a thread."""
    scope = resolver.scope(function)
    if scope is None or scope.handover is None or not depth:
        return None
    if any(last_part(each) not in _PLAIN_DECORATORS for each in scope.decorators):
        return None
    found = {function}
    for given in scope.handover.given:
        site = _site(scope, given)
        below = _carried(resolver, function, given, site, depth) if site is not None else None
        if below is None:
            return None
        found |= below
    return frozenset(found)


def _site(scope: Scope, given: Given) -> Site | None:
    calls = (site for site in scope.sites if site.use is Use.CALL)
    return next((site for site in calls if site.place == given.place), None)


def _carried(
    resolver: Resolver, function: Defined, given: Given, site: Site, depth: int
) -> frozenset[Defined] | None:
    """The functions below a call that is given the callable; None where it may not run it in a thread."""
    term = site.term
    if not isinstance(term, Call):
        return None
    where = Where(function.path, function.scope, *site.place[:2], site.suite)
    value = sole(resolver.values(term.func, where))
    if isinstance(value, (Defined, Bound)):
        below = value.function if isinstance(value, Bound) else value
        takes = given.position == 0 and _takes_the_rest(resolver, below, term)
        return _bodies(resolver, below, depth - 1) if takes else None
    name = value.name if isinstance(value, External) else last_part(term.func)
    if name in _RUN_IN_A_THREAD:
        runs = _is_at(0, given, term)
    elif name.rpartition(".")[2] == "run_in_executor":
        runs = _is_at(1, given, term) and _is_thread_pool(resolver, term.args[0], where)
    else:
        runs = name == "async_add_executor_job" and given.position == 0
    lost = name not in _TAKE_KEYWORDS and _passes_keywords(term)
    return frozenset() if runs and not lost else None


def _takes_the_rest(resolver: Resolver, function: Defined, term: Call) -> bool:
    """Whether a helper below takes the arguments that come with the callable."""
    scope = resolver.scope(function)
    handover = scope.handover if scope is not None else None
    return handover is not None and (
        (handover.positional or len(term.args) == 1)
        and (handover.keywords or not _passes_keywords(term))
    )


def _passes_keywords(term: Call) -> bool:
    return any(name is None for name, _ in term.keywords)


def _is_at(position: int, given: Given, term: Call) -> bool:
    """Whether the callable is this argument, or the one behind `context.run`."""
    behind_run = given.position == position + 1 and _is_behind_run(given, term)
    return given.position == position or behind_run


def _is_behind_run(given: Given, term: Call) -> bool:
    """Whether `context.run` stands in front of the callable."""
    between = term.args[given.position - 1] if given.position else None
    return isinstance(between, Attr) and between.name == "run"


def _is_thread_pool(resolver: Resolver, executor: Term, where: Where) -> bool:
    if executor == Constant("NoneType", None):
        return True
    value = sole(resolver.values(executor, where))
    return isinstance(value, Instance) and value.of in _THREADS
