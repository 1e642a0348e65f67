"""Managers and querysets: whose rows they give, and what comes along with them from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from awaken.catalogue.schema import Holds
from awaken.resolve.models.model_managers import RELATED
from awaken.resolve.values import Bound, Defined, External, Instance, Method

if TYPE_CHECKING:
    from awaken.index.terms import Attr
    from awaken.resolve.evaluation import Where
    from awaken.resolve.models.model_fields import Field
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_MANAGER = "django.db.models.manager.Manager"
_QUERYSET = "django.db.models.query.QuerySet"
_DJANGOS = ("django.db.models.", "django.contrib.")


class Manager(NamedTuple):
    """A manager, by what comes along with its rows.

    Attributes:
        loaded: relations of its rows that are known without a query: of `author.books`, each book's author.
        begins: the method of the project that says which rows it begins with; None for Django's own.
    """

    loaded: tuple[str, ...]
    begins: Bound | None


def manager_of(resolver: Resolver, value: Value, term: Attr, where: Where) -> Manager | None:
    """The manager that an attribute holds; None for anything else, and where not all of its class can be seen.

    Args:
        resolver: knows the project.
        value: what the attribute holds.
        term: the attribute.
        where: the place from which its names are looked up.
    """
    if not isinstance(value, Instance) or not _is_seen(resolver, value):
        return None
    made_of_queryset = is_queryset(resolver, value.of)  # `BookQuerySet.as_manager()`
    if made_of_queryset and not _of_class(resolver, term, where):
        return None
    methods = resolver.members.of_instance(value, "get_queryset")
    begins = [each for each in methods if isinstance(each, Bound)]
    if len(methods) > 1 and begins:
        return None
    loaded = tuple(_known_sides(resolver, term, where))
    return Manager(loaded, begins[0] if begins else None)


def _is_seen(resolver: Resolver, value: Instance) -> bool:
    """Whether an object is a manager, and every class that it has its methods from is the project's or Django's."""
    for base in resolver.model_managers.family(value):
        if isinstance(base, Defined):
            continue
        if not isinstance(base, External) or not base.name.startswith(_DJANGOS):
            return False
        if _ends_in(resolver, base.name) & {_MANAGER, _QUERYSET}:
            return True
    return False


def _ends_in(resolver: Resolver, name: str) -> set[str]:
    return {known.name for known in resolver.catalogue.ancestry(name)}


def _of_class(resolver: Resolver, term: Attr, where: Where) -> bool:
    """Whether an attribute is one of a class: what an object has there may be a queryset."""
    owners = resolver.values(term.base, where)
    return all(isinstance(each, Defined) and resolver.is_class(each) for each in owners)


def is_queryset(resolver: Resolver, value: External | Defined) -> bool:
    """Whether a class is a queryset, and nothing that cannot be seen is between it and Django's."""
    for base in resolver.members.lineage(value):
        if isinstance(base, Defined):
            continue
        if not isinstance(base, External) or not base.name.startswith(_DJANGOS):
            return False
        if _QUERYSET in _ends_in(resolver, base.name):
            return True
    return False


def of_django(resolver: Resolver, value: Method) -> bool:
    """Whether a method is one of Django's querysets or managers."""
    return bool(_ends_in(resolver, value.owner) & {_MANAGER, _QUERYSET, RELATED})


def _known_sides(resolver: Resolver, term: Attr, where: Where) -> list[str]:
    """The foreign key by which `author.books` finds its rows."""
    found = []
    for owner in resolver.values(term.base, where):
        field = (
            resolver.model_fields.field(owner.of, term.name)
            if isinstance(owner, Instance)
            else None
        )
        if field is not None and field.backwards and field.entry.holds is Holds.ONE:
            found += _declared_as(resolver, field)
    return found


def _declared_as(resolver: Resolver, field: Field) -> list[str]:
    """The name under which a model declares a field that points to another one."""
    scope = resolver.scope(field.model)
    return [
        name
        for name, bindings in (scope.bindings.items() if scope else ())
        if any(_declares(each.term, field) for each in bindings)
    ]


def _declares(term: object, field: Field) -> bool:
    return term is field.call or getattr(term, "value", None) is field.call
