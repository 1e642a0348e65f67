"""Members of classes: those the project defines, then those the catalogue lists for a foreign base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.summary import Scope, ScopeKind
from awaken.index.terms import Annotation, Attr, Call, Declared, Item, Name, Scoped
from awaken.resolve.class_attributes import told_element
from awaken.resolve.decorators import Kind, decorated
from awaken.resolve.evaluation import NOWHERE, Evaluator, Where
from awaken.resolve.models.model_managers import SOME_MODEL
from awaken.resolve.promises import promised_value
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
    Super,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.schema import Entry
    from awaken.index.summary import Binding
    from awaken.index.terms import Term
    from awaken.resolve.answers import Kept


_MANAGER = External("django.db.models.manager.Manager")
_USER = "settings.AUTH_USER_MODEL"
"""What the catalogue calls an instance of the project's user model."""
_WRAPPERS = frozenset({"contextlib.aclosing", "contextlib.closing", "contextlib.nullcontext"})


class Members:
    """Attribute access on classes and instances."""

    def __init__(self, resolver: Evaluator) -> None:
        self._resolver = resolver
        self._lineages: dict[Value, Kept[tuple[Value, ...]]] = {}

    def of_class(self, value: Defined, name: str) -> frozenset[Value]:
        """`Class.name` for a class of the project."""
        for base in self.lineage(value):
            if isinstance(base, External):
                found = self._resolver.model_managers.of_model(value, name)
                found = found or self._foreign(base, name, None, value)
                if found:
                    return found
                continue
            scope = self._resolver.scope(base) if isinstance(base, Defined) else None
            if scope is None or not isinstance(base, Defined):
                return ANYTHING
            bindings = _bindings(scope, name)
            if bindings:
                return self._class_binding(base, bindings, value)
        return ANYTHING

    def of_instance(self, value: Instance, name: str) -> frozenset[Value]:
        """`instance.name`."""
        return self._inherited(self._resolver.model_managers.family(value), value, name)

    def of_super(self, value: Super, name: str) -> frozenset[Value]:
        """`super().name`: what the bases of the method's class have."""
        lineage = self.lineage(value.receiver.of)
        lineage = lineage[lineage.index(value.owner) + 1 :] if value.owner in lineage else ()
        found = self._inherited(lineage, value.receiver, name)
        if found == ANYTHING and any(map(self._is_made_of_a_queryset, lineage)):
            found = self._foreign(_MANAGER, name, value.receiver, value.receiver.of) or ANYTHING
        if value.in_coroutine and any(_has_native(each) for each in found):
            return ANYTHING  # the async form of a foreign method may call the method around again
        return found

    def _is_made_of_a_queryset(self, base: Value) -> bool:
        """`class Books(Manager.from_queryset(BookQuerySet))`: what no queryset has is that of any manager."""
        scope = self._resolver.scope(base) if isinstance(base, Defined) else None
        calls = (each.func for each in (scope.bases if scope else ()) if isinstance(each, Call))
        return any(isinstance(func, Attr) and func.name == "from_queryset" for func in calls)

    def _inherited(
        self, lineage: tuple[Value, ...], receiver: Instance, name: str
    ) -> frozenset[Value]:
        for base in lineage:
            if isinstance(base, External):
                found = self._foreign(base, name, receiver, receiver.of)
                if found:
                    return found
                continue
            scope = self._resolver.scope(base) if isinstance(base, Defined) else None
            if scope is None or not isinstance(base, Defined):
                return ANYTHING
            declared = _bindings(scope, name)
            field = self._resolver.model_fields.read(base, name, receiver) if declared else None
            if field is not None:
                return field
            bindings = (*declared, *scope.bindings.get(f".{name}", ()))
            if bindings:
                return self._instance_binding(base, bindings, receiver)
        return self._resolver.model_fields.read_back(receiver, name) or ANYTHING

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

    def called_object(self, value: Instance) -> frozenset[Bound | Method]:
        """The `__call__` that calling an instance runs; nothing where that is not known."""
        found = self.of_instance(value, "__call__")
        known = frozenset(each for each in found if isinstance(each, (Bound, Method)))
        return known if len(known) == len(found) else frozenset()

    def entered(self, value: Value, awaited: bool) -> frozenset[Value]:
        """What `with value as x` binds."""
        if isinstance(value, Managed):
            return self._resolver.yielded(value)
        if not isinstance(value, Instance):
            return ANYTHING
        if isinstance(value.of, External):
            return ANYTHING if awaited and not value.held else self._entered_foreign(value)
        name = "__aenter__" if awaited else "__enter__"
        if self.lacks(value.of, name):
            return NOTHING  # entering it would have failed
        foreign = None if awaited else self._known_owner(value.of, name)
        if foreign is not None and self.member(foreign.name, name) is None:
            return frozenset({value})
        found = self.of_instance(value, name)
        results = (self._resolver.called(each, Call(Name(name)), NOWHERE) for each in found)
        entered = frozenset[Value]().union(*results)
        if not awaited:
            return entered
        return frozenset(
            each.result if isinstance(each, Awaitable) else UNKNOWN for each in entered
        )

    def lacks(self, value: Defined, name: str) -> bool:
        """Whether a class certainly has no method of a name: all of its bases are known."""
        scopes = [
            self._resolver.scope(base) if isinstance(base, Defined) else None
            for base in self.lineage(value)
        ]
        return all(scope is not None and name not in scope.bindings for scope in scopes)

    def _known_owner(self, value: Defined, name: str) -> External | None:
        """The class of the catalogue that a class has a method from, where none of the project's has it."""
        for base in self.lineage(value):
            if isinstance(base, External):
                return base if self._resolver.catalogue.type(base.name) else None
            scope = self._resolver.scope(base) if isinstance(base, Defined) else None
            if scope is None or name in scope.bindings:
                return None
        return None

    def _entered_foreign(self, value: Instance) -> frozenset[Value]:
        if isinstance(value.of, External) and value.of.name in _WRAPPERS:
            return value.held[0] if value.held else ANYTHING
        method = self.member(value.of.name, "__enter__") if isinstance(value.of, External) else None
        if method is not None and method.returns and method.returns != "self":
            return frozenset({Instance(External(method.returns), value.element)})
        return frozenset({value})

    def ancestry(self, value: External | Defined) -> Iterator[External | Defined]:
        """A class and its bases that are known, in the order in which members are looked up."""
        for base in self.lineage(value):
            if isinstance(base, (External, Defined)):
                yield base

    def lineage(self, value: External | Defined) -> tuple[Value, ...]:
        """A class and its bases in the order in which members are looked up; UNKNOWN for what cannot be told."""
        return self._resolver.kept(self._lineages, value, lambda: self._linear(value, ()))

    def _linear(self, value: Value, below: tuple[Value, ...]) -> tuple[Value, ...]:
        """Python's order (C3); the order of the text where the bases allow none."""
        bases = self._bases(value) if isinstance(value, Defined) and value not in below else []
        if len(bases) == 1:
            return (value, *self._linear(bases[0], (*below, value)))
        orders = [list(self._linear(base, (*below, value))) for base in bases]
        return (value, *_merged([*orders, list(bases)])) if bases else (value,)

    def _bases(self, value: Defined) -> list[Value]:
        scope = self._resolver.scope(value)
        if scope is None:
            return []
        where = Where(value.path, max(scope.parent, 0))
        found: dict[Value, None] = {}
        for declared in scope.bases:
            # `class Books(models.Manager["Book"])`
            term = declared.base if isinstance(declared, Item) else declared
            # Several values come from `Manager.from_queryset(...)`; their order must not vary.
            for base in sorted(self._resolver.values(term, where), key=repr):
                known = isinstance(base, (External, Defined))
                found[base if known else self._made_elsewhere(term, where)] = None
        return list(found)

    def _made_elsewhere(self, term: Term, where: Where) -> Value:
        """A base that a foreign function makes: it is known as little as any foreign class."""
        makers = self._resolver.values(term.func, where) if isinstance(term, Call) else NOTHING
        names = [each.name for each in makers if isinstance(each, External)]
        return External(f"{names[0]}()") if len(names) == len(makers) == 1 else UNKNOWN

    def for_receiver(self, values: frozenset[Value], receiver: Instance | None) -> frozenset[Value]:
        """The values that a method gives, where `self` is known."""
        if receiver is None:
            return values
        return frozenset(self._for_receiver(value, receiver) for value in values)

    def _for_receiver(self, value: Value, receiver: Instance) -> Value:
        if isinstance(value, Awaitable):
            return Awaitable(self._for_receiver(value.result, receiver))
        if isinstance(value, Instance) and value.itself and value.of in self.lineage(receiver.of):
            return receiver
        return value

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
            told = told_element(self._resolver, receiver, known.name) if receiver else None
            element = told or self._held(receiver, of)
            itself = receiver or Instance(External(known.name))
            if held == _USER:
                return self._resolver.model_fields.labels.some_user()
            return frozenset({promised_value(held, itself, element)})
        twin = self._native_twin(known.name, name)
        if twin is not None:
            return frozenset({Method(known.name, twin, receiver, native=True)})
        dynamic = catalogue.dynamic(known.name, name)
        if dynamic is not None:
            return frozenset({Method(known.name, dynamic, receiver)})
        return NOTHING

    def _held(self, receiver: Instance | None, of: External | Defined) -> Value | None:
        """What an attribute of an object is about: what a manager manages, or else the object's own class."""
        if receiver is None or receiver.element is not None:
            return receiver.element if receiver else of
        return SOME_MODEL if self._resolver.model_managers.manages(receiver) else of

    def _class_binding(
        self, base: Defined, bindings: tuple[Binding, ...], asked: Defined
    ) -> frozenset[Value]:
        found = self._resolver.bound_values(bindings, base.path)
        return frozenset(self._of_class(value, asked) for value in found)

    def _of_class(self, value: Value, asked: Defined) -> Value:
        """What a class gives for what its body bound: class methods know the class they are called on."""
        member = self._resolver.scope(value) if isinstance(value, Defined) else None
        if isinstance(value, Defined) and member is not None and is_class_method(member):
            return Bound(value, Instance(asked))
        return self.owned(value, asked)

    def owned(self, value: Value, owner: Value | None) -> Value:
        """A manager that a class body makes manages that class; so do querysets from its methods."""
        managers = self._resolver.model_managers
        if isinstance(value, Instance) and value.element is None and managers.manages(value):
            return Instance(value.of, owner, value.held)
        return value

    def _instance_binding(
        self, base: Defined, bindings: tuple[Binding, ...], receiver: Instance
    ) -> frozenset[Value]:
        found: set[Value] = set()
        for value in self._assigned(bindings, base.path):
            member = self._resolver.scope(value) if isinstance(value, Defined) else None
            if (
                not isinstance(value, Defined)
                or member is None
                or member.kind is not ScopeKind.FUNCTION
            ):
                found.add(value)
            elif _is_setter(member):
                continue
            elif decorated(self._resolver, value).kind is Kind.PROPERTY:
                found |= self._resolver.result(value, receiver)
            else:
                found.add(Bound(value, receiver))
        return frozenset(found) or frozenset({UNKNOWN})

    def _assigned(self, bindings: tuple[Binding, ...], path: str) -> frozenset[Value]:
        """What an attribute holds: where an assignment cannot be followed, the declaration of it counts."""
        found = self._resolver.bound_values(bindings, path)
        if UNKNOWN not in found:
            return found
        declarations = (_declaration(each) for each in bindings)
        declared = self._resolver.bound_values((each for each in declarations if each), path)
        return (found - ANYTHING) | declared if declared else found


def _has_native(value: Value) -> bool:
    return isinstance(value, Method) and (value.native or value.entry.native is not None)


def _declaration(binding: Binding) -> Binding | None:
    """A binding as its annotation has it, or None where it has none."""
    if isinstance(binding.term, Declared):
        return binding._replace(term=binding.term.annotation)
    return binding if isinstance(binding.term, Annotation) else None


def _bindings(scope: Scope, name: str) -> tuple[Binding, ...]:
    """What a class body binds to a name; not the methods that it shows to type checkers only."""
    return tuple(
        each
        for each in scope.bindings.get(name, ())
        if not (scope.suites[each.suite].typing_only and isinstance(each.term, Scoped))
    )


def _is_setter(member: Scope) -> bool:
    """`@name.setter`, `@name.deleter`."""
    return any(
        isinstance(each, Attr)
        and each.name in ("setter", "deleter")
        and each.base == Name(member.name)
        for each in member.decorators
    )


def is_class_method(member: Scope) -> bool:
    return Name("classmethod") in member.decorators


def _merged(orders: list[list[Value]]) -> list[Value]:
    """The merge of C3: the first class that stands behind no other comes first."""
    found: list[Value] = []
    pending = [order for order in orders if order]
    while pending:
        heads = (order[0] for order in pending)
        chosen = next(
            (head for head in heads if all(head not in order[1:] for order in pending)),
            pending[0][0],
        )
        found.append(chosen)
        pending = [rest for order in pending if (rest := [x for x in order if x != chosen])]
    return found
