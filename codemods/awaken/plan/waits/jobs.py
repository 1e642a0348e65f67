"""Waits that end when jobs of executors do, which the end of the interpreter waits for in any case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Call, Element
from awaken.resolve.values import External, Instance, Method

if TYPE_CHECKING:
    from awaken.index.terms import Term
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_EXECUTOR = "concurrent.futures.Executor"
_JOB = External("concurrent.futures.Future(job)")
_OF_SEVERAL = frozenset(External(f"concurrent.futures.{name}") for name in ("as_completed", "wait"))


def waits_for_jobs(resolver: Resolver, term: Term, where: Where) -> bool:
    """Whether a call waits for what was submitted to executors, and for nothing else.

    Args:
        resolver: knows the project.
        term: the call.
        where: where it stands.
    """
    if not isinstance(term, Call):
        return False
    called = resolver.values(term.func, where)
    if called and called <= _OF_SEVERAL:
        given = resolver.values(Element(term.args[0]), where) if term.args else frozenset()
        return bool(given) and all(map(_is_job, given))
    return bool(called) and all(_is_of_jobs(resolver, value) for value in called)


def _is_of_jobs(resolver: Resolver, value: Value) -> bool:
    if not isinstance(value, Method):
        return False
    own = value.receiver is not None and _is_job(value.receiver)
    return own or is_of_executor(resolver, value)


def is_of_executor(resolver: Resolver, value: Method) -> bool:
    """Whether a method is one of an executor of `concurrent.futures`."""
    known = resolver.catalogue.ancestry(value.owner)
    return any(each.name == _EXECUTOR for each in known)


def _is_job(value: Value) -> bool:
    return isinstance(value, Instance) and value.of == _JOB
