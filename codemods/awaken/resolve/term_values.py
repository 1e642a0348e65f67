"""What each kind of term stands for: one small function for each, over the resolver's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awaken.index.summary import ScopeKind
from awaken.index.terms import (
    Annotation,
    Argument,
    Attr,
    Awaited,
    Call,
    Constant,
    Declared,
    Display,
    Either,
    Element,
    Entered,
    Imported,
    Item,
    Name,
    Operation,
    Part,
    Scoped,
)
from awaken.resolve.evaluation import Where
from awaken.resolve.values import (
    ANYTHING,
    UNKNOWN,
    Awaitable,
    Defined,
    External,
    Generated,
    Instance,
    Literal,
    Value,
    is_none,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.resolve.resolver import Resolver


def _argument(resolver: Resolver, term: Argument, where: Where) -> frozenset[Value]:
    index = resolver.file(where.path)
    if index is None:
        return ANYTHING
    function = index.scopes[term.scope]
    owner = index.scopes[function.parent] if function.parent >= 0 else None
    if (
        term.position == 0
        and function.kind is ScopeKind.FUNCTION
        and owner is not None
        and owner.kind is ScopeKind.CLASS
    ):
        names = {d.id for d in function.decorators if isinstance(d, Name)}
        if "classmethod" in names:
            return frozenset({Defined(index.path, owner.number)})
        if "staticmethod" not in names:
            return frozenset({Instance(Defined(index.path, owner.number))})
    if term.annotation is None:
        return ANYTHING
    outside = Where(index.path, max(function.parent, 0))
    return resolver.values(term.annotation, outside)


def _literal(_: Resolver, term: Constant, __: Where) -> frozenset[Value]:
    if term.type == "NoneType":
        return frozenset({Literal("NoneType", None)})
    return frozenset({Instance(External(f"builtins.{term.type}"))})


def element_values(resolver: Resolver, term: Element, where: Where) -> frozenset[Value]:
    if isinstance(term.base, Display) and term.base.items:
        return resolver.union(term.base.items, where)
    found = (
        resolver.yielded(value.function)
        if isinstance(value, Generated)
        else resolver.members.protocol(value, "__iter__")
        for value in resolver.values(term.base, where)
    )
    return frozenset().union(*found)


def _item(resolver: Resolver, term: Item, where: Where) -> frozenset[Value]:
    name = (
        "slice" if isinstance(term.index, Display) and term.index.type == "slice" else "__getitem__"
    )
    base = resolver.values(term.base, where)
    if name == "slice":
        return base
    return frozenset().union(*(resolver.members.protocol(value, name) for value in base))


def _part(resolver: Resolver, term: Part, where: Where) -> frozenset[Value]:
    if isinstance(term.base, Display) and 0 <= term.index < len(term.base.items):
        return resolver.values(term.base.items[term.index], where)
    found = (
        resolver.attribute(value, str(term.index)) if isinstance(value, Instance) else ANYTHING
        for value in resolver.values(term.base, where)
    )
    return frozenset().union(*found)


def listed(value: Value) -> Value:
    """A list of such values."""
    return Instance(External("builtins.list"), value.of if isinstance(value, Instance) else None)


def held_instance(value: Value) -> Value:
    """An instance of a class, or of what a queryset or manager holds."""
    model = value.element if isinstance(value, Instance) else value
    return Instance(model) if isinstance(model, (External, Defined)) else UNKNOWN


def _entered(resolver: Resolver, term: Entered, where: Where) -> frozenset[Value]:
    found = (resolver.members.entered(v, term.awaited) for v in resolver.values(term.base, where))
    return frozenset().union(*found)


def _awaited(resolver: Resolver, term: Awaited, where: Where) -> frozenset[Value]:
    return frozenset(
        value.result if isinstance(value, Awaitable) else UNKNOWN
        for value in resolver.values(term.base, where)
    )


def _operation(resolver: Resolver, term: Operation, where: Where) -> frozenset[Value]:
    if term.operator != "Div":
        return ANYTHING
    for side, name in ((term.left, "__truediv__"), (term.right, "__rtruediv__")):
        sides = resolver.values(side, where)
        found = frozenset[Value]().union(*(resolver.members.protocol(v, name) for v in sides))
        if found and UNKNOWN not in found:
            return found
    return ANYTHING


def _call(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    callees = _present(resolver.values(term.func, where))
    return frozenset().union(*(resolver.called(value, term, where) for value in callees))


def _attr(resolver: Resolver, term: Attr, where: Where) -> frozenset[Value]:
    bases = _present(resolver.values(term.base, where))
    return frozenset().union(*(resolver.attribute(value, term.name) for value in bases))


def _present(values: frozenset[Value]) -> Iterator[Value]:
    """The values that have members: what is asked of None would have failed before."""
    return (value for value in values if not is_none(value))


def _declared(resolver: Resolver, term: Declared, where: Where) -> frozenset[Value]:
    found = resolver.values(term.value, where)
    here = resolver.scope(Defined(where.path, where.scope))
    if here is not None and here.kind is ScopeKind.CLASS and any(map(resolver.is_function, found)):
        return ANYTHING  # a field's default: the field of an instance may hold another function
    return resolver.values(term.annotation, where) if UNKNOWN in found else found


EVALUATORS: dict[type, Callable[[Resolver, Any, Where], frozenset[Value]]] = {
    Name: lambda resolver, term, where: resolver.lookup(term.id, where),
    Attr: _attr,
    Call: _call,
    Item: _item,
    Element: element_values,
    Part: _part,
    Entered: _entered,
    Awaited: _awaited,
    Operation: _operation,
    Either: lambda resolver, term, where: resolver.union(term.options, where),
    Constant: _literal,
    Display: lambda _, term, __: frozenset({Instance(External(f"builtins.{term.type}"))}),
    Annotation: lambda resolver, term, where: resolver.promised(term.type, where),
    Declared: _declared,
    Imported: lambda resolver, term, where: resolver.imported(term, where),
    Scoped: lambda _, term, where: frozenset({Defined(where.path, term.scope)}),
    Argument: _argument,
}
