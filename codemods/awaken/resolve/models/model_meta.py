"""What the inner class `Meta` says of a model, and which class of a family has the table.

Source: https://docs.djangoproject.com/en/5.2/topics/db/models/#model-inheritance, and `ModelBase.__new__`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Constant, Scoped
from awaken.resolve.values import Defined, External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import Scope
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

MODEL = "django.db.models.base.Model"


def is_model(resolver: Resolver, value: Value) -> bool:
    """Whether a class is certainly a model of Django's."""
    if isinstance(value, External):
        return any(known.name == MODEL for known in resolver.catalogue.ancestry(value.name))
    return isinstance(value, Defined) and any(
        isinstance(base, External) and is_model(resolver, base)
        for base in resolver.members.lineage(value)
    )


def is_abstract(resolver: Resolver, model: Defined) -> bool:
    """Whether a model has no table of its own, but gives its fields to those below it."""
    meta = _meta(resolver, model)
    return meta is not None and _constant(meta, "abstract") is True


def is_proxy(resolver: Resolver, model: Defined) -> bool:
    """Whether a model is another face of the table of the model above it."""
    meta = _meta(resolver, model)
    return meta is not None and _constant(meta, "proxy") is True


def option(resolver: Resolver, model: Defined, name: str) -> str:
    """The text that `Meta` gives to an option, of the model's own or that of an abstract base; else empty."""
    for base in _with_abstract_bases(resolver, model):
        meta = _meta(resolver, base)
        if meta is not None and name in meta.bindings:
            found = _constant(meta, name)
            return found if isinstance(found, str) else ""
        if meta is not None and not meta.bases:
            return ""
    return ""


def concrete(resolver: Resolver, model: Defined, owner: Defined) -> Defined:
    """The class that has the column of a field which `owner` declares, for an object of the class `model`.

    That is `owner`, or where it is abstract the first class above `model` that is not.
    """
    found = model
    for base in resolver.members.lineage(model):
        if isinstance(base, Defined) and owner in resolver.members.lineage(base):
            if base == owner:
                return found if is_abstract(resolver, owner) else owner
            if not is_abstract(resolver, base):
                found = base
    return found


def _with_abstract_bases(resolver: Resolver, model: Defined) -> Iterator[Defined]:
    yield model
    for base in resolver.members.lineage(model):
        if isinstance(base, Defined) and base != model and is_abstract(resolver, base):
            yield base


def _meta(resolver: Resolver, model: Defined) -> Scope | None:
    """The body of the class's own `Meta`."""
    scope = resolver.scope(model)
    bindings = scope.bindings.get("Meta", ()) if scope else ()
    term = bindings[-1].term if bindings else None
    return resolver.scope(Defined(model.path, term.scope)) if isinstance(term, Scoped) else None


def _constant(meta: Scope, name: str) -> str | int | float | bool | None:
    bindings = meta.bindings.get(name, ())
    term = bindings[-1].term if bindings else None
    return term.value if isinstance(term, Constant) else None
