"""What comes out of containers whose type arguments are known: `list[X]`, `dict[str, X]`, `tuple[X, Y]`."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from awaken.index.terms import Constant
from awaken.resolve.values import ANYTHING, NONE, NOTHING, External, Instance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from awaken.index.terms import Term
    from awaken.resolve.values import Contained, Value


class _Layout(Enum):
    """What the type arguments stand for."""

    ITEMS = "the first one for each item"
    PLACES = "one for each place, or one for all"
    PAIRS = "keys, then values"


_NAMES: Mapping[_Layout, Mapping[str, tuple[str, ...]]] = {
    _Layout.ITEMS: {
        "builtins": (
            *("list", "set", "frozenset", "generator"),
            *("enumerate", "zip", "reversed", "filter"),
        ),
        "typing": (
            *("List", "Set", "FrozenSet", "Deque", "Sequence", "MutableSequence", "AbstractSet"),
            *("MutableSet", "Collection", "Container", "Iterable", "Iterator", "Generator"),
            *(
                "Reversible",
                "AsyncIterable",
                "AsyncIterator",
                "AsyncGenerator",
                "KeysView",
                "ValuesView",
            ),
        ),
        "collections": ("deque",),
        "collections.abc": (
            *("Sequence", "MutableSequence", "Set", "MutableSet", "Collection", "Container"),
            *("Iterable", "Iterator", "Generator", "Reversible", "KeysView", "ValuesView"),
            *("AsyncIterable", "AsyncIterator", "AsyncGenerator"),
        ),
        "itertools": ("chain", "islice"),
    },
    _Layout.PLACES: {"builtins": ("tuple",), "typing": ("Tuple",)},
    _Layout.PAIRS: {
        "builtins": ("dict",),
        "typing": ("Dict", "Mapping", "MutableMapping", "DefaultDict", "OrderedDict"),
        "collections": ("defaultdict", "OrderedDict"),
        "collections.abc": ("Mapping", "MutableMapping"),
        "types": ("MappingProxyType",),
        "weakref": ("WeakValueDictionary", "WeakKeyDictionary"),
    },
}
_LAYOUTS: Mapping[str, _Layout] = {
    f"{module}.{name}": layout
    for layout, modules in _NAMES.items()
    for module, names in modules.items()
    for name in names
}
_PAIR = 2


def is_container(value: External) -> bool:
    """Whether a class holds what its type arguments name."""
    return value.name in _LAYOUTS


def sequence(items: frozenset[Value], name: str = "list") -> Instance:
    """A builtin container that holds such items."""
    classes = [each.of for each in items if isinstance(each, Instance)]
    element = classes[0] if len(items) == len(classes) == 1 else None
    return Instance(External(f"builtins.{name}"), element, (items,))


def iterator_of(item: Value) -> Instance:
    """Something that gives such items when it is iterated."""
    element = item.of if isinstance(item, Instance) else None
    return Instance(External("collections.abc.Iterator"), element, (frozenset({item}),))


def tuple_of(*places: frozenset[Value]) -> Instance:
    """A tuple with one set of values for each place."""
    return Instance(External("builtins.tuple"), None, places)


def items_of(value: Instance) -> frozenset[Value]:
    """What iterating over a container gives; nothing when that is not known."""
    layout = _layout(value)
    if layout is _Layout.PLACES:
        return frozenset().union(*value.held)
    return value.held[0] if layout else NOTHING


def item_at(value: Instance, index: Term) -> frozenset[Value]:
    """What `container[index]` gives; nothing when that is not known."""
    layout = _layout(value)
    if layout is _Layout.PAIRS:
        return value.held[1] if len(value.held) == _PAIR else NOTHING
    place = index.value if isinstance(index, Constant) else None
    if layout is _Layout.PLACES and isinstance(place, int) and len(value.held) > 1:
        return value.held[place] if -len(value.held) <= place < len(value.held) else ANYTHING
    return items_of(value)


def part_of(value: Instance, index: int) -> frozenset[Value]:
    """What position `index` of an unpacked container gets, -1 for an unknown one; nothing when that is not known."""
    if _layout(value) is _Layout.PLACES and len(value.held) > 1:
        return value.held[index] if 0 <= index < len(value.held) else ANYTHING
    return items_of(value)


def has_method(value: Instance, name: str) -> bool:
    """Whether calling a method of a container is followed."""
    layout = _layout(value)
    return layout is not None and name in _METHODS[layout]


def method_result(value: Contained) -> frozenset[Value]:
    """What calling a method of a container gives."""
    layout = _layout(value.receiver)
    return _METHODS[layout][value.name](value.receiver) if layout else ANYTHING


def _layout(value: Instance) -> _Layout | None:
    if not value.held or not isinstance(value.of, External):
        return None
    layout = _LAYOUTS.get(value.of.name)
    return None if layout is _Layout.PAIRS and len(value.held) != _PAIR else layout


_METHODS: Mapping[_Layout, Mapping[str, Callable[[Instance], frozenset[Value]]]] = {
    _Layout.ITEMS: {
        "copy": lambda value: frozenset({value}),
        "pop": lambda value: value.held[0],
        "popleft": lambda value: value.held[0],
        "__next__": lambda value: value.held[0],
    },
    _Layout.PLACES: {},
    _Layout.PAIRS: {
        "copy": lambda value: frozenset({value}),
        "get": lambda value: value.held[1] | {NONE},
        "pop": lambda value: value.held[1] | {NONE},
        "setdefault": lambda value: value.held[1],
        "keys": lambda value: frozenset({sequence(value.held[0])}),
        "values": lambda value: frozenset({sequence(value.held[1])}),
        "items": lambda value: frozenset({sequence(frozenset({tuple_of(*value.held)}))}),
        "popitem": lambda value: frozenset({tuple_of(*value.held)}),
    },
}
