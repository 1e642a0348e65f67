"""What each kind of term stands for: one small function for each, over the resolver's questions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from awaken.index.summary import Scope, ScopeKind
from awaken.index.terms import (
    Annotation,
    Argument,
    Attr,
    Awaited,
    Call,
    Comprehended,
    Constant,
    Declared,
    Display,
    Either,
    Element,
    Elsewhere,
    Entered,
    Imported,
    Item,
    Name,
    Operation,
    Part,
    Scoped,
    Term,
    slice_protocol,
)
from awaken.resolve.annotations import alias, promised
from awaken.resolve.containers import is_container, item_at, items_of, part_of, tuple_of
from awaken.resolve.dependencies import injected
from awaken.resolve.evaluation import Where
from awaken.resolve.handed_parameters import handed
from awaken.resolve.members import is_class_method
from awaken.resolve.models.signal_handlers import sent
from awaken.resolve.unwrapped import unwrapped
from awaken.resolve.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    Awaitable,
    Bound,
    Defined,
    External,
    Generated,
    Instance,
    Literal,
    Value,
    is_none,
    sole,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.index.summary import FileIndex
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
        if is_class_method(function):
            return frozenset({Defined(index.path, owner.number)})
        if "staticmethod" not in _decorator_names(function):
            return frozenset({Instance(Defined(index.path, owner.number), itself=True)})
    outside = Where(index.path, max(function.parent, 0))
    return _declared_argument(resolver, index, term, outside)


def _declared_argument(
    resolver: Resolver, index: FileIndex, term: Argument, where: Where
) -> frozenset[Value]:
    """By its annotation; else by what a framework calls for it, or calls the function with."""
    found = resolver.values(term.annotation, where) if term.annotation else ANYTHING
    if UNKNOWN in found:
        found = injected(resolver, term, where)
    if UNKNOWN in found:
        found = sent(resolver, index.scopes[term.scope], term, where) or found
    return handed(resolver, index, term) if UNKNOWN in found else found


def _decorator_names(function: Scope) -> set[str]:
    return {each.id for each in function.decorators if isinstance(each, Name)}


def _literal(_: Resolver, term: Constant, __: Where) -> frozenset[Value]:
    if term.type == "NoneType":
        return frozenset({Literal("NoneType", None)})
    return frozenset({Instance(External(f"builtins.{term.type}"))})


def _display(resolver: Resolver, term: Display, where: Where) -> frozenset[Value]:
    if term.type == "tuple":
        # Nobody can change what a tuple holds.
        return frozenset({tuple_of(*(resolver.values(item, where) for item in term.items))})
    if term.type == "dict":
        keys = _alike(resolver.union(term.items, where)) or ANYTHING
        return _container(term.type, keys, _alike(resolver.union(term.values, where)))
    return _container(term.type, _alike(resolver.union(term.items, where)))


def _elsewhere(resolver: Resolver, term: Elsewhere, where: Where) -> frozenset[Value]:
    at = Where(where.path, term.scope, term.line, term.column, term.suite)
    return resolver.values(term.term, at)


def _comprehended(resolver: Resolver, term: Comprehended, where: Where) -> frozenset[Value]:
    inside = Where(where.path, term.scope)
    items = _alike(resolver.values(term.item, inside))
    if term.value is None:
        return _container(term.type, items)
    return _container(term.type, items or ANYTHING, _alike(resolver.values(term.value, inside)))


def _container(name: str, *held: frozenset[Value]) -> frozenset[Value]:
    """A list, set, dict or generator with what it holds, where that is known."""
    element = sole(held[0]) if held else UNKNOWN
    of = element.of if isinstance(element, Instance) else None
    known = held if all(held) else ()
    return frozenset({Instance(External(f"builtins.{name}"), of if known else None, known)})


def _alike(items: frozenset[Value]) -> frozenset[Value]:
    """The items, if they are of one class: what is added later is taken to be of it, too, as type checkers do."""
    one = len({each.of for each in items if isinstance(each, Instance)}) == 1
    return items if one and all(isinstance(each, Instance) for each in items) else NOTHING


def element_values(resolver: Resolver, term: Element, where: Where) -> frozenset[Value]:
    if isinstance(term.base, Display) and term.base.items:
        return resolver.union(term.base.items, where)
    values = resolver.values(term.base, where)
    return frozenset().union(*(items_of_value(resolver, value) for value in values))


def items_of_value(resolver: Resolver, value: Value) -> frozenset[Value]:
    """What iterating over a value gives, with `for` or with `async for`."""
    if isinstance(value, Generated):
        return resolver.yielded(value)
    given = (
        value.result if isinstance(value, Awaitable) else value
    )  # `async for` over `aiterator()`
    known = items_of(given) if isinstance(given, Instance) else None
    return known or resolver.members.protocol(value, "__iter__")


def _item(resolver: Resolver, term: Item, where: Where) -> frozenset[Value]:
    named = alias(resolver, term, where)
    if named is not None:
        return frozenset({named})
    base = resolver.values(term.base, where)
    if slice_protocol(term):
        return frozenset(_sliced(resolver, value, term) for value in base)
    found = (
        (item_at(value, term.index) if isinstance(value, Instance) else None)
        or resolver.members.protocol(value, "__getitem__")
        for value in base
    )
    return frozenset().union(*found)


def _sliced(resolver: Resolver, value: Value, term: Item) -> Value:
    """What a slice gives: the same kind of thing, where the catalogue does not say otherwise."""
    if not isinstance(value, Instance):
        return value
    known = resolver.members.protocol(value, slice_protocol(term))
    return sole(known) if UNKNOWN not in known else value


def _part(resolver: Resolver, term: Part, where: Where) -> frozenset[Value]:
    if isinstance(term.base, Display) and 0 <= term.index < len(term.base.items):
        return resolver.values(term.base.items[term.index], where)
    found = (_part_of(resolver, value, term) for value in resolver.values(term.base, where))
    return frozenset().union(*found)


def _part_of(resolver: Resolver, value: Value, term: Part) -> frozenset[Value]:
    """By its place in a tuple; else it is what iterating gives."""
    if not isinstance(value, Instance):
        return ANYTHING
    named = part_of(value, term.index) or resolver.attribute(value, str(term.index))
    return named if UNKNOWN not in named else resolver.members.protocol(value, "__iter__")


def held_class(value: Value) -> Value:
    """A class itself, or that of what a queryset or manager holds."""
    model = value.element if isinstance(value, Instance) else value
    return model if isinstance(model, (External, Defined)) else UNKNOWN


def _entered(resolver: Resolver, term: Entered, where: Where) -> frozenset[Value]:
    found = (resolver.members.entered(v, term.awaited) for v in resolver.values(term.base, where))
    return frozenset().union(*found) or ANYTHING


def _awaited(resolver: Resolver, term: Awaited, where: Where) -> frozenset[Value]:
    return frozenset(
        value.result if isinstance(value, Awaitable) else UNKNOWN
        for value in resolver.values(term.base, where)
    )


def _operation(resolver: Resolver, term: Operation, where: Where) -> frozenset[Value]:
    named = alias(resolver, term, where) if term.operator == "BitOr" else None
    if named is not None:
        return frozenset({named})
    for left, name in zip((True, False), _OPERATORS.get(term.operator, ()), strict=False):
        sides = resolver.values(term.left if left else term.right, where)
        found = frozenset[Value]().union(*(resolver.members.protocol(v, name) for v in sides))
        if found and UNKNOWN not in found:
            return found
    return ANYTHING


def _call(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    inner = unwrapped(resolver, term, where)
    if inner is not None:
        return frozenset(map(Awaitable, resolver.values(inner, where)))
    callees = _present(resolver.values(term.func, where))
    found = frozenset[Value]().union(*(resolver.called(value, term, where) for value in callees))
    if isinstance(term.func, Call) and len(found) > 1:
        return resolver.model_managers.combined(found)
    if _is_own_class(resolver, term.func, where):
        return frozenset(map(_whichever_inherits, found))
    return found


def _attr(resolver: Resolver, term: Attr, where: Where) -> frozenset[Value]:
    owners = _parametrised(resolver, term.base, where) or resolver.values(term.base, where)
    bases = _present(owners)
    found = frozenset[Value]().union(*(resolver.attribute(value, term.name) for value in bases))
    if _is_own_class(resolver, term.base, where):
        return frozenset(map(_whichever_inherits, found))
    return found


def _parametrised(resolver: Resolver, term: Term, where: Where) -> frozenset[Value]:
    """The class in `Manager[Book].from_queryset`, which has the attributes; nothing where it is none."""
    owners = resolver.values(term.base, where) if isinstance(term, Item) else NOTHING
    known = all(
        resolver.catalogue.type(base.name) is not None if isinstance(base, External) else False
        for owner in owners
        for base in _lineage(resolver, owner)
    )
    return owners if known else NOTHING


def _lineage(resolver: Resolver, owner: Value) -> Iterator[Value]:
    """A class and those above it that are not of the project: a class of enums has items, not parameters."""
    if isinstance(owner, Defined) and resolver.is_class(owner):
        above = resolver.members.lineage(owner)
        yield from (base for base in above if not isinstance(base, Defined))
    else:
        yield owner


def _is_own_class(resolver: Resolver, term: Term, where: Where) -> bool:
    """Whether a term is the class that the method around was called on: `cls`, `type(self)`."""
    if isinstance(term, Call) and term.func == Name("type") and len(term.args) == 1:
        term, wants_class = term.args[0], False
    elif isinstance(term, Attr) and term.name == "__class__":
        term, wants_class = term.base, False
    else:
        wants_class = True
    if not isinstance(term, Name):
        return False
    method = resolver.enclosing_method(where)
    if method is None or (term.id,) != method.parameters[:1]:
        return False
    bound_once = len(method.bindings.get(term.id, ())) == 1
    return bound_once and is_class_method(method) is wants_class


def _whichever_inherits(value: Value) -> Value:
    """What a class gives, where it may be any that inherits from it."""
    if isinstance(value, Instance) and isinstance(value.of, Defined):
        return replace(value, itself=True)
    if isinstance(value, Awaitable):
        return Awaitable(_whichever_inherits(value.result))
    if isinstance(value, Bound):
        return replace(value, receiver=replace(value.receiver, itself=True))
    return value


def _present(values: frozenset[Value]) -> Iterator[Value]:
    """The values that have members: what is asked of None would have failed before."""
    return (value for value in values if not is_none(value))


def _declared(resolver: Resolver, term: Declared, where: Where) -> frozenset[Value]:
    found = resolver.values(term.value, where)
    here = resolver.scope(Defined(where.path, where.scope))
    if here is not None and here.kind is ScopeKind.CLASS and any(map(resolver.is_function, found)):
        return ANYTHING  # a field's default: the field of an instance may hold another function
    # An empty list says nothing of what it will hold.
    vague = UNKNOWN in found or any(_holds_anything(value) for value in found)
    return resolver.values(term.annotation, where) if vague else found


def _holds_anything(value: Value) -> bool:
    return (
        isinstance(value, Instance)
        and isinstance(value.of, External)
        and not value.held
        and value.element is None
        and is_container(value.of)
    )


# What the left side is asked for, then the right one.
_OPERATORS = {
    "Div": ("__truediv__", "__rtruediv__"),
    "BitAnd": ("__and__",),
    "BitOr": ("__or__",),
    "BitXor": ("__xor__",),
}

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
    Display: _display,
    Elsewhere: _elsewhere,
    Comprehended: _comprehended,
    Annotation: lambda resolver, term, where: promised(resolver, term.type, where),
    Declared: _declared,
    Imported: lambda resolver, term, where: resolver.imported(term, where),
    Scoped: lambda _, term, where: frozenset({Defined(where.path, term.scope)}),
    Argument: _argument,
}
