"""Terms to values, across modules, classes and calls; every answer is a set, and doubt is part of it."""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.index.summary import Binding, FileIndex, Scope, ScopeKind
from awaken.resolve.answers import Answers, K, Kept, T
from awaken.resolve.class_attributes import told_element
from awaken.resolve.conditions import as_called
from awaken.resolve.containers import has_method, items_of, iterator_of, method_result
from awaken.resolve.decorator_names import ROUTERS
from awaken.resolve.decorators import Decoration, Kind, decorated
from awaken.resolve.evaluation import Where
from awaken.resolve.known_calls import KNOWN_CALLS
from awaken.resolve.members import Members
from awaken.resolve.models.model_fields import ModelFields
from awaken.resolve.models.model_managers import SOME_MODEL, ModelManagers
from awaken.resolve.models.row_variables import annotated_rows, own_rows
from awaken.resolve.promises import FIRST_ARGUMENT, needs_element, promised_value
from awaken.resolve.reaching import reaching
from awaken.resolve.term_values import EVALUATORS, held_class
from awaken.resolve.type_checks import checked_values
from awaken.resolve.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    Awaitable,
    Bound,
    Contained,
    Defined,
    External,
    Generated,
    Hint,
    Instance,
    Literal,
    Managed,
    Method,
    Module,
    Super,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from awaken.catalogue.load import Catalogue
    from awaken.catalogue.schema import Convention, Entry
    from awaken.index.terms import Call, Imported, Term
    from awaken.resolve.project import Project

_BUILTINS = frozenset(dir(builtins))
_WIDEST = 8


class Resolver:
    """Evaluates terms over one project and one catalogue."""

    def __init__(self, project: Project, catalogue: Catalogue) -> None:
        self.project = project
        self.catalogue = catalogue
        self.members = Members(self)
        self.model_fields = ModelFields(self)
        self.model_managers = ModelManagers(self)
        self._answers = Answers()
        self._globals: dict[tuple[str, str, bool], Kept[frozenset[Value]]] = {}
        self._unbound: dict[tuple[str, str], Kept[frozenset[Value]]] = {}
        self.conventions: dict[str, Kept[tuple[Convention, ...] | None]] = {}
        """How parameters are called in a file, by its path."""
        self.registered: dict[str, Kept[dict[Defined, tuple[str, ...]]]] = {}
        """What functions are called with that a file gives to a framework, by the file's path."""

    @property
    def touched(self) -> set[str]:
        """Paths of the files that answers have depended on since it was last emptied."""
        return self._answers.touched

    @touched.setter
    def touched(self, paths: set[str]) -> None:
        self._answers.touched = paths

    def kept(self, memo: dict[K, Kept[T]], key: K, work: Callable[[], T]) -> T:
        """What `work` gives, kept in `memo` with what it depends on (`Answers.kept`)."""
        return self._answers.kept(memo, key, work)

    # -- terms

    def values(self, term: Term, where: Where) -> frozenset[Value]:
        """Everything that `term` may stand for at `where`; UNKNOWN among them where there is doubt."""
        return self._answers.answer(term, where, self._evaluate)

    def _evaluate(self, term: Term, where: Where) -> frozenset[Value]:
        evaluate = EVALUATORS.get(type(term))
        if evaluate is None:
            return ANYTHING
        found = evaluate(self, term, where)
        return found if len(found) <= _WIDEST else ANYTHING

    def file(self, path: str) -> FileIndex | None:
        """The summary of a file of the project, noted as something the answer depends on."""
        self._answers.touched.add(path)
        return self.project.file(path)

    def union(self, terms: Iterable[Term], where: Where) -> frozenset[Value]:
        return frozenset().union(*(self.values(term, where) for term in terms))

    # -- names

    def lookup(self, name: str, where: Where) -> frozenset[Value]:
        """What a bare name stands for."""
        index = self.file(where.path)
        if index is None:
            return ANYTHING
        scope, flowing = self._binding_scope(index, name, where)
        if scope is None:
            return self.kept(self._unbound, (index.path, name), lambda: self._beyond(index, name))
        if scope.number == 0 and where.scope != 0:
            return self._global(index, name, typing=where.typing)
        found = self._reaching(scope, name, where, flowing)
        values = self.bound_values(found, index.path) if found else ANYTHING
        checked = scope.checks and flowing and UNKNOWN in values
        return checked_values(self, scope, name, where, found) if checked else values

    def bindings(self, name: str, where: Where) -> tuple[Binding, ...]:
        """The assignments of the same file that a bare name may get its value from; none where there are none."""
        index = self.file(where.path)
        scope, flowing = self._binding_scope(index, name, where) if index else (None, False)
        return self._reaching(scope, name, where, flowing) if scope is not None else ()

    def _binding_scope(
        self, index: FileIndex, name: str, where: Where
    ) -> tuple[Scope | None, bool]:
        """The scope whose variable a name is, and whether the order of the text tells its value."""
        scope: Scope | None = index.scopes[where.scope]
        flowing = where.line is not None
        start = scope
        while scope is not None:
            visible = scope is start or scope.kind is not ScopeKind.CLASS
            if visible and name in scope.bindings and name not in scope.outer:
                return scope, flowing
            flowing = flowing and scope.kind in (ScopeKind.COMPREHENSION, ScopeKind.GENERATOR)
            scope = index.scopes[scope.parent] if scope.parent >= 0 else None
        return None, flowing

    def _global(self, index: FileIndex, name: str, *, typing: bool) -> frozenset[Value]:
        """What a module holds under a name, for code that runs later."""

        def work() -> frozenset[Value]:
            found = self._reaching(
                index.scopes[0], name, Where(index.path, 0, typing=typing), False
            )
            return self.bound_values(found, index.path) if found else ANYTHING

        return self.kept(self._globals, (index.path, name, typing), work)

    def _reaching(
        self, scope: Scope, name: str, where: Where, flowing: bool
    ) -> tuple[Binding, ...]:
        bindings = scope.bindings[name]
        if not where.typing:
            bindings = tuple(b for b in bindings if not scope.suites[b.suite].typing_only)
        if not flowing or where.line is None or scope.number != where.scope:
            return bindings
        if len(bindings) == 1 and (bindings[0].line, bindings[0].column) < (
            where.line,
            where.column,
        ):
            return bindings
        return reaching(scope, bindings, where.line, where.column, where.suite)

    def bound_values(self, bindings: Iterable[Binding], path: str) -> frozenset[Value]:
        found: frozenset[Value] = NOTHING
        for binding in bindings:
            at = Where(path, binding.scope, binding.line, binding.column, binding.within)
            found |= self.values(binding.term, at)
        return found

    def _beyond(self, index: FileIndex, name: str) -> frozenset[Value]:
        """A name that no scope of the file binds: star imports, then builtins."""
        foreign = False
        for star in reversed(index.stars):
            path = self._module_path(star, index)
            if path is not None:
                members = self._exported(path, name)
                if members:
                    return members
                continue
            qualified = f"{star.module}.{name}"
            if self.catalogue.call(qualified) or self.catalogue.type(qualified):
                return frozenset({External(qualified)})
            foreign = foreign or star.module.split(".")[0] not in sys.stdlib_module_names
        if name in _BUILTINS and not foreign:
            return frozenset({External(f"builtins.{name}")})
        return ANYTHING

    # -- modules

    def imported(self, term: Imported, where: Where) -> frozenset[Value]:
        index = self.file(where.path)
        if index is None:
            return ANYTHING
        module = absolute_name(term, index)
        if module is None:
            return ANYTHING
        if term.member is None:
            return frozenset({self._module(module, index)})
        path = self.project.module(module, index.path)
        if path is None:
            return self._foreign_member(module, term.member)
        found = self.module_member(path, term.member)
        if found:
            return found
        below = self.project.module(f"{module}.{term.member}", index.path)
        return frozenset({Module(below)}) if below else ANYTHING

    def _module(self, name: str, index: FileIndex) -> Value:
        path = self.project.module(name, index.path)
        return Module(path) if path else External(name)

    def _foreign_member(self, module: str, member: str) -> frozenset[Value]:
        return frozenset({self._below(f"{module}.{member}")})

    def _below(self, qualified: str) -> Value:
        """A name below something foreign: a module in a namespace package, a known object, or just that name."""
        path = self.project.module(qualified)
        if path is not None:
            return Module(path)
        held = self.catalogue.object(qualified)
        return Instance(External(held)) if held else External(qualified)

    def _module_path(self, term: Imported, index: FileIndex) -> str | None:
        name = absolute_name(term, index)
        return self.project.module(name, index.path) if name else None

    def module_member(self, path: str, name: str) -> frozenset[Value]:
        """What a project module holds under a name; nothing when it binds no such name."""
        index = self.file(path)
        if index is None:
            return ANYTHING
        scope = index.scopes[0]
        if name in scope.bindings:
            bound = tuple(b for b in scope.bindings[name] if not scope.suites[b.suite].typing_only)
            return self.bound_values(bound, path)
        for star in reversed(index.stars):
            below = self._module_path(star, index)
            if below is None:
                qualified = f"{star.module}.{name}"
                if self.catalogue.call(qualified) or self.catalogue.type(qualified):
                    return frozenset({External(qualified)})
            elif below != path and (found := self._exported(below, name)):
                return found
        submodule = self.project.module(f"{index.module}.{name}") if index.is_package else None
        return frozenset({Module(submodule)}) if submodule else NOTHING

    def _exported(self, path: str, name: str) -> frozenset[Value]:
        """What a star import takes from a project module under a name; nothing where it leaves that out."""
        index = self.file(path)
        if index is None:
            return ANYTHING
        if index.exported is not None:
            return self.module_member(path, name) if name in index.exported else NOTHING
        if "__all__" not in index.scopes[0].bindings:
            return NOTHING if name.startswith("_") else self.module_member(path, name)
        found = self.module_member(path, name)
        return ANYTHING if found and name in _BUILTINS else found

    # -- attributes and calls

    def attribute(self, value: Value, name: str) -> frozenset[Value]:
        """`value.name`."""
        if isinstance(value, External):
            return self.members.of_foreign_class(value, name) or frozenset(
                {self._below(f"{value.name}.{name}")}
            )
        if isinstance(value, Module):
            return self.module_member(value.path, name) or ANYTHING
        if isinstance(value, Defined):
            return self.members.of_class(value, name) if self.is_class(value) else ANYTHING
        if isinstance(value, Instance):
            if name == "__class__":
                return frozenset({value.of})
            if has_method(value, name):
                return frozenset({Contained(name, value)})
            return self.members.of_instance(value, name)
        if isinstance(value, Method):
            return self.members.below_dynamic(value, name)
        return self.members.of_super(value, name) if isinstance(value, Super) else ANYTHING

    def called(self, value: Value, term: Call, where: Where) -> frozenset[Value]:
        """What calling `value` gives."""
        if isinstance(value, External):
            return self._called_external(value, term, where)
        if isinstance(value, Method):
            if value.entry.returns == FIRST_ARGUMENT:
                manager: set[Value] = {value.through} if value.through else set()
                return frozenset(manager) | self._first_argument(term, where)
            return self._returned(value, term)
        if isinstance(value, Bound):
            found = self.result(value.function, value.receiver)
            return frozenset(self.members.owned(each, value.receiver.element) for each in found)
        if isinstance(value, Defined):
            return frozenset({Instance(value)}) if self.is_class(value) else self.result(value)
        if isinstance(value, Contained):
            return method_result(value)
        if isinstance(value, Hint):
            return value.instances
        if isinstance(value, Instance):
            return self._called_instance(value, term, where)
        return ANYTHING

    def _called_instance(self, value: Instance, term: Call, where: Where) -> frozenset[Value]:
        """`factory()`, where a class of objects that can be called made `factory`."""
        known = self.members.called_object(value)
        return frozenset().union(*(self.called(each, term, where) for each in known)) or ANYTHING

    def _called_external(self, value: External, term: Call, where: Where) -> frozenset[Value]:
        known = KNOWN_CALLS.get(value.name)
        if known is not None:
            return known(self, term, where)
        if value.name in ROUTERS:
            return frozenset({Instance(value)})
        entry = self.catalogue.call(value.name)
        if entry is None or not entry.returns:
            return ANYTHING
        entry = as_called(entry, term)
        if entry.returns == FIRST_ARGUMENT:
            return self._first_argument(term, where)
        if needs_element(entry.returns or ""):
            models = map(held_class, self._first_argument(term, where))
            return frozenset(promised_value(entry.returns, UNKNOWN, each) for each in models)
        return frozenset({self._given(entry, promised_value(entry.returns, UNKNOWN, None))})

    def _first_argument(self, term: Call, where: Where) -> frozenset[Value]:
        return self.values(term.args[0], where) if term.args else ANYTHING

    def _returned(self, method: Method, term: Call) -> frozenset[Value]:
        element = told_element(self, method.receiver, method.owner) if method.receiver else None
        itself = method.receiver or Instance(method.through or External(method.owner))
        entry = as_called(method.entry, term)
        if element is None and needs_element(entry.returns or "") and self._manages(method):
            element = SOME_MODEL
        result = self._given(entry, promised_value(entry.returns, itself, element))
        result = self.members.owned(result, self._owner_of_rows(method))
        return frozenset({Awaitable(result) if method.native else result})

    def _manages(self, method: Method) -> bool:
        return method.receiver is not None and self.model_managers.manages(method.receiver)

    def _owner_of_rows(self, method: Method) -> Value | None:
        """The model whose method this is: querysets that it gives are of its rows (`category.get_children()`)."""
        made = method.receiver or (Instance(method.through) if method.through else None)
        return None if made is None or self.model_managers.manages(made) else made.of

    def _given(self, entry: Entry, promised: Value) -> Value:
        """What the catalogue promises; for an iterator that is each item, or what is iterated itself (a cursor)."""
        lazy = entry.result is Result.ITERATOR and entry.name != "__iter__"
        if not lazy or not isinstance(promised, Instance):
            return promised
        iterated = isinstance(promised.of, External) and self.catalogue.member(
            promised.of.name, "__iter__"
        )
        return promised if iterated else iterator_of(promised)

    def result(self, function: Defined, receiver: Instance | None = None) -> frozenset[Value]:
        """What calling a project function gives: by its annotation, else by its `return` statements."""
        scope = self.scope(function)
        if scope is None or scope.kind is ScopeKind.CLASS:
            return ANYTHING
        if scope.kind is ScopeKind.LAMBDA:
            return self.union(scope.returns, Where(function.path, function.scope))
        decoration = decorated(self, function)
        if scope.yields:
            return _generated(decoration, function, receiver)
        if decoration.kind in (Kind.UNKNOWN, Kind.MANAGER):
            return ANYTHING
        found = self._returns(function, scope, receiver) if decoration.keeps_result else ANYTHING
        if scope.is_async or decoration.kind is Kind.AWAITABLE:
            found = frozenset(Awaitable(value) for value in found or ANYTHING)
        return self.members.for_receiver(found, receiver)

    def _returns(
        self, function: Defined, scope: Scope, receiver: Instance | None
    ) -> frozenset[Value]:
        if scope.annotation is not None:
            rows = annotated_rows(self, function, scope, receiver)
            return rows or self.values(scope.annotation, Where(function.path, max(scope.parent, 0)))
        if not scope.returns and not scope.stub:
            return frozenset({Literal("NoneType", None)})
        found = self.union(scope.returns, Where(function.path, function.scope))
        return own_rows(found, receiver.element) if receiver and receiver.element else found

    def yielded(self, value: Generated | Managed) -> frozenset[Value]:
        """What the `yield`s of a generator function give: by its annotation, else by what they yield."""
        function = value.function
        scope = self.scope(function)
        if scope is None:
            return ANYTHING
        promised_items = self._promised_items(function, scope)
        inside = Where(function.path, function.scope)
        found = promised_items or self.union(scope.yielded, inside)
        return self.members.for_receiver(found, value.receiver)

    def _promised_items(self, function: Defined, scope: Scope) -> frozenset[Value]:
        """What iterating over an annotated result gives; nothing where the annotation does not tell."""
        if scope.annotation is None:
            return NOTHING
        promises = self.values(scope.annotation, Where(function.path, max(scope.parent, 0)))
        items = [items_of(each) if isinstance(each, Instance) else NOTHING for each in promises]
        return frozenset().union(*items) if all(items) else NOTHING

    def scope(self, value: Defined) -> Scope | None:
        index = self.file(value.path)
        return index.scopes[value.scope] if index else None

    def is_class(self, value: Defined) -> bool:
        scope = self.scope(value)
        return scope is not None and scope.kind is ScopeKind.CLASS

    def is_function(self, value: Value) -> bool:
        return isinstance(value, Defined) and not self.is_class(value)

    def enclosing_method(self, where: Where) -> Scope | None:
        """The method whose body a place belongs to."""
        index = self.file(where.path)
        scope = index.scopes[where.scope] if index else None
        while index and scope and scope.kind in (ScopeKind.COMPREHENSION, ScopeKind.GENERATOR):
            scope = index.scopes[scope.parent]
        if index is None or scope is None or scope.kind is not ScopeKind.FUNCTION:
            return None
        return scope if index.scopes[scope.parent].kind is ScopeKind.CLASS else None


def _generated(
    decoration: Decoration, function: Defined, receiver: Instance | None
) -> frozenset[Value]:
    """What calling a generator function gives."""
    if decoration.kind is Kind.MANAGER:
        return frozenset({Managed(function, receiver)})
    kept = decoration.kind in (Kind.PLAIN, Kind.PROPERTY) and decoration.keeps_result
    return frozenset({Generated(function, receiver)}) if kept else ANYTHING


def absolute_name(term: Imported, index: FileIndex) -> str | None:
    """The absolute dotted name of the module that an import names, or None above the top level."""
    if not term.level:
        return term.module
    package = index.module.split(".") if index.module else []
    if not index.is_package:
        package = package[:-1]
    up = term.level - 1
    if up > len(package):
        return None
    base = package[: len(package) - up] if up else package
    return ".".join([*base, *([term.module] if term.module else [])]) or None
