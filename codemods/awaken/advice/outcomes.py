"""What a call gives, as far as it matters here: a coroutine, or something that nobody can call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.resolve.decorators import Kind, decorated
from awaken.resolve.values import (
    Awaitable,
    Bound,
    Defined,
    External,
    Generated,
    Instance,
    Literal,
    Method,
    Value,
)

if TYPE_CHECKING:
    from awaken.resolve.resolver import Resolver

PLAIN_DATA = frozenset(
    f"builtins.{name}"
    for name in (
        *("bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list"),
        *("set", "str", "tuple"),
    )
)


def is_never_callable(resolver: Resolver, values: frozenset[Value]) -> bool:
    """Whether none of the values can be called."""
    return bool(values) and all(_cannot_be_called(resolver, value) for value in values)


def _cannot_be_called(resolver: Resolver, value: Value) -> bool:
    if isinstance(value, Instance):
        if isinstance(value.of, External):
            return value.of.name in PLAIN_DATA
        # what is annotated with a class may be an instance of one that inherits from it
        return not value.itself and resolver.members.lacks(value.of, "__call__")
    return isinstance(value, (Literal, Awaitable, Generated))


def is_coroutine_function(resolver: Resolver, value: Value) -> bool:
    """Whether calling a value makes a coroutine, which does nothing until it is awaited.

    A decorator of which we know only that its result is awaited may have started a task.
    """
    if isinstance(value, Bound):
        value = value.function
    if isinstance(value, Defined):
        scope = resolver.scope(value)
        if scope is None or not scope.is_async or scope.yields:
            return False
        decoration = decorated(resolver, value)
        return decoration.kind is Kind.PLAIN and not decoration.wrappers
    if isinstance(value, External):
        entry = resolver.catalogue.call(value.name)
        return entry is not None and entry.coroutine
    return isinstance(value, Method) and not value.native and value.entry.coroutine
