"""Where one object comes from, by the kind of the term that stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awaken.detect.orm.rows.at import At
from awaken.detect.orm.rows.managers import of_django
from awaken.detect.orm.rows.origin import STRANGER, Origin
from awaken.detect.orm.rows.steps import FOUND_OR_MADE, MADE, ONE_ROW
from awaken.index.terms import (
    OPAQUE,
    Argument,
    Attr,
    Awaited,
    Call,
    Constant,
    Declared,
    Display,
    Either,
    Element,
    Elsewhere,
    Item,
    Name,
    Part,
    is_slice,
)
from awaken.resolve.evaluation import Where
from awaken.resolve.unwrapped import unwrapped
from awaken.resolve.values import Bound, Contained, Defined, External, Instance, Method

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from awaken.detect.orm.rows.origins import Origins
    from awaken.resolve.values import Value

    Found: TypeAlias = frozenset[Origin]

SHORTCUTS = frozenset(
    f"django.shortcuts.{name}"
    for name in (
        *("get_object_or_404", "aget_object_or_404"),
        *("get_list_or_404", "aget_list_or_404"),
    )
)
"""Functions that ask for rows of what they are given first: a model, a manager, a queryset."""
_STRANGERS = frozenset({STRANGER})
# They give one of the objects of their first argument, which is the model itself for the shortcuts.
_ONE_OF_THEM = SHORTCUTS | frozenset(
    ("builtins.next", "builtins.min", "builtins.max", "random.choice")
)
_KEY = "_id"
_UPDATES = "update_or_create"


def _name(origins: Origins, term: Name, at: At) -> Found:
    return origins.bound(term.id, at, origins.object)


def _argument(origins: Origins, term: Argument, at: At) -> Found:
    return origins.argument(term, at, origins.object)


def _either(origins: Origins, term: Either, at: At) -> Found:
    return frozenset().union(*(origins.object(each, at) for each in term.options))


def _constant(_: Origins, term: Constant, __: At) -> Found:
    return frozenset() if term.type == "NoneType" else _STRANGERS


def elsewhere(term: Elsewhere, at: At) -> At:
    """The place that a term belongs to."""
    where = Where(at.where.path, term.scope, term.line, term.column, term.suite)
    return At(where, at.visited)


def _attribute(origins: Origins, term: Attr, at: At) -> Found:
    """`book.author`: what a relation of an object leads to."""
    fields = origins.resolver.model_fields
    owners = [each.of for each in origins.values(term.base, at) if isinstance(each, Instance)]
    if not owners or any(fields.field(each, term.name) is None for each in owners):
        return _STRANGERS
    return frozenset(each.below(term.name) for each in origins.object(term.base, at))


def _item(origins: Origins, term: Item, at: At) -> Found:
    return _STRANGERS if is_slice(term) else origins.rows(term.base, at)


def _part(origins: Origins, term: Part, at: At) -> Found:
    """One of several targets: of `get_or_create`, of a tuple, of `enumerate` and `zip`."""
    base = term.base.base if isinstance(term.base, Awaited) else term.base
    if isinstance(base, Display) and 0 <= term.index < len(base.items):
        return origins.object(base.items[term.index], at)
    if isinstance(base, Call):
        inner = unwrapped(origins.resolver, base, at.where) or base
        values = origins.values(inner.func, at)
        names = {each.entry.name for each in values if isinstance(each, Method)}
        found_or_made = bool(names) and names <= FOUND_OR_MADE and term.index == 0
        return origins.object(inner, at) if found_or_made else _STRANGERS
    if isinstance(base, Element) and isinstance(base.base, Call):
        return _part_of_each(origins, base.base, term.index, at)
    return _STRANGERS


def _part_of_each(origins: Origins, call: Call, index: int, at: At) -> Found:
    values = origins.values(call.func, at)
    if values == {External("builtins.enumerate")} and index == 1 and call.args:
        return origins.rows(call.args[0], at)
    if values == {External("builtins.zip")} and 0 <= index < len(call.args):
        return origins.rows(call.args[index], at)
    return _STRANGERS


def _call(origins: Origins, term: Call, at: At) -> Found:
    inner = unwrapped(origins.resolver, term, at.where)
    if inner is not None:
        return origins.object(inner, at)
    values = origins.values(term.func, at)
    return frozenset().union(*(_called(origins, each, term, at) for each in values))


def _called(origins: Origins, value: Value, term: Call, at: At) -> Found:
    if isinstance(value, Method):
        return _asked(origins, value, term, at)
    if isinstance(value, External) and value.name in _ONE_OF_THEM and term.args:
        rows = origins.rows(term.args[0], at)
        return origins.given(rows, term, at) if value.name in SHORTCUTS else rows
    if isinstance(value, Contained) and isinstance(term.func, Attr):
        return origins.rows(term.func.base, at)
    if isinstance(value, Defined) and origins.resolver.is_class(value):
        return frozenset({_made(term)})
    if isinstance(value, (Bound, Defined)):
        return origins.returned(value, term, at, origins.object)
    return _STRANGERS


def _asked(origins: Origins, value: Method, term: Call, at: At) -> Found:
    """A row that a method of a queryset or manager gives."""
    name = value.entry.name
    if not of_django(origins.resolver, value) or not isinstance(term.func, Attr):
        return _STRANGERS
    if name == MADE:
        return frozenset({_made(term)})
    if name not in ONE_ROW | FOUND_OR_MADE:
        return _STRANGERS
    rows = origins.asked(origins.rows(term.func.base, at), term, at)
    if name in ONE_ROW:
        return rows
    # with a join, an object that is made would still come without its relations
    return frozenset(_updated(each.unjoinable(), name, term) for each in rows)


def _updated(row: Origin, name: str, term: Call) -> Origin:
    """A row that `update_or_create` gives has what stands in `defaults`, whether it was there or not."""
    given = dict(term.keywords)
    if name != _UPDATES or not row.known:
        return row
    defaults = given.get("defaults", term.args[0] if term.args else None)
    if not isinstance(defaults, Display) or "create_defaults" in given or OPAQUE in defaults.items:
        return row if defaults is None else STRANGER
    keys = (key.value for key in defaults.items if isinstance(key, Constant))
    return row.with_loaded(key for key in keys if isinstance(key, str))


def _made(term: Call) -> Origin:
    """An object that is made of these arguments: what it was not given is None."""
    names = [name for name, _ in term.keywords]
    if None in names or term.args:
        return STRANGER
    given = frozenset(name for name in names if name is not None)
    keys = frozenset(name[: -len(_KEY)] for name in given if name.endswith(_KEY))
    return Origin(made=True, loaded=given, missing=keys, joinable=False)


OBJECTS: dict[type, Callable[[Origins, Any, At], Found]] = {
    Name: _name,
    Argument: _argument,
    Either: _either,
    Constant: _constant,
    Attr: _attribute,
    Item: _item,
    Part: _part,
    Call: _call,
    Declared: lambda origins, term, at: origins.object(term.value, at),
    Awaited: lambda origins, term, at: origins.object(term.base, at),
    Element: lambda origins, term, at: origins.rows(term.base, at),
    Elsewhere: lambda origins, term, at: origins.object(term.term, elsewhere(term, at)),
}
"""One rule for each kind of term that may stand for an object."""
