"""Fields of Django's models: what an object has by what the body of its class declares.

Which classes are fields, and what objects have by them, stands in the catalogue (`[type] field`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from awaken.catalogue.schema import FieldEntry, Holds
from awaken.index.terms import Call, Constant, Declared, Name, last_part
from awaken.resolve.evaluation import Where
from awaken.resolve.models.model_labels import SOME_USER, USER_MODEL, ModelLabels
from awaken.resolve.models.model_managers import RELATED
from awaken.resolve.models.model_meta import MODEL, concrete, is_model
from awaken.resolve.models.reverse_relations import ReverseRelations
from awaken.resolve.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    Defined,
    External,
    Instance,
    Method,
    sole,
)

if TYPE_CHECKING:
    from awaken.index.summary import Binding
    from awaken.index.terms import Term
    from awaken.resolve.answers import Kept
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_SETTING = External(f"django.conf.settings.{USER_MODEL}")
_ANY_ROW = External("builtins.object")


_FIELD = "FOO"
# As Django's documentation names them; they stand in the catalogue among the members of a model.
_MADE_FOR_FIELDS = (f"get_next_by_{_FIELD}", f"get_previous_by_{_FIELD}")
# What Django adds to a model that inherits from one with a table of its own.
_PARENT_LINK = FieldEntry(Holds.ONE, Holds.ONE)
_NO_CALL = Call(Name("OneToOneField"))


@dataclass(frozen=True, slots=True)
class Field:
    """An attribute of a model's objects.

    Attributes:
        name: its name.
        holds: what reading it gives.
        model: the class that declares the field; of one that points back, that at the other side.
        target: the class of the object or objects that it leads to, or UNKNOWN.
        backwards: whether a field of another model points back.
        entry: what the catalogue says of the field that is declared.
        call: the call that declares it.
    """

    name: str
    holds: Holds
    model: Defined
    target: Value
    backwards: bool
    entry: FieldEntry
    call: Call


class ModelFields:
    """Answers what the objects of models have.

    Args:
        resolver: knows the project.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self.labels = ModelLabels(resolver)
        self._reverse = ReverseRelations(resolver, self)
        self._models: dict[External | Defined, Kept[bool]] = {}
        self._declared: dict[tuple[Defined, str], Kept[tuple[FieldEntry, Call] | None]] = {}

    def field(self, model: External | Defined, name: str) -> Field | None:
        """The field that an object of a class has under a name; None where it has none, or that is not known."""
        for base in self._resolver.members.lineage(model):
            if isinstance(base, External):
                continue
            scope = self._resolver.scope(base) if isinstance(base, Defined) else None
            if scope is None or not isinstance(base, Defined):
                return None
            if name in scope.bindings:
                return self._field(model, base, name)
        return self._back(model, name)

    def read(self, owner: Defined, name: str, receiver: Instance) -> frozenset[Value] | None:
        """What `receiver.name` gives where the body of `owner` declares a field; None where it does not."""
        found = self._field(receiver.of, owner, name)
        return self.value(found) if found is not None else None

    def read_back(self, receiver: Instance, name: str) -> frozenset[Value]:
        """What `receiver.name` gives where a field of another model leads to its class; else nothing."""
        found = self._back(receiver.of, name)
        return self.value(found) if found is not None else self._method_of_field(receiver, name)

    def _method_of_field(self, receiver: Instance, name: str) -> frozenset[Value]:
        """`book.get_next_by_published()`, which Django makes for a field."""
        for pattern in _MADE_FOR_FIELDS:
            start = pattern.removesuffix(_FIELD)
            field = self.field(receiver.of, name[len(start) :]) if name.startswith(start) else None
            if field is None or field.holds is not Holds.VALUE:
                continue
            entry = self._resolver.catalogue.member(MODEL, pattern)
            if entry is not None:
                return frozenset({Method(MODEL, replace(entry, name=name), receiver)})
        return NOTHING

    def value(self, field: Field) -> frozenset[Value]:
        """What reading a field of an object gives."""
        known = isinstance(field.target, (External, Defined))
        if field.holds is Holds.ONE and isinstance(field.target, (External, Defined)):
            return frozenset({Instance(field.target)})
        if field.holds is Holds.MANY:
            manager = External(field.entry.manager or RELATED)
            return frozenset({Instance(manager, field.target if known else _ANY_ROW)})
        if field.holds is Holds.VALUE and field.entry.target is not None:
            return frozenset({Instance(External(field.entry.target))})
        return ANYTHING

    def declaration(self, owner: Defined, name: str) -> tuple[FieldEntry, Call] | None:
        """The field that a class body declares under a name, and the call that makes it."""
        key = (owner, name)
        return self._resolver.kept(self._declared, key, lambda: self._declaration(owner, name))

    def target(self, owner: Defined, entry: FieldEntry, call: Call, model: Defined) -> Value:
        """The class that a field leads to, of the objects of a class.

        Args:
            owner: the class whose body declares the field.
            entry: what the catalogue says of it.
            call: the call that makes it.
            model: the class that has the column: `owner`, or one below it where that is abstract.
        """
        if entry.target is not None:
            named = {name for name, _ in call.keywords}
            return UNKNOWN if named & {"through", None} else External(entry.target)
        term = self._argument(owner, call)
        if term is None:
            return UNKNOWN
        if isinstance(term, Constant) and isinstance(term.value, str):
            return self._labelled(term.value, owner, model)
        values = self._resolver.values(term, self._inside(owner))
        if _SETTING in values or last_part(term) == USER_MODEL:
            user = self.labels.user_model()
            return SOME_USER if user == UNKNOWN else user
        found = sole(values)
        return found if isinstance(found, (External, Defined)) else UNKNOWN

    def column(self, model: Defined, owner: Defined) -> Defined:
        """The class that has the column of a field which `owner` declares, for an object of the class `model`."""
        return concrete(self._resolver, model, owner)

    def _back(self, model: External | Defined, name: str) -> Field | None:
        work = partial(is_model, self._resolver, model)
        if not self._resolver.kept(self._models, model, work):
            return None
        back = self._reverse.named(model, name)
        if back is not None and back.entry.reverse is not None:
            holds, entry = back.entry.reverse, replace(back.entry, manager=None)
            return Field(name, holds, back.owner, back.model, True, entry, back.call)
        child = self._reverse.child(model, name)
        if child is None:
            return None
        return Field(name, Holds.ONE, child, child, True, _PARENT_LINK, _NO_CALL)

    def _field(self, model: External | Defined, owner: Defined, name: str) -> Field | None:
        declared = self.declaration(owner, name)
        if declared is None:
            return None
        entry, call = declared
        column = self.column(model, owner) if isinstance(model, Defined) else owner
        target = self.target(owner, entry, call, column)
        return Field(name, entry.holds, owner, target, False, entry, call)

    def _labelled(self, text: str, owner: Defined, model: Defined) -> Value:
        if text == "self":
            return model
        return self.labels.named(text, owner.path, self.labels.label(model))

    def _argument(self, owner: Defined, call: Call) -> Term | None:
        """What a field is told to lead to: its argument `to`, which comes first."""
        given = dict(call.keywords).get("to")
        if given is not None or not call.args:
            return given
        return None if self.takes_its_own(owner, call) else call.args[0]

    def takes_its_own(self, owner: Defined, call: Call) -> bool:
        """Whether a field class of the project may mean something else by its first argument."""
        for kind in self._resolver.values(call.func, self._inside(owner)):
            lineage = self._resolver.members.lineage(kind) if isinstance(kind, Defined) else ()
            scopes = (self._resolver.scope(each) for each in lineage if isinstance(each, Defined))
            if any(scope is not None and "__init__" in scope.bindings for scope in scopes):
                return True
        return False

    def _declaration(self, owner: Defined, name: str) -> tuple[FieldEntry, Call] | None:
        scope = self._resolver.scope(owner)
        found = [
            self._made_by(binding, owner) for binding in (scope.bindings[name] if scope else ())
        ]
        return found[-1] if found and all(found) else None

    def _made_by(self, binding: Binding, owner: Defined) -> tuple[FieldEntry, Call] | None:
        term = binding.term
        call = term.value if isinstance(term, Declared) else term
        if not isinstance(call, Call):
            return None
        where = Where(owner.path, binding.scope, binding.line, binding.column, binding.within)
        kind = sole(self._resolver.values(call.func, where))
        entry = self._entry(kind) if isinstance(kind, (External, Defined)) else None
        return (entry, call) if entry is not None else None

    def _entry(self, kind: External | Defined) -> FieldEntry | None:
        for base in self._resolver.members.lineage(kind):
            known = self._resolver.catalogue.type(base.name) if isinstance(base, External) else None
            if known is not None and known.as_field is not None:
                return known.as_field
        return None

    def _inside(self, owner: Defined) -> Where:
        return Where(owner.path, owner.scope)
