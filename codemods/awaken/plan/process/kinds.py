"""How far a value can be trusted in another process, judged by its type."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.index.terms import Attr, Call, Constant, Declared, Name, Scoped
from awaken.plan.process.libraries import (
    FROZEN_HOLDERS,
    FROZEN_TYPES,
    HOLDERS,
    SENT_TYPES,
    computes_alone,
)
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Defined, External, Instance, is_none

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.index.summary import Scope
    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_DEEPEST = 4
_RECORDS = frozenset(("typing.NamedTuple", "builtins.object"))
_ENUMS = frozenset(f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"))
# With one of these a class says itself how it is sent.
_SENDS_ITSELF = frozenset(
    f"__{name}__" for name in ("getstate", "setstate", "reduce", "reduce_ex", "getnewargs", "slots")
)


class Kind(IntEnum):
    """What is known of a value; the lesser of two holds for what is made of both."""

    UNKNOWN = 0
    HARMLESS = 1
    """It belongs to a library that computes from arguments alone; it may not be sent."""
    SENT = 2
    """It can be sent to another process, where a copy of it arrives."""
    FROZEN = 3
    """The same, and nobody can change it, so that a copy is as good."""


def of_values(resolver: Resolver, values: Iterable[Value], depth: int = 0) -> Kind:
    """What the least known of some values is."""
    kinds = [_of_value(resolver, value, depth) for value in values]
    return min(kinds, default=Kind.UNKNOWN)


def _of_value(resolver: Resolver, value: Value, depth: int) -> Kind:
    if is_none(value):
        return Kind.FROZEN
    if not isinstance(value, Instance) or depth > _DEEPEST:
        return Kind.UNKNOWN
    if isinstance(value.of, Defined):
        return _of_record(resolver, value.of, depth)
    name = value.of.name
    if name in FROZEN_TYPES:
        return Kind.FROZEN
    if name in SENT_TYPES:
        return Kind.SENT
    if name in HOLDERS:
        if name == "builtins.tuple" and not value.held:
            return Kind.UNKNOWN
        held = [of_values(resolver, each, depth + 1) for each in value.held]
        least = min(held, default=Kind.UNKNOWN)
        frozen = name in FROZEN_HOLDERS
        return least if frozen or least < Kind.SENT else Kind.SENT
    return Kind.HARMLESS if computes_alone(name) else Kind.UNKNOWN


def _of_record(resolver: Resolver, owner: Defined, depth: int) -> Kind:
    """An object of a dataclass, a named tuple or an enumeration at the top of a module."""
    scope = resolver.scope(owner)
    if scope is None or scope.parent != 0 or not _is_found_by_name(resolver, owner, scope):
        return Kind.UNKNOWN
    if _SENDS_ITSELF & scope.bindings.keys():
        return Kind.UNKNOWN
    outside = Where(owner.path, 0)
    bases = {
        value.name if isinstance(value, External) else ""
        for base in scope.bases
        for value in resolver.values(base, outside)
    }
    if bases and bases <= _ENUMS:
        return Kind.FROZEN
    frozen = _frozen_dataclass(resolver, scope, outside)
    if frozen is None and "typing.NamedTuple" not in bases:
        return Kind.UNKNOWN
    if not bases <= _RECORDS:
        return Kind.UNKNOWN
    fields = [
        of_values(resolver, resolver.values(term, Where(owner.path, owner.scope)), depth + 1)
        for term in _fields(scope)
    ]
    least = min(fields, default=Kind.FROZEN)
    return least if frozen is not False or least < Kind.SENT else Kind.SENT


def _is_found_by_name(resolver: Resolver, owner: Defined, scope: Scope) -> bool:
    index = resolver.file(owner.path)
    bindings = index.scopes[0].bindings.get(scope.name, ()) if index else ()
    return len(bindings) == 1 and bindings[0].suite == 0


def _fields(scope: Scope) -> Iterable[Term]:
    for name, bindings in scope.bindings.items():
        for binding in bindings:
            term = binding.term
            if name.startswith(("__", ".")) or isinstance(term, Scoped):
                continue
            yield term.annotation if isinstance(term, Declared) else term


def _frozen_dataclass(resolver: Resolver, scope: Scope, where: Where) -> bool | None:
    """Whether a dataclass is frozen; None where a class is none, or has other decorators beside."""
    if len(scope.decorators) != 1 or scope.kind is not ScopeKind.CLASS:
        return None
    decorator = scope.decorators[0]
    term = decorator.func if isinstance(decorator, Call) else decorator
    if not isinstance(term, (Name, Attr)):
        return None
    if resolver.values(term, where) != {External("dataclasses.dataclass")}:
        return None
    given = dict(decorator.keywords) if isinstance(decorator, Call) else {}
    return given.get("frozen") == Constant("bool", value=True)
