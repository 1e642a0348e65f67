"""What the fields of other models add to a model: `author.book_set`, `author.books`, `user.profile`.

Source: `RelatedField.contribute_to_class` and `ForeignObjectRel.get_accessor_name` of Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Holds
from awaken.index.summary import ScopeKind
from awaken.index.terms import Call, Constant, Declared
from awaken.resolve.hierarchy import Hierarchy
from awaken.resolve.models.model_meta import is_abstract, is_model, is_proxy, option
from awaken.resolve.values import Defined, External

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from awaken.catalogue.schema import FieldEntry
    from awaken.resolve.answers import Kept
    from awaken.resolve.models.model_fields import ModelFields
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_HIDDEN = "+"


@dataclass(frozen=True, slots=True)
class Back:
    """A field of another model, as the objects that it leads to see it.

    Attributes:
        name: the attribute that they have by it.
        model: the model that has the field.
        owner: the class that declares it: the model, or an abstract one above it.
        entry: what the catalogue says of the field.
        call: the call that declares it.
    """

    name: str
    model: Defined
    owner: Defined
    entry: FieldEntry
    call: Call


class ReverseRelations:
    """Answers which fields of the project lead to a model.

    Args:
        resolver: knows the project.
        fields: knows what a field leads to.
    """

    def __init__(self, resolver: Resolver, fields: ModelFields) -> None:
        self._resolver = resolver
        self._fields = fields
        self._table: dict[None, Kept[Mapping[Value, tuple[Back, ...]]]] = {}
        self._looking = False
        scan = resolver.project.scan
        self._hierarchy = Hierarchy(scan, resolver) if scan is not None else None

    def named(self, model: External | Defined, name: str) -> Back | None:
        """The one field that gives an object of a class this attribute; None where none or more do."""
        if self._hierarchy is None or self._looking:
            return None
        table = self._resolver.kept(self._table, None, self._look)
        found = [
            back
            for base in self._resolver.members.lineage(model)
            for back in table.get(self._known(base), ())
            if back.name == name
        ]
        return found[0] if len(set(found)) == 1 else None

    def child(self, model: External | Defined, name: str) -> Defined | None:
        """The class below, with a table of its own, whose part of an object has this name (`place.restaurant`)."""
        if self._hierarchy is None or not isinstance(model, Defined):
            return None
        for base in self._resolver.members.lineage(model):
            if not isinstance(base, Defined) or is_abstract(self._resolver, base):
                continue
            for below in self._hierarchy.below(base):
                if self._spoken(below) == name and self._has_own_table(below):
                    return below
        return None

    def _known(self, value: Value) -> Value:
        """A class under the name that the catalogue has for it."""
        known = self._resolver.catalogue.type(value.name) if isinstance(value, External) else None
        return External(known.name) if known else value

    # -- the whole project

    def _look(self) -> Mapping[Value, tuple[Back, ...]]:
        found: dict[Value, list[Back]] = {}
        self._looking = True
        try:
            for target, back in self._all():
                found.setdefault(self._known(target), []).append(back)
        finally:
            self._looking = False
        return {target: tuple(backs) for target, backs in found.items()}

    def _all(self) -> Iterator[tuple[Value, Back]]:
        scan = self._resolver.project.scan
        for path in scan().mentions.get("relation", ()) if scan else ():
            index = self._resolver.file(path)
            for scope in index.scopes if index else ():
                if scope.kind is ScopeKind.CLASS:
                    yield from self._declared_by(Defined(path, scope.number))

    def _declared_by(self, owner: Defined) -> Iterator[tuple[Value, Back]]:
        scope = self._resolver.scope(owner)
        for name, bindings in scope.bindings.items() if scope else ():
            if not any(isinstance(each.term, (Call, Declared)) for each in bindings):
                continue
            declared = self._fields.declaration(owner, name)
            if declared is not None and declared[0].reverse is not None:
                yield from self._seen_back(owner, *declared)

    def _seen_back(
        self, owner: Defined, entry: FieldEntry, call: Call
    ) -> Iterator[tuple[Value, Back]]:
        for model in self._with_column(owner):
            target = self._fields.target(owner, entry, call, model)
            name = self._name(owner, entry, call, model)
            if name and isinstance(target, (External, Defined)):
                yield target, Back(name, model, owner, entry, call)

    def _with_column(self, owner: Defined) -> Iterator[Defined]:
        """The models that have the column of a field."""
        if not is_model(self._resolver, owner):
            return
        if not is_abstract(self._resolver, owner):
            yield owner
        elif self._hierarchy is not None:
            for below in self._hierarchy.below(owner):
                if self._fields.column(below, owner) == below:
                    yield below

    # -- names

    def _name(self, owner: Defined, entry: FieldEntry, call: Call, model: Defined) -> str:
        """What the objects at the other side call the field; empty where they do not, or it cannot be told."""
        given = dict(call.keywords)
        related = given.get("related_name")
        if None in given or (related is None and self._fields.takes_its_own(owner, call)):
            return ""
        if entry.holds is Holds.MANY and _symmetrical(call):
            return ""
        if related is None or (isinstance(related, Constant) and related.type == "NoneType"):
            default = option(self._resolver, model, "default_related_name")
            ending = "_set" if entry.reverse is Holds.MANY else ""
            return self._filled_in(default, model) or f"{self._spoken(model)}{ending}"
        text = related.value if isinstance(related, Constant) else None
        if not isinstance(text, str) or text.endswith(_HIDDEN):
            return ""
        return self._filled_in(text, model)

    def _filled_in(self, text: str, model: Defined) -> str:
        name = self._spoken(model)
        for marker, word in (
            ("%(class)s", name),
            ("%(model_name)s", name),
            ("%(app_label)s", self._fields.labels.label(model)),
        ):
            text = text.replace(marker, word.lower())
        return text

    def _spoken(self, model: Defined) -> str:
        scope = self._resolver.scope(model)
        return scope.name.lower() if scope else ""

    def _has_own_table(self, model: Defined) -> bool:
        return not is_abstract(self._resolver, model) and not is_proxy(self._resolver, model)


def _symmetrical(call: Call) -> bool:
    """Whether a many-to-many field leads to its own model in both directions at once."""
    given = dict(call.keywords)
    to = given.get("to", call.args[0] if call.args else None)
    both = given.get("symmetrical")
    switched_off = isinstance(both, Constant) and both.value is False
    return isinstance(to, Constant) and to.value == "self" and not switched_off
