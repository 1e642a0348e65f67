"""`asyncio.to_thread(f(x))`: `f` runs on the loop, and the thread is given what it returned."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from awaken.advice.handed import handed_to_threads
from awaken.advice.outcomes import is_never_callable
from awaken.advice.sought import Advice, advised, shown_name
from awaken.detect.blocking import blocking_use
from awaken.index.summary import Use
from awaken.index.terms import Call
from awaken.resolve.values import Awaitable, External, sole
from awaken.syntax.positions import encloses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.advice.handed import Handed
    from awaken.advice.sought import Sought
    from awaken.detect.finding import Finding
    from awaken.index.summary import Site
    from awaken.resolve.values import Value

RULE = "called-early"
# What they give may well be a function.
_GIVE_ANYTHING = frozenset(("asyncio", "importlib", "marshal", "pickle", "runpy", "shelve"))
_DATA_RULES = ("sleep", "http")
_GIVE_DATA = frozenset(
    f"builtins.{name}"
    for name in ("dict", "int", "len", "list", "print", "repr", "sorted", "str", "sum")
)


def early_calls(sought: Sought) -> Iterator[Finding]:
    """Calls whose result, which is no function, is given to a thread as the function to run."""
    for handed in handed_to_threads(sought):
        inner = _inner(handed)
        if inner is None:
            continue
        callee = _called_for_data(sought, handed, inner)
        if callee is not None:
            runner = handed.runner.shown
            message = (
                f"`{callee[0]}` is called before `{runner}` runs: it runs on the event loop, and"
                " what it returns cannot be run in a thread"
            )
            yield advised(sought, handed.scope, inner, Advice(RULE, *callee, message))


def _inner(handed: Handed) -> Site | None:
    """The use that is the call which stands where a function should."""
    if not isinstance(handed.term, Call):
        return None
    return next(
        (
            site
            for site in handed.scope.sites
            if site.use is Use.CALL
            and site.term is handed.term
            and encloses(handed.site.place, site.place)
        ),
        None,
    )


def _called_for_data(sought: Sought, handed: Handed, inner: Site) -> tuple[str, Value] | None:
    """The name and value of what is called there, where that certainly gives no function."""
    resolver, where = sought.resolver, sought.where(handed.scope, inner)
    blocking = blocking_use(resolver, inner, where)
    if blocking is not None and _gives_data(blocking.qualified, blocking.entry.rule):
        return blocking.qualified, blocking.value
    given = resolver.values(inner.term, where)
    if not isinstance(inner.term, Call) or any(isinstance(each, Awaitable) for each in given):
        return None
    value = sole(resolver.values(inner.term.func, where))
    gives_data = isinstance(value, External) and value.name in _GIVE_DATA
    if not gives_data and not is_never_callable(resolver, given):
        return None
    name = shown_name(sought, value)
    return (name, value) if name else None


def _gives_data(qualified: str, rule: str) -> bool:
    package = qualified.partition(".")[0]
    if package in _GIVE_ANYTHING:
        return False
    return rule in _DATA_RULES or package in sys.stdlib_module_names
