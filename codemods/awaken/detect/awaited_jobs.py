"""Whether leaving `with ThreadPoolExecutor() as pool:` has nothing to wait for: every job was awaited in the block."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from awaken.detect.loop_context import scopes_of
from awaken.index.terms import Attr, Awaited, Call, Entered, Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.index.terms import Term

_GIVES_A_JOB = "run_in_executor"


def every_job_is_awaited(index: FileIndex, function: Scope, site: Site) -> bool:
    """Whether all that is done with an executor is `await loop.run_in_executor(pool, ...)`.

    Args:
        index: the file.
        function: the coroutine.
        site: the executor that a `with` enters.
    """
    entered = Entered(site.term, awaited=False)
    found = [
        name
        for name, bindings in function.bindings.items()
        if entered in (each.term for each in bindings)
    ]
    if len(found) != 1 or len(function.bindings[found[0]]) > 1:
        return False
    pool = Name(found[0])
    inside = {scope.number for scope in scopes_of(index, function.number)}
    terms = [
        (scope.number, term)
        for scope in index.scopes
        if _is_below(index, scope, function)
        for term in _terms(scope)
        if pool in _parts(term)
    ]
    return bool(terms) and all(
        number in inside and pool not in _parts(term, without_job_of=pool) for number, term in terms
    )


def _is_below(index: FileIndex, scope: Scope, function: Scope) -> bool:
    while scope.number > function.number:
        scope = index.scopes[scope.parent]
    return scope is function


def _terms(scope: Scope) -> Iterator[Term]:
    """Everything that a scope does and keeps."""
    for site in scope.sites:
        yield Awaited(site.term) if site.awaited else site.term
    for bindings in scope.bindings.values():
        yield from (each.term for each in bindings)
    yield from (*scope.returns, *scope.yielded)


def _parts(term: object, *, without_job_of: Name | None = None) -> Iterator[object]:
    """A term and all that it is made of, jobs that are awaited left out where that is asked for."""
    if without_job_of is not None and _is_awaited_job(term, without_job_of):
        return
    yield term
    if isinstance(term, tuple):
        for each in term:
            yield from _parts(each, without_job_of=without_job_of)
    elif is_dataclass(term) and not isinstance(term, Name):
        for each in fields(term):
            yield from _parts(getattr(term, each.name), without_job_of=without_job_of)


def _is_awaited_job(term: object, pool: Name) -> bool:
    call = term.base if isinstance(term, Awaited) else None
    return (
        isinstance(call, Call)
        and isinstance(call.func, Attr)
        and call.func.name == _GIVES_A_JOB
        and call.args[:1] == (pool,)
        and pool not in _parts((call.args[1:], call.keywords))
    )
