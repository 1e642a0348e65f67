"""Who inherits from whom: the methods that a call through a base class may reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.index.terms import Item
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Bound, Defined, External, Instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.index.summary import Scope
    from awaken.prescan import Prescan
    from awaken.resolve.resolver import Resolver

_PROTOCOLS = frozenset({External("typing.Protocol"), External("typing_extensions.Protocol")})
# Methods without arguments that all kinds of classes have.
_COMMON = frozenset(
    (
        *("close", "run", "get", "stop", "start", "cleanup", "update", "reset", "clear", "flush"),
        *("connect", "disconnect", "refresh", "process", "execute", "setup", "shutdown", "copy"),
    )
)
_ABSTRACT = frozenset({External("abc.abstractmethod"), External("abc.abstractproperty")})


class Hierarchy:
    """The project's classes by their bases, worked out when they are asked for.

    Args:
        scan: gives what the bytes of the project's files tell; called when that is first needed.
        resolver: knows the project.
        properties: names under which its classes may have properties, where they are known.
    """

    def __init__(
        self,
        scan: Callable[[], Prescan],
        resolver: Resolver,
        properties: frozenset[str] | None = None,
    ) -> None:
        self._look_through = scan
        self._resolver = resolver
        self._properties = properties
        self._subclasses: dict[Defined, tuple[tuple[Defined, ...], frozenset[str]]] = {}

    def overrides(self, function: Defined, receiver: Defined | None = None) -> tuple[Defined, ...]:
        """The methods that a call of `function` on an object may run instead of it.

        Those that the project's subclasses have under the name; for a member of a `typing.Protocol` also those
        of the project's classes that have all of its methods.

        Args:
            function: the method that the object's class has.
            receiver: that class, where it is known; it may inherit the method.
        """
        owner, scope = self._owner(function), self._resolver.scope(function)
        if owner is None or scope is None:
            return ()
        classes = dict.fromkeys(self.below(receiver or owner))
        if self.is_protocol(owner):
            for implementer in self._implementers(owner):
                classes.update(dict.fromkeys((implementer, *self.below(implementer))))
        found = (method for each in classes for method in self._methods(each, scope.name))
        return tuple(dict.fromkeys(method for method in found if method != function))

    def is_abstract(self, function: Defined) -> bool:
        """Whether a method is there to be overridden: it is declared so, or says nothing."""
        scope = self._resolver.scope(function)
        owner = self._owner(function)
        if scope is None or owner is None:
            return False
        where = Where(function.path, owner.scope)
        declared = (self._resolver.values(each, where) for each in scope.decorators)
        return scope.stub or self.is_protocol(owner) or any(found & _ABSTRACT for found in declared)

    def is_protocol(self, value: Defined) -> bool:
        return not _PROTOCOLS.isdisjoint(self._bases(value))

    def may_be_property(self, name: str) -> bool:
        """False where no class of the project has a property of that name."""
        return self._properties is None or name in self._properties

    # -- classes

    def _owner(self, function: Defined) -> Defined | None:
        scope = self._resolver.scope(function)
        if scope is None or scope.parent < 0:
            return None
        owner = Defined(function.path, scope.parent)
        return owner if self._resolver.is_class(owner) else None

    def _bases(self, value: Defined) -> set[object]:
        scope = self._resolver.scope(value)
        where = Where(value.path, max(scope.parent, 0) if scope else 0)
        terms = (
            (base.base if isinstance(base, Item) else base for base in scope.bases) if scope else ()
        )
        return {found for term in terms for found in self._resolver.values(term, where)}

    def below(self, value: Defined) -> Iterator[Defined]:
        """Every class that inherits from one, near or far."""
        seen = {value}
        pending = [value]
        while pending:
            for below in self._direct(pending.pop(0)):
                if below not in seen:
                    seen.add(below)
                    pending.append(below)
                    yield below

    def _direct(self, value: Defined) -> tuple[Defined, ...]:
        if value not in self._subclasses:
            before, self._resolver.touched = self._resolver.touched, set()
            found = tuple(self._find_direct(value))
            self._subclasses[value] = (found, frozenset(self._resolver.touched))
            self._resolver.touched |= before
        classes, touched = self._subclasses[value]
        self._resolver.touched |= touched
        return classes

    def _find_direct(self, value: Defined) -> Iterator[Defined]:
        scope = self._resolver.scope(value)
        scan = self._look_through()
        names = [scope.name, *scan.aliases.get(scope.name, ())] if scope else []
        paths = dict.fromkeys(path for name in names for path in scan.subclassing.get(name, ()))
        for candidate in self._classes(paths):
            if candidate != value and value in self._bases(candidate):
                yield candidate

    def _classes(self, paths: dict[str, None]) -> Iterator[Defined]:
        for path in paths:
            index = self._resolver.file(path)
            for scope in index.scopes if index else ():
                if scope.kind is ScopeKind.CLASS:
                    yield Defined(path, scope.number)

    # -- protocols

    def _implementers(self, protocol: Defined) -> Iterator[Defined]:
        """The classes that have everything of a protocol, in the same form, without naming it."""
        wanted = self._own_methods(protocol)
        if not wanted or (len(wanted) == 1 and self._says_little(*wanted.values())):
            return
        scan = self._look_through()
        paths = set.intersection(*(set(scan.methods.get(name, ())) for name in wanted))
        for candidate in self._classes(dict.fromkeys(sorted(paths))):
            if not self.is_protocol(candidate) and self._has_all(candidate, protocol, wanted):
                yield candidate

    def _says_little(self, method: Scope) -> bool:
        """Whether many classes have such a method that have nothing to do with each other."""
        return method.name.startswith("__") or (
            method.name in _COMMON and len(method.parameters) <= 1
        )

    def _has_all(self, value: Defined, protocol: Defined, wanted: dict[str, Scope]) -> bool:
        scope, declared = self._resolver.scope(value), self._resolver.scope(protocol)
        if scope is None or declared is None:
            return False
        names = {name.removeprefix(".") for name in scope.bindings}
        if not {name.removeprefix(".") for name in declared.bindings} <= names:
            return False
        own = self._own_methods(value)
        return all(name in own and _alike(own[name], method) for name, method in wanted.items())

    def _own_methods(self, value: Defined) -> dict[str, Scope]:
        index = self._resolver.file(value.path)
        return {
            scope.name: scope
            for scope in (index.scopes if index else ())
            if scope.parent == value.scope and scope.kind is ScopeKind.FUNCTION
        }

    def _methods(self, value: Defined, name: str) -> Iterator[Defined]:
        """What objects of a class run under a name."""
        for found in self._resolver.members.of_instance(Instance(value), name):
            if isinstance(found, Bound):
                yield found.function


def _alike(method: Scope, wanted: Scope) -> bool:
    """Whether two methods can be called in the same way: they say the same in their heads."""
    same = method.parameters[1:] == wanted.parameters[1:]
    return same and method.is_async == wanted.is_async and method.yields == wanted.yields
