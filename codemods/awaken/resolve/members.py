"""Members of classes: those the project defines, then those the catalogue lists for a foreign base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.summary import Scope, ScopeKind
from awaken.index.terms import Call, Item, Name
from awaken.resolve.decorators import Kind, decorated
from awaken.resolve.evaluation import NOWHERE, Evaluator, Where
from awaken.resolve.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    Awaitable,
    Bound,
    Defined,
    External,
    Instance,
    Managed,
    Method,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.schema import Entry


class Members:
    """Attribute access on classes and instances."""

    def __init__(self, resolver: Evaluator) -> None:
        self._resolver = resolver

    def of_class(self, value: Defined, name: str) -> frozenset[Value]:
        """`Class.name` for a class of the project."""
        for base in self.ancestry(value):
            if isinstance(base, External):
                found = self._foreign(base, name, None, value)
                if found:
                    return found
                continue
            scope = self._resolver.scope(base)
            if scope is not None and name in scope.bindings:
                return self._class_binding(base, scope, name, value)
        return ANYTHING

    def of_instance(self, value: Instance, name: str) -> frozenset[Value]:
        """`instance.name`."""
        for base in self.ancestry(value.of):
            if isinstance(base, External):
                found = self._foreign(base, name, value, value.of)
                if found:
                    return found
                continue
            scope = self._resolver.scope(base)
            if scope is None:
                return ANYTHING
            if name in scope.bindings or f".{name}" in scope.bindings:
                return self._instance_binding(base, scope, name, value)
        return ANYTHING

    def of_foreign_class(self, value: External, name: str) -> frozenset[Value]:
        """`Class.name` for an attribute that the catalogue describes (`User.objects`)."""
        if any(name in known.attributes for known in self._resolver.catalogue.ancestry(value.name)):
            return self._foreign(value, name, None, value)
        return NOTHING

    def protocol(self, value: Value, name: str) -> frozenset[Value]:
        """What an implicit call (`for`, `[]`, `/`) on a value gives."""
        if isinstance(value, Awaitable):
            value = value.result  # `async for x in qs.aiterator()`
        if not isinstance(value, Instance):
            return ANYTHING
        found: frozenset[Value] = NOTHING
        for member in self.of_instance(value, name):
            if isinstance(member, Method):
                found |= self._resolver.called(member, Call(Name(name)), NOWHERE)
            else:
                found |= ANYTHING
        return found or ANYTHING

    def entered(self, value: Value, awaited: bool) -> frozenset[Value]:
        """What `with value as x` binds."""
        if isinstance(value, Managed) and not awaited:
            return self._resolver.yielded(value.function)
        if not isinstance(value, Instance):
            return ANYTHING
        if isinstance(value.of, External) and not awaited:
            method = self.member(value.of.name, "__enter__")
            if method is not None and method.returns and method.returns != "self":
                return frozenset({Instance(External(method.returns), value.element)})
            return frozenset({value})
        if isinstance(value.of, Defined):
            name = "__aenter__" if awaited else "__enter__"
            found = self.of_instance(value, name)
            results = (self._resolver.called(each, Call(Name(name)), NOWHERE) for each in found)
            return frozenset().union(*results)
        return ANYTHING

    def ancestry(self, value: External | Defined) -> Iterator[External | Defined]:
        """A class and its bases, nearest first; UNKNOWN bases end the search for the caller as ANYTHING."""
        pending: list[External | Defined] = [value]
        seen: set[External | Defined] = set()
        while pending:
            current = pending.pop(0)
            if current in seen:
                continue
            seen.add(current)
            yield current
            if isinstance(current, Defined):
                pending.extend(self._bases(current))

    def _bases(self, value: Defined) -> Iterator[External | Defined]:
        scope = self._resolver.scope(value)
        if scope is None:
            return
        where = Where(value.path, max(scope.parent, 0))
        for declared in scope.bases:
            # `class Books(models.Manager["Book"])`
            term = declared.base if isinstance(declared, Item) else declared
            # Several values come from `Manager.from_queryset(...)`; their order must not vary.
            for base in sorted(self._resolver.values(term, where), key=repr):
                if isinstance(base, (External, Defined)):
                    yield base

    def member(self, owner: str, name: str) -> Entry | None:
        return self._resolver.catalogue.member(owner, name)

    def below_dynamic(self, value: Method, name: str) -> frozenset[Value]:
        """`client.chat.completions`: what lies below a dynamic member is one, too."""
        if value.native or self._resolver.catalogue.dynamic(value.owner, name) != value.entry:
            return ANYTHING
        return frozenset({value})

    def _native_twin(self, owner: str, name: str) -> Entry | None:
        """The member whose async form is called `name`."""
        for known in self._resolver.catalogue.ancestry(owner):
            for entry in known.members.values():
                if entry.native is not None and entry.native.name == name:
                    return entry
        return None

    def _foreign(
        self, base: External, name: str, receiver: Instance | None, of: External | Defined
    ) -> frozenset[Value]:
        catalogue = self._resolver.catalogue
        known = catalogue.type(base.name)
        if known is None:
            return NOTHING
        entry = catalogue.member(known.name, name)
        if entry is not None:
            through = of if receiver is None and isinstance(of, Defined) else None
            return frozenset({Method(known.name, entry, receiver, through=through)})
        held = catalogue.attribute(known.name, name)
        if held is not None:
            element: Value = receiver.element if receiver and receiver.element else of
            if held == "self":
                return frozenset({receiver or Instance(External(known.name))})
            if held == "element":
                if isinstance(element, (External, Defined)):
                    return frozenset({Instance(element)})
                return ANYTHING
            return frozenset({Instance(External(held), element)})
        twin = self._native_twin(known.name, name)
        if twin is not None:
            return frozenset({Method(known.name, twin, receiver, native=True)})
        dynamic = catalogue.dynamic(known.name, name)
        if dynamic is not None:
            return frozenset({Method(known.name, dynamic, receiver)})
        return NOTHING

    def _class_binding(
        self, base: Defined, scope: Scope, name: str, asked: Defined
    ) -> frozenset[Value]:
        found = self._resolver.bound_values(scope.bindings[name], base.path)
        return frozenset(self.owned(value, asked) for value in found)

    def owned(self, value: Value, owner: Value | None) -> Value:
        """A manager that a class body makes manages that class; so do querysets from its methods."""
        if isinstance(value, Instance) and value.element is None and self._manages(value):
            return Instance(value.of, owner)
        return value

    def _manages(self, value: Instance) -> bool:
        return any(
            kind.name.startswith(("django.db.models.manager.", "django.db.models.query."))
            for base in self.ancestry(value.of)
            if isinstance(base, External)
            for kind in self._resolver.catalogue.ancestry(base.name)
        )

    def _instance_binding(
        self, base: Defined, scope: Scope, name: str, receiver: Instance
    ) -> frozenset[Value]:
        bindings = (*scope.bindings.get(name, ()), *scope.bindings.get(f".{name}", ()))
        found: set[Value] = set()
        for value in self._resolver.bound_values(bindings, base.path):
            member = self._resolver.scope(value) if isinstance(value, Defined) else None
            if (
                not isinstance(value, Defined)
                or member is None
                or member.kind is not ScopeKind.FUNCTION
            ):
                found.add(value)
            elif decorated(self._resolver, value).kind is Kind.PROPERTY:
                found |= self._resolver.result(value, receiver)
            else:
                found.add(Bound(value, receiver))
        return frozenset(found) or frozenset({UNKNOWN})
