"""Where the objects come from that something holds or gives: querysets, managers, lists, helpers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awaken.detect.orm.rows.at import At
from awaken.detect.orm.rows.managers import is_queryset, manager_of, of_django
from awaken.detect.orm.rows.objects import SHORTCUTS, elsewhere
from awaken.detect.orm.rows.origin import STRANGER, Origin
from awaken.detect.orm.rows.prefetched import ALL_ROWS, rows_of_relation
from awaken.detect.orm.rows.steps import GIVES_ITERATOR, step
from awaken.index.terms import (
    Argument,
    Attr,
    Awaited,
    Call,
    Comprehended,
    Declared,
    Display,
    Either,
    Elsewhere,
    Item,
    Name,
    is_slice,
)
from awaken.resolve.evaluation import Where
from awaken.resolve.unwrapped import unwrapped
from awaken.resolve.values import Bound, Contained, Defined, External, Instance, Method

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from awaken.detect.orm.rows.origins import Origins
    from awaken.index.terms import Term
    from awaken.resolve.values import Value

    Found: TypeAlias = frozenset[Origin]

_STRANGERS = frozenset({STRANGER})
# They give the objects of their first argument, all of them or some.
_SAME_ROWS = frozenset(
    (
        *("builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset"),
        *("builtins.sorted", "builtins.reversed", "builtins.iter", "itertools.islice"),
    )
)
_ALL_ROWS = "in_bulk"
_SUPER = Name("super")


def _name(origins: Origins, term: Name, at: At) -> Found:
    return _of_model(origins, term, at) or origins.bound(term.id, at, origins.rows)


def _attribute(origins: Origins, term: Attr, at: At) -> Found:
    """`Book.objects`, `author.books`."""
    found = (_managed(origins, each, term, at) for each in origins.values(term, at))
    return _of_model(origins, term, at) or frozenset().union(*found) or _STRANGERS


def _of_model(origins: Origins, term: Name | Attr, at: At) -> Found:
    """The rows of a model that is given itself, as to `get_object_or_404`; nothing where it is none."""
    values = origins.values(term, at)
    models = all(isinstance(each, Defined) and origins.resolver.is_class(each) for each in values)
    if not values or not models:
        return frozenset()
    return _attribute(origins, Attr(term, "_default_manager"), at)


def _managed(origins: Origins, value: Value, term: Attr, at: At) -> Found:
    manager = manager_of(origins.resolver, value, term, at.where)
    if manager is None:
        return _STRANGERS
    if manager.begins is None:
        return frozenset({Origin().with_loaded(manager.loaded)})
    call = Call(Attr(term, "get_queryset"))
    begun = origins.returned(manager.begins, call, at, origins.rows)
    return frozenset(each.with_loaded(manager.loaded) if each.known else each for each in begun)


def _argument(origins: Origins, term: Argument, at: At) -> Found:
    return origins.argument(term, at, origins.rows)


def _either(origins: Origins, term: Either, at: At) -> Found:
    return frozenset().union(*(origins.rows(each, at) for each in term.options))


def _display(origins: Origins, term: Display, at: At) -> Found:
    items = term.values if term.type == "dict" else term.items
    return frozenset().union(*(origins.object(each, at) for each in items))


def _comprehended(origins: Origins, term: Comprehended, at: At) -> Found:
    made = term.item if term.value is None else term.value
    return origins.object(made, At(Where(at.where.path, term.scope), at.visited))


def _item(origins: Origins, term: Item, at: At) -> Found:
    return origins.rows(term.base, at) if is_slice(term) else _STRANGERS


def _call(origins: Origins, term: Call, at: At) -> Found:
    inner = unwrapped(origins.resolver, term, at.where)
    if inner is not None:
        return origins.rows(inner, at)
    values = origins.values(term.func, at)
    return frozenset().union(*(_called(origins, each, term, at) for each in values))


def _called(origins: Origins, value: Value, term: Call, at: At) -> Found:
    if isinstance(value, Method):
        return _stepped(origins, value, term, at)
    if isinstance(value, Contained) and isinstance(term.func, Attr):
        return origins.rows(term.func.base, at)
    if isinstance(value, External) and value.name in _SAME_ROWS | SHORTCUTS and term.args:
        rows = origins.rows(term.args[0], at)
        return origins.given(rows, term, at) if value.name in SHORTCUTS else rows
    if isinstance(value, (External, Defined)) and is_queryset(origins.resolver, value):
        return frozenset({Origin()})  # `BookQuerySet(self.model)`
    if isinstance(value, (Bound, Defined)):
        found = origins.returned(value, term, at, origins.rows)
        return origins.behind(found, term, at) if _is_lazy(origins, term, at) else found
    return _STRANGERS


def _stepped(origins: Origins, value: Method, term: Call, at: At) -> Found:
    """What one more method of a queryset or manager makes of its rows."""
    name, func = value.entry.name, term.func
    if not of_django(origins.resolver, value) or not isinstance(func, Attr):
        return _STRANGERS
    if name in ALL_ROWS and isinstance(func.base, Attr):
        along = rows_of_relation(origins, func.base, at)
        if along:
            return along
    above = isinstance(func.base, Call) and func.base.func == _SUPER
    rows = frozenset({Origin()}) if above else origins.rows(func.base, at)
    if name == _ALL_ROWS or name in GIVES_ITERATOR:
        return origins.asked(rows, term, at)
    call = Call(func, tuple(_said(origins, each, at) for each in term.args), term.keywords)
    return origins.behind(frozenset(step(name, each, call) for each in rows), term, at)


def _said(origins: Origins, argument: Term, at: At) -> Term:
    """An argument as it was given to the variable that is passed, where there is only one."""
    if not isinstance(argument, Name):
        return argument
    bindings = origins.resolver.bindings(argument.id, at.where)
    return bindings[0].term if len(bindings) == 1 else argument


def _is_lazy(origins: Origins, term: Call, at: At) -> bool:
    """Whether a call gives a queryset, of which more can be asked."""
    values = origins.values(term, at)
    return bool(values) and all(
        isinstance(each, Instance) and is_queryset(origins.resolver, each.of) for each in values
    )


ROWS: dict[type, Callable[[Origins, Any, At], Found]] = {
    Name: _name,
    Attr: _attribute,
    Argument: _argument,
    Either: _either,
    Display: _display,
    Comprehended: _comprehended,
    Item: _item,
    Call: _call,
    Declared: lambda origins, term, at: origins.rows(term.value, at),
    Awaited: lambda origins, term, at: origins.rows(term.base, at),
    Elsewhere: lambda origins, term, at: origins.rows(term.term, elsewhere(term, at)),
}
"""One rule for each kind of term that may hold objects."""
