"""Parameters that a framework fills by calling a function: `db = Depends(get_db)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Annotation, Argument, Call
from awaken.resolve.annotations import annotated_with
from awaken.resolve.values import ANYTHING, Awaitable, External, Generated, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver

_MARKERS = frozenset(
    External(f"{module}.{name}")
    for module in ("fastapi", "fastapi.params", "fastapi.param_functions")
    for name in ("Depends", "Security")
)


def injected(resolver: Resolver, term: Argument, where: Where) -> frozenset[Value]:
    """What FastAPI passes for a parameter: what its dependency returns, or yields.

    Source: fastapi.dependencies.utils.solve_dependencies.
    """
    for marker in _candidates(term):
        kinds = resolver.values(marker.func, where)
        if marker.args and kinds and kinds <= _MARKERS:
            made = Call(marker.args[0])
            found = (
                resolver.called(value, made, where)
                for value in resolver.values(marker.args[0], where)
            )
            given = (_passed_on(resolver, each) for each in frozenset[Value]().union(*found))
            return frozenset().union(*given) or ANYTHING
    return ANYTHING


def _candidates(term: Argument) -> Iterator[Call]:
    if isinstance(term.default, Call):
        yield term.default
    if isinstance(term.annotation, Annotation):
        yield from annotated_with(term.annotation.type)


def _passed_on(resolver: Resolver, value: Value) -> frozenset[Value]:
    if isinstance(value, Generated):
        return resolver.yielded(value)
    return frozenset({value.result if isinstance(value, Awaitable) else value})
