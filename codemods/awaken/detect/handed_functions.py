"""Functions that a call hands to a helper of the project, which calls them there and then: `retry(lambda: load())`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from awaken.detect.loop_context import scopes_of
from awaken.index.summary import ScopeKind, Use
from awaken.index.terms import OPAQUE, Call, Name
from awaken.resolve.values import Bound, Defined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.index.summary import FileIndex, Scope
    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value


class Handed(NamedTuple):
    """An argument that the function it is given to calls.

    Attributes:
        to: the function.
        parameter: the name under which it calls the argument.
        argument: what is handed over, unevaluated.
    """

    to: Defined
    parameter: str
    argument: Term


def handed_functions(resolver: Resolver, term: Call, called: Iterable[Value]) -> Iterator[Handed]:
    """The arguments of a call that the called functions call in turn.

    Args:
        resolver: knows the project.
        term: the call.
        called: what it calls.
    """
    for value in called:
        function = value.function if isinstance(value, Bound) else value
        index = resolver.file(function.path) if isinstance(function, Defined) else None
        if index is None or not isinstance(function, Defined):
            continue
        scope = index.scopes[function.scope]
        if scope.kind is not ScopeKind.FUNCTION:
            continue
        names = _called_parameters(index, scope)
        for parameter, argument in _bound(scope, term, skipped=isinstance(value, Bound)):
            if parameter in names:
                yield Handed(function, parameter, argument)


def _called_parameters(index: FileIndex, function: Scope) -> set[str]:
    """Parameters that a function calls itself; what functions inside of it call may run at any time."""
    return {
        site.term.func.id
        for scope in scopes_of(index, function.number)
        if scope.kind is not ScopeKind.GENERATOR
        for site in scope.sites
        if site.use is Use.CALL
        and not site.awaited
        and isinstance(site.term, Call)
        and isinstance(site.term.func, Name)
        and len(function.bindings.get(site.term.func.id, ())) == 1
        and function.is_argument(site.term.func.id)
    }


def _bound(function: Scope, term: Call, *, skipped: bool) -> Iterator[tuple[str, Term]]:
    """The arguments with the parameters that get them, as far as that is certain."""
    for name, argument in zip(function.parameters[skipped:], term.args, strict=False):
        if argument is OPAQUE:
            break  # it may be `*args`, which fills any number of parameters
        yield name, argument
    for keyword, argument in term.keywords:
        if keyword is not None:
            yield keyword, argument
