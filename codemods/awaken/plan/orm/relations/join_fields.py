"""Whether a relation can be asked for together with the rows that have it, and is then what it is by itself.

Source: https://docs.djangoproject.com/en/5.2/ref/models/querysets/#select-related
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.catalogue.schema import Holds
from awaken.index.terms import Constant
from awaken.resolve.evaluation import Where
from awaken.resolve.models.model_labels import SOME_USER
from awaken.resolve.models.model_meta import option
from awaken.resolve.values import Defined, External

if TYPE_CHECKING:
    from awaken.resolve.models.model_fields import Field
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_DJANGOS = "django."
# What a model of the project may do when one of its objects is made: for every row, also for those nobody reads.
_WHEN_MADE = ("__init__", "__new__", "from_db")
_BASE_MANAGER = "base_manager_name"


def may_be_joined(resolver: Resolver, field: Field) -> bool:
    """Whether a join gives the object that reading the field gives.

    Rows whose foreign key leads nowhere would be left out: that takes a key without a constraint. A manager that the
    other model names for such reads would be passed over.

    Args:
        resolver: knows the project.
        field: the field that is read.
    """
    return (
        field.holds is Holds.ONE
        and _is_djangos_own(resolver, field)
        and _is_constrained(field)
        and _is_simple(resolver, field.target)
        and _is_simple(resolver, field.model)
    )


def _is_djangos_own(resolver: Resolver, field: Field) -> bool:
    kinds = resolver.values(field.call.func, Where(field.model.path, field.model.scope))
    return all(isinstance(kind, External) and kind.name.startswith(_DJANGOS) for kind in kinds)


def _is_constrained(field: Field) -> bool:
    given = dict(field.call.keywords)
    said = None not in given and "parent_link" not in given and "to_field" not in given
    return said and given.get("db_constraint", Constant("bool", True)) == Constant("bool", True)


def _is_simple(resolver: Resolver, model: Value) -> bool:
    """Whether nothing but Django makes the objects of a model."""
    if isinstance(model, External):
        return model.name.startswith(_DJANGOS) and model != SOME_USER
    if not isinstance(model, Defined) or option(resolver, model, _BASE_MANAGER):
        return False
    for base in resolver.members.lineage(model):
        scope = resolver.scope(base) if isinstance(base, Defined) else None
        foreign = isinstance(base, External) and base.name.startswith((_DJANGOS, "builtins."))
        if not foreign and (scope is None or any(name in scope.bindings for name in _WHEN_MADE)):
            return False
    return True
