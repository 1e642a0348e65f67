"""What the attributes of a class of the project say of its objects: `model = Book`, `paginate_by = 20`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Call, Name
from awaken.resolve.evaluation import NOWHERE
from awaken.resolve.values import (
    UNKNOWN,
    Bound,
    Defined,
    External,
    Instance,
    Literal,
    Value,
    is_none,
    sole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.schema import ClassTraits
    from awaken.resolve.evaluation import Evaluator


def told_element(resolver: Evaluator, receiver: Instance, owner: str) -> Value | None:
    """What an object holds by the attributes of its class, where the object itself does not say it.

    Args:
        resolver: knows the project.
        receiver: the object.
        owner: the type of the catalogue whose member is asked.
    """
    if receiver.element is not None or not isinstance(receiver.of, Defined):
        return receiver.element
    ancestry = resolver.catalogue.ancestry(owner)
    paths = next((kind.element_of for kind in ancestry if kind.element_of), ())
    found = (_element(_at(resolver, receiver, receiver.of, path)) for path in paths)
    return next((each for each in found if each is not None), None)


def _at(resolver: Evaluator, receiver: Instance, kind: Defined, path: str) -> Value:
    """The value under a dotted path from a class; what a method gives for `get_queryset()`."""
    name, _, rest = path.partition(".")
    if name.endswith("()"):
        name = name.removesuffix("()")
        methods = resolver.members.of_instance(receiver, name)
        call = Call(Name(name))
        found = (
            resolver.called(each, call, NOWHERE) for each in methods if isinstance(each, Bound)
        )
        return sole(frozenset[Value]().union(*found))
    value = sole(resolver.members.of_class(kind, name))
    if rest and isinstance(value, Defined):
        return _at(resolver, receiver, value, rest)
    return UNKNOWN if rest else value


def _element(value: Value) -> Value | None:
    if isinstance(value, Instance):
        return value.element
    return value if isinstance(value, (Defined, External)) else None


def has_traits(resolver: Evaluator, value: Value, traits: ClassTraits) -> bool:
    """Whether the class of an object of the project certainly has what some attributes are to say.

    Args:
        resolver: knows the project.
        value: the object.
        traits: what they are to say.
    """
    if not isinstance(value, Instance) or not isinstance(value.of, Defined):
        return False
    kind = value.of
    return (
        any(_is_given(resolver, kind, name) for name in traits.given)
        or any(_of(resolver, kind, name) == Literal("bool", False) for name in traits.false)
        or any(_holds(resolver, each, traits.holds) for each in _attributes(resolver, kind))
    )


def _of(resolver: Evaluator, kind: Defined, name: str) -> Value:
    return sole(resolver.members.of_class(kind, name))


def _is_given(resolver: Evaluator, kind: Defined, name: str) -> bool:
    """Whether a class of the project itself, or a base of it there, binds a name to something."""
    for base in resolver.members.lineage(kind):
        scope = resolver.scope(base) if isinstance(base, Defined) else None
        if scope is not None and name in scope.bindings:
            values = resolver.members.of_class(kind, name)
            nothing = Literal("bool", False)
            return not any(is_none(value) or value == nothing for value in values)
    return False


def _attributes(resolver: Evaluator, kind: Defined) -> Iterator[Value]:
    for base in resolver.members.lineage(kind):
        scope = resolver.scope(base) if isinstance(base, Defined) else None
        if scope is not None and isinstance(base, Defined):
            for bindings in scope.bindings.values():
                yield from resolver.bound_values(bindings, base.path)


def _holds(resolver: Evaluator, value: Value, types: tuple[str, ...]) -> bool:
    if not types or not isinstance(value, Instance):
        return False
    return any(
        kind.name in types
        for base in resolver.members.ancestry(value.of)
        if isinstance(base, External)
        for kind in resolver.catalogue.ancestry(base.name)
    )
