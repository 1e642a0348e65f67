"""Managers of models: which one is the default, and what the manager of a relation has of it.

Source: `Options.managers`, `Options.default_manager`, and `create_reverse_many_to_one_manager`, which makes a
subclass of the class of the default manager.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from awaken.index.terms import Call, Declared, Name, last_part
from awaken.resolve.models.model_meta import MODEL, option
from awaken.resolve.promises import promised_value
from awaken.resolve.values import ANYTHING, NOTHING, UNKNOWN, Defined, External, Instance, sole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import Binding
    from awaken.index.terms import Term
    from awaken.resolve.answers import Kept
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

RELATED = "django.db.models.fields.related_descriptors.RelatedManager"
MANAGER = External("django.db.models.manager.Manager")
SOME_MODEL = External(MODEL)
"""What a manager manages whose model is not known."""
_MANAGER_KIND = "django.db.models.manager."
_QUERYSET_KIND = "django.db.models.query."
_KINDS = (_MANAGER_KIND, _QUERYSET_KIND)
_OF_EVERY_MODEL = "objects"


class _Named(NamedTuple):
    """A manager that a class body makes.

    Attributes:
        name: what it is called there.
        place: where that stands.
        made: the manager; None where its class is not known.
    """

    name: str
    place: tuple[int, int]
    made: Instance | None


class ModelManagers:
    """Answers which managers a model has.

    Args:
        resolver: knows the project.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._kinds: dict[External | Defined, Kept[bool]] = {}
        self._defaults: dict[Value, Kept[frozenset[Value]]] = {}

    def manages(self, value: Instance) -> bool:
        """Whether an object is a manager, or a queryset."""
        return self._resolver.kept(self._kinds, value.of, lambda: self._descends(value.of, _KINDS))

    def of_model(self, model: Defined, name: str) -> frozenset[Value]:
        """`Model._default_manager`, and `Model.objects` where that is not the one of every model; else nothing."""
        if name == "_default_manager":
            return self.default(model)
        if name != _OF_EVERY_MODEL:
            return NOTHING
        inherited = self._of_package(model)
        if inherited is not None:
            return frozenset({inherited})
        # Django makes this one for models without managers only
        return ANYTHING if next(self._of(model), None) is not None else NOTHING

    def default(self, model: External | Defined) -> frozenset[Value]:
        """What `Model._default_manager` gives."""
        return self._resolver.kept(self._defaults, model, lambda: self._default(model))

    def family(self, value: Instance) -> tuple[Value, ...]:
        """The classes that an object has its members from, in the order in which they are looked up."""
        lineage = self._resolver.members.lineage(value.of)
        if value.held and isinstance(value.of, Defined):
            return self._with_methods_of(lineage, sole(value.held[0]))
        if not isinstance(value.of, External) or not self._is_related(value.of):
            return lineage
        model = value.element
        made = self.default(model) if isinstance(model, (External, Defined)) else NOTHING
        manager = sole(made) if made else Instance(MANAGER)
        if not isinstance(manager, Instance):
            return (*lineage, UNKNOWN)
        return (*lineage, *self.family(manager))

    def _with_methods_of(self, lineage: tuple[Value, ...], rows: Value) -> tuple[Value, ...]:
        """The classes of a manager, and those of the project's that its queryset brings besides."""
        own = [each for each in lineage if isinstance(each, Defined)]
        further = self._resolver.members.lineage(rows.of) if isinstance(rows, Instance) else ()
        brought = [each for each in further if isinstance(each, Defined)]
        return (*own, *brought, *(each for each in lineage if not isinstance(each, Defined)))

    def combined(self, found: frozenset[Value]) -> frozenset[Value]:
        """The one manager that `Manager.from_queryset(QuerySet)()` makes of its two classes."""
        made = [
            each for each in found if isinstance(each, Instance) and isinstance(each.of, Defined)
        ]
        managers = [each for each in made if self._descends(each.of, _MANAGER_KIND)]
        querysets = [each for each in made if self._descends(each.of, _QUERYSET_KIND)]
        if (
            len(found) != len(managers) + len(querysets)
            or len(managers) != 1
            or len(querysets) != 1
        ):
            return found
        return frozenset({replace(managers[0], held=(frozenset(querysets),))})

    def _descends(self, value: External | Defined, prefix: str | tuple[str, ...]) -> bool:
        return any(
            known.name.startswith(prefix)
            for base in self._resolver.members.ancestry(value)
            if isinstance(base, External)
            for known in self._resolver.catalogue.ancestry(base.name)
        )

    def _is_related(self, kind: External) -> bool:
        known = self._resolver.catalogue.type(kind.name)
        return known is not None and known.name == RELATED

    def _default(self, model: External | Defined) -> frozenset[Value]:
        if isinstance(model, External):
            return self._resolver.members.of_foreign_class(model, _OF_EVERY_MODEL)
        named = {each.name: each for each in reversed(list(self._of(model)))}
        if not named:
            return self._resolver.members.of_class(model, _OF_EVERY_MODEL)
        wanted = option(self._resolver, model, "default_manager_name")
        chosen = named.get(wanted) if wanted else list(named.values())[-1]
        return frozenset({chosen.made}) if chosen is not None and chosen.made else ANYTHING

    def _of(self, model: Defined) -> Iterator[_Named]:
        """The managers that the project makes for a model, the default one first."""
        for base in self._resolver.members.lineage(model):
            if isinstance(base, Defined):
                yield from sorted(self._made_in(base, model), key=lambda each: each.place)

    def _of_package(self, model: Defined) -> Value | None:
        """`objects` of a base that a package brings, where it has one of its own."""
        for base in self._resolver.members.lineage(model):
            known = (
                self._resolver.catalogue.ancestry(base.name) if isinstance(base, External) else ()
            )
            for each in known:
                if each.name != MODEL and _OF_EVERY_MODEL in each.attributes:
                    made = each.attributes[_OF_EVERY_MODEL]
                    return promised_value(made, Instance(External(each.name)), model)
        return None

    def _made_in(self, owner: Defined, model: Defined) -> Iterator[_Named]:
        scope = self._resolver.scope(owner)
        for name, bindings in scope.bindings.items() if scope else ():
            made = self._made(bindings, owner)
            place = (bindings[0].line, bindings[0].column)
            if made is not None:
                yield _Named(name, place, replace(made, element=made.element or model))
            elif self._is_unknown_one(owner, name, bindings):
                yield _Named(name, place, None)

    def _is_unknown_one(self, owner: Defined, name: str, bindings: tuple[Binding, ...]) -> bool:
        """Whether a name may hold a manager of a class that nobody here knows; some fields are called so, too."""
        looks = any(_looks_like_one(name, each.term) for each in bindings)
        return looks and self._resolver.model_fields.declaration(owner, name) is None

    def _made(self, bindings: tuple[Binding, ...], owner: Defined) -> Instance | None:
        """The one manager that a name of a class body is bound to."""
        if not any(isinstance(each.term, (Call, Declared, Name)) for each in bindings):
            return None
        found = sole(self._resolver.bound_values(bindings, owner.path))
        return found if isinstance(found, Instance) and self.manages(found) else None


def _looks_like_one(name: str, term: Term) -> bool:
    """Whether a class body may make a manager of a class that nobody here knows."""
    if isinstance(term, Declared):
        term = term.value
    if not isinstance(term, Call):
        return False
    maker = last_part(term.func)
    return name == _OF_EVERY_MODEL or maker == "as_manager" or maker.endswith("Manager")
