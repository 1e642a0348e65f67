"""Managers and querysets: whose rows they give, and what comes along with them from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from awaken.catalogue.schema import Holds
from awaken.resolve.values import Bound, Defined, External, Instance, Method

if TYPE_CHECKING:
    from awaken.index.terms import Attr
    from awaken.resolve.evaluation import Where
    from awaken.resolve.model_fields import Field
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_MANAGER = "django.db.models.manager.Manager"
_QUERYSET = "django.db.models.query.QuerySet"
_DJANGOS = ("django.db.models.", "django.contrib.")


class Manager(NamedTuple):
    """A manager of Django's own, or one that changes nothing about its rows.

    Attributes:
        loaded: relations of its rows that are known without a query: of `author.books`, each book's author.
    """

    loaded: tuple[str, ...] = ()


def manager_of(
    resolver: Resolver, value: Value, term: Attr, where: Where
) -> Manager | Bound | None:
    """The manager that an attribute holds; where the project says what rows it begins with, the method that does.

    Args:
        resolver: knows the project.
        value: what the attribute holds.
        term: the attribute.
        where: the place from which its names are looked up.
    """
    if not isinstance(value, Instance):
        return None
    if is_queryset(resolver, value.of):
        return (
            Manager() if _of_class(resolver, term, where) else None
        )  # `BookQuerySet.as_manager()`
    if not _is(resolver, value.of, _MANAGER):
        return None
    methods = resolver.members.of_instance(value, "get_queryset")
    if any(isinstance(each, Bound) for each in methods):
        only = next(iter(methods))
        return only if len(methods) == 1 and isinstance(only, Bound) else None
    if not all(isinstance(each, Method) for each in methods):
        return None
    return Manager(tuple(_known_sides(resolver, term, where)))


def _of_class(resolver: Resolver, term: Attr, where: Where) -> bool:
    owners = resolver.values(term.base, where)
    return all(isinstance(each, Defined) and resolver.is_class(each) for each in owners)


def is_queryset(resolver: Resolver, value: External | Defined) -> bool:
    """Whether a class is a queryset, and nothing that cannot be seen is between it and Django's."""
    return _is(resolver, value, _QUERYSET)


def of_django(resolver: Resolver, value: Method) -> bool:
    """Whether a method is one of Django's querysets or managers."""
    names = {known.name for known in resolver.catalogue.ancestry(value.owner)}
    return bool(names & {_MANAGER, _QUERYSET})


def _is(resolver: Resolver, value: External | Defined, name: str) -> bool:
    for base in resolver.members.lineage(value):
        if isinstance(base, Defined):
            continue
        if not isinstance(base, External) or not base.name.startswith(_DJANGOS):
            return False
        if any(known.name == name for known in resolver.catalogue.ancestry(base.name)):
            return True
    return False


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
