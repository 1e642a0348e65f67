"""Terms to values, across modules, classes and calls; every answer is a set, and doubt is part of it."""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING

from awaken.index.summary import Binding, FileIndex, Scope, ScopeKind
from awaken.index.terms import (
    Annotation,
    Call,
    Constant,
    Display,
    Element,
    Imported,
    Item,
    Term,
)
from awaken.resolve.annotations import promised_types
from awaken.resolve.answers import Answers
from awaken.resolve.decorator_names import ROUTERS
from awaken.resolve.decorators import Decoration, Kind, decorated
from awaken.resolve.evaluation import Where
from awaken.resolve.members import Members
from awaken.resolve.promises import FIRST_ARGUMENT, promised_value
from awaken.resolve.reaching import reaching
from awaken.resolve.term_values import EVALUATORS, element_values, held_instance, listed
from awaken.resolve.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    Awaitable,
    Bound,
    Defined,
    External,
    Generated,
    Instance,
    Managed,
    Method,
    Module,
    Value,
    is_none,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.catalogue.load import Catalogue
    from awaken.resolve.project import Project

_BUILTINS = frozenset(dir(builtins))
_LISTS = ("builtins.list", "builtins.sorted")
_ITERABLES = frozenset(
    f"{module}.{name}"
    for module in ("typing", "collections.abc")
    for name in (
        "Iterator",
        "Iterable",
        "Generator",
        "AsyncIterator",
        "AsyncIterable",
        "AsyncGenerator",
    )
)
_PARTIALS = ("functools.partial", "functools.partialmethod")
_WIDEST = 8


class Resolver:
    """Evaluates terms over one project and one catalogue."""

    def __init__(self, project: Project, catalogue: Catalogue) -> None:
        self.project = project
        self.catalogue = catalogue
        self.members = Members(self)
        self._answers = Answers()

    @property
    def touched(self) -> set[str]:
        """Paths of the files that answers have depended on since it was last emptied."""
        return self._answers.touched

    @touched.setter
    def touched(self, paths: set[str]) -> None:
        self._answers.touched = paths

    # -- terms

    def values(self, term: Term, where: Where) -> frozenset[Value]:
        """Everything that `term` may stand for at `where`; UNKNOWN among them where there is doubt."""
        return self._answers.answer(term, where, lambda: self._evaluate(term, where))

    def _evaluate(self, term: Term, where: Where) -> frozenset[Value]:
        evaluate = EVALUATORS.get(type(term))
        if evaluate is None:
            return ANYTHING
        found = evaluate(self, term, where)
        return found if len(found) <= _WIDEST else ANYTHING

    def file(self, path: str) -> FileIndex | None:
        """The summary of a file of the project, noted as something the answer depends on."""
        self.touched.add(path)
        return self.project.file(path)

    def union(self, terms: Iterable[Term], where: Where) -> frozenset[Value]:
        return frozenset().union(*(self.values(term, where) for term in terms))

    # -- names

    def lookup(self, name: str, where: Where) -> frozenset[Value]:
        """What a bare name stands for."""
        index = self.file(where.path)
        if index is None:
            return ANYTHING
        scope: Scope | None = index.scopes[where.scope]
        flowing = where.line is not None
        start = scope
        while scope is not None:
            visible = scope is start or scope.kind is not ScopeKind.CLASS
            if visible and name in scope.bindings and name not in scope.outer:
                found = self._reaching(scope, name, where, flowing)
                return self.bound_values(found, index.path) if found else ANYTHING
            flowing = flowing and scope.kind in (ScopeKind.COMPREHENSION, ScopeKind.GENERATOR)
            scope = index.scopes[scope.parent] if scope.parent >= 0 else None
        return self._beyond(index, name)

    def _reaching(
        self, scope: Scope, name: str, where: Where, flowing: bool
    ) -> tuple[Binding, ...]:
        bindings = tuple(
            found
            for found in scope.bindings[name]
            if where.typing or not scope.suites[found.suite].typing_only
        )
        if not flowing or where.line is None:
            return bindings
        suite = where.suite if scope.number == where.scope else 0
        if scope.number != where.scope:
            return bindings
        return reaching(scope, bindings, where.line, where.column, suite)

    def bound_values(self, bindings: Iterable[Binding], path: str) -> frozenset[Value]:
        found: frozenset[Value] = NOTHING
        for binding in bindings:
            at = Where(path, binding.scope, binding.line, binding.column, binding.within)
            found |= self.values(binding.term, at)
        return found

    def _beyond(self, index: FileIndex, name: str) -> frozenset[Value]:
        """A name that no scope of the file binds: star imports, then builtins."""
        foreign = False
        for star in index.stars:
            path = self._module_path(star, index)
            if path is not None:
                members = self.module_member(path, name)
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
        for star in index.stars:
            below = self._module_path(star, index)
            if below is None:
                qualified = f"{star.module}.{name}"
                if self.catalogue.call(qualified) or self.catalogue.type(qualified):
                    return frozenset({External(qualified)})
            elif below != path and (found := self.module_member(below, name)):
                return found
        submodule = self.project.module(f"{index.module}.{name}") if index.is_package else None
        return frozenset({Module(submodule)}) if submodule else NOTHING

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
            return self.members.of_instance(value, name)
        if isinstance(value, Method):
            return self.members.below_dynamic(value, name)
        return ANYTHING

    def called(self, value: Value, term: Call, where: Where) -> frozenset[Value]:
        """What calling `value` gives."""
        if isinstance(value, External):
            return self._called_external(value, term, where)
        if isinstance(value, Method):
            if value.entry.returns == FIRST_ARGUMENT:
                manager: set[Value] = {value.through} if value.through else set()
                return frozenset(manager) | self._first_argument(term, where)
            return self._returned(value)
        if isinstance(value, Bound):
            found = self.result(value.function, value.receiver)
            return frozenset(self.members.owned(each, value.receiver.element) for each in found)
        if isinstance(value, Defined):
            return frozenset({Instance(value)}) if self.is_class(value) else self.result(value)
        return ANYTHING

    def _called_external(self, value: External, term: Call, where: Where) -> frozenset[Value]:
        if value.name == "builtins.getattr" and len(term.args) >= 2:  # noqa: PLR2004
            name = term.args[1]
            if isinstance(name, Constant) and isinstance(name.value, str):
                base = self.values(term.args[0], where)
                return frozenset().union(*(self.attribute(each, name.value) for each in base))
        if value.name in _LISTS and len(term.args) == 1:
            return frozenset(map(listed, element_values(self, Element(term.args[0]), where)))
        if value.name == "builtins.super" and not term.args:
            return self._base_instance(where)
        if value.name in _PARTIALS:
            return self._partial(term, where)
        if value.name in ROUTERS:
            return frozenset({Instance(value)})
        entry = self.catalogue.call(value.name)
        if entry is None or not entry.returns:
            return ANYTHING
        if entry.returns == FIRST_ARGUMENT:
            return self._first_argument(term, where)
        if entry.returns == "element":
            return frozenset(map(held_instance, self._first_argument(term, where)))
        return frozenset({promised_value(entry.returns, UNKNOWN, None)})

    def _partial(self, term: Call, where: Where) -> frozenset[Value]:
        """Calling `partial(f, ...)` calls `f`; with other arguments, which a fix of a foreign call would lose."""
        return frozenset(
            value if isinstance(value, (Defined, Bound)) else UNKNOWN
            for value in self._first_argument(term, where)
        )

    def _first_argument(self, term: Call, where: Where) -> frozenset[Value]:
        return self.values(term.args[0], where) if term.args else ANYTHING

    def _base_instance(self, where: Where) -> frozenset[Value]:
        """`super()` in a sync method of a class with one base; elsewhere it is not followed."""
        index = self.file(where.path)
        scope = index.scopes[where.scope] if index else None
        if index is None or scope is None or scope.is_async or scope.parent < 0:
            return ANYTHING
        owner = index.scopes[scope.parent]
        if owner.kind is not ScopeKind.CLASS or len(owner.bases) != 1:
            return ANYTHING
        bases = self.values(owner.bases[0], Where(where.path, max(owner.parent, 0)))
        return frozenset(
            Instance(base) if isinstance(base, (External, Defined)) else UNKNOWN for base in bases
        )

    def _returned(self, method: Method) -> frozenset[Value]:
        element = method.receiver.element if method.receiver else None
        itself = method.receiver or Instance(method.through or External(method.owner))
        result = promised_value(method.entry.returns, itself, element)
        return frozenset({Awaitable(result) if method.native else result})

    def result(self, function: Defined, receiver: Instance | None = None) -> frozenset[Value]:
        """What calling a project function gives: by its annotation, else by its `return` statements."""
        scope = self.scope(function)
        if scope is None or scope.kind is ScopeKind.CLASS:
            return ANYTHING
        if scope.kind is ScopeKind.LAMBDA:
            return self.union(scope.returns, Where(function.path, function.scope))
        decoration = decorated(self, function)
        if scope.yields:
            return _generated(scope, decoration, function, receiver)
        if decoration.kind in (Kind.UNKNOWN, Kind.MANAGER):
            return ANYTHING
        found = self._returns(function, scope) if decoration.keeps_result else ANYTHING
        if not scope.is_async and decoration.kind is not Kind.AWAITABLE:
            return found
        return frozenset(Awaitable(value) for value in found)

    def _returns(self, function: Defined, scope: Scope) -> frozenset[Value]:
        if scope.annotation is not None:
            return self.values(scope.annotation, Where(function.path, max(scope.parent, 0)))
        return self.union(scope.returns, Where(function.path, function.scope))

    def yielded(self, function: Defined) -> frozenset[Value]:
        """What the `yield`s of a generator function give: by its annotation, else by what they yield."""
        scope = self.scope(function)
        if scope is None:
            return ANYTHING
        outside = Where(function.path, max(scope.parent, 0))
        promised = self._promised_items(scope.annotation, outside)
        return promised or self.union(scope.yielded, Where(function.path, function.scope))

    def _promised_items(self, annotation: Term | None, where: Where) -> frozenset[Value]:
        """What iterating over an annotated value gives; nothing where the annotation does not tell."""
        declared = annotation.type if isinstance(annotation, Annotation) else None
        if not isinstance(declared, Item):
            return NOTHING
        bases = self.values(declared.base, where._replace(typing=True, line=None))
        if not all(isinstance(base, External) and base.name in _ITERABLES for base in bases):
            return NOTHING
        item = declared.index
        first = item.items[0] if isinstance(item, Display) and item.items else item
        return self.promised(first, where)

    def scope(self, value: Defined) -> Scope | None:
        index = self.file(value.path)
        return index.scopes[value.scope] if index else None

    def is_class(self, value: Defined) -> bool:
        scope = self.scope(value)
        return scope is not None and scope.kind is ScopeKind.CLASS

    def is_function(self, value: Value) -> bool:
        return isinstance(value, Defined) and not self.is_class(value)

    def promised(self, annotation: Term, where: Where) -> frozenset[Value]:
        """The instances that an annotation promises."""
        typing = where._replace(typing=True, line=None)
        found: set[Value] = set()
        for type_term, argument in promised_types(annotation):
            element = self._argument_type(argument, typing)
            for value in self.values(type_term, typing):
                if isinstance(value, External):
                    known = self.catalogue.type(value.name)
                    found.add(Instance(External(known.name if known else value.name), element))
                elif isinstance(value, Defined) and self.is_class(value):
                    found.add(Instance(value, element))
                elif not is_none(value):
                    found.add(UNKNOWN)
        return frozenset(found) or ANYTHING

    def _argument_type(self, argument: Term | None, where: Where) -> Value | None:
        if argument is None:
            return None
        for type_term, _ in promised_types(argument):
            for value in self.values(type_term, where):
                if isinstance(value, (External, Defined)):
                    return value
        return None


def _generated(
    scope: Scope, decoration: Decoration, function: Defined, receiver: Instance | None
) -> frozenset[Value]:
    """What calling a generator function gives."""
    if scope.is_async:
        return ANYTHING
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
