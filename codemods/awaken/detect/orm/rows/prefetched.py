"""Rows of a relation that came along with the object: `for book in author.books.all()` behind `prefetch_related`.

Source: https://docs.djangoproject.com/en/5.2/ref/models/querysets/#prefetch-related: whatever implies another query is
asked of the database all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.detect.orm.rows.at import At
from awaken.index.summary import Use
from awaken.index.terms import Attr, Call, Item, Name, is_slice
from awaken.resolve.evaluation import Where
from awaken.resolve.models.model_managers import RELATED
from awaken.resolve.values import Defined, External, Instance

if TYPE_CHECKING:
    from awaken.detect.orm.rows.origin import Origin
    from awaken.detect.orm.rows.origins import Origins
    from awaken.index.summary import Site
    from awaken.index.terms import Term

_RELATED = External(RELATED)
ALL_ROWS = ("all", "get_queryset")
"""Methods of a relation's manager that give the rows that came along, where some did."""
# These look at the rows that are there.
_COUNTED = ("count", "exists")
# Source: `_remove_prefetched_objects` in the managers of relations, and `Model.refresh_from_db`.
_CHANGES = frozenset(
    (
        *("add", "remove", "set", "clear", "create", "get_or_create", "update_or_create"),
        *("update", "bulk_create"),
    )
)
_READS_AGAIN = frozenset(("refresh_from_db",))
_EVALUATED = frozenset((Use.ITERATE, Use.TRUTH, Use.CONTAINS, Use.INDEX))
_DEEPEST = 4  # names that stand for each other


def came_along(origins: Origins, site: Site, at: At) -> bool:
    """Whether what a use asks for is there already, on every way to it.

    Args:
        origins: knows where objects come from.
        site: the use.
        at: the place from which its names are looked up.
    """
    term = site.term
    if site.use in _EVALUATED:
        base = getattr(term, "base", None) if site.use is Use.INDEX else term
        return base is not None and _is_loaded(origins, base, at, 0)
    if site.use is not Use.CALL or not isinstance(term, Call):
        return False
    func = term.func
    if isinstance(func, Attr) and func.name in _COUNTED:
        related = isinstance(func.base, Attr) and _is_loaded_relation(origins, func.base, at)
        return related or _is_loaded(origins, func.base, at, 0)
    return len(term.args) > 0 and _is_loaded(origins, term.args[0], at, 0)


def _is_loaded(origins: Origins, term: Term, at: At, depth: int) -> bool:
    """Whether a term stands for all rows of a relation, unchanged, that came along with its object."""
    if isinstance(term, Name) and depth < _DEEPEST:
        bindings = origins.resolver.bindings(term.id, at.where)
        places = (
            (each.term, Where(at.where.path, each.scope, each.line, each.column, each.within))
            for each in bindings
        )
        found = [_is_loaded(origins, bound, At(where), depth + 1) for bound, where in places]
        return bool(found) and all(found)
    if isinstance(term, Item) and is_slice(term):
        return _is_loaded(origins, term.base, at, depth)
    func = term.func if isinstance(term, Call) and not (term.args or term.keywords) else None
    return (
        isinstance(func, Attr)
        and func.name in ALL_ROWS
        and isinstance(func.base, Attr)
        and _is_loaded_relation(origins, func.base, at)
    )


def _is_loaded_relation(origins: Origins, term: Attr, at: At) -> bool:
    return bool(rows_of_relation(origins, term, at))


def rows_of_relation(origins: Origins, term: Attr, at: At) -> frozenset[Origin]:
    """The rows of a relation that came along with the object, with all that came along with them; else nothing."""
    values = origins.values(term, at)
    related = all(isinstance(each, Instance) and each.of == _RELATED for each in values)
    kept = bool(values) and related and not _is_forgotten(origins, term, at)
    owners = origins.object(term.base, at) if kept else frozenset()
    if not all(term.name in each.loaded for each in owners):
        return frozenset()
    below = (each.below(term.name) for each in owners)
    return frozenset(replace(each, source=None, joinable=False) for each in below if each.known)


def _is_forgotten(origins: Origins, term: Attr, at: At) -> bool:
    """Whether the function around also changes the relation: it is asked for anew then."""
    scope = origins.resolver.scope(Defined(at.where.path, at.where.scope))
    for site in scope.sites if scope else ():
        func = site.term.func if isinstance(site.term, Call) else None
        if not isinstance(func, Attr):
            continue
        name = func.name.removeprefix("a")
        if {func.name, name} & _CHANGES and func.base == term:
            return True
        if {func.name, name} & _READS_AGAIN and func.base == term.base:
            return True
    return False
