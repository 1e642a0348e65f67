"""The catalogue as the engine asks it: what is this name, what does that member do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from awaken.catalogue.builtin import (
    convention_libraries,
    files_by_root,
    libraries_of,
    loop_libraries,
    property_libraries,
)
from awaken.catalogue.names import Names, index_names, merge_types
from awaken.catalogue.parse import RULES
from awaken.catalogue.schema import Client, Convention, Entry, Library, TypeEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.catalogue.exchange import Exchange
    from awaken.catalogue.families import Family


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that is known of libraries: the built-in files, and what users add to them.

    Attributes:
        added: the user's libraries, in the order they were added; a later one counts.
    """

    added: tuple[Library, ...] = ()
    _names: Names = field(default_factory=Names, repr=False, compare=False)

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule that an entry can be reported by, in alphabetical order."""
        return RULES

    def call(self, qualified: str) -> Entry | None:
        """Finds a function, a constructor or a method by its qualified name.

        Calling a class that is followed gives an instance of it. A method reached through its class
        (`pathlib.Path.cwd`) or through a module-level object (`django.core.cache.cache.get`) is
        found too, under its full name.
        """
        explicit = self._names.calls.get(qualified)
        return (
            explicit
            or _builtin_names(_root(qualified)).calls.get(qualified)
            or self._constructor(qualified)
            or self._method(qualified)
        )

    def added_call(self, qualified: str) -> Entry | None:
        """Finds a function among those that users have added."""
        return self._names.calls.get(qualified)

    @property
    def computes(self) -> frozenset[str]:
        """Names of the functions, and of the decorators of functions, that users call CPU-bound."""
        return self._names.computes

    def type(self, qualified: str) -> TypeEntry | None:
        """Finds a class by its canonical name or an alias."""
        added = self._names.types.get(qualified)
        name = added.name if added else qualified
        builtin = _builtin_names(_root(name)).types.get(name)
        if builtin is None:
            return added
        added = added or self._names.types.get(builtin.name)
        return merge_types(builtin, added) if added else builtin

    def object(self, qualified: str) -> str | None:
        """Gives the type of a module-level object (`sys.stdin`), or None."""
        added = self._names.objects.get(qualified)
        return added or _builtin_names(_root(qualified)).objects.get(qualified)

    def ancestry(self, qualified: str) -> tuple[TypeEntry, ...]:
        """Lists a type and the known types it inherits from, in the order members are looked up."""
        found: dict[str, TypeEntry] = {}
        pending = [qualified]
        while pending:
            entry = self.type(pending.pop(0))
            if entry is not None and entry.name not in found:
                found[entry.name] = entry
                pending = [*entry.bases, *pending]
        return tuple(found.values())

    def client(self, type_qualified: str) -> Client | None:
        """Finds what does the same as a class on the event loop, in another library."""
        builtin = _builtin_names(_root(type_qualified)).clients.get(type_qualified)
        return self._names.clients.get(type_qualified) or builtin

    def exchange(self, call: str, target: str) -> Exchange | None:
        """Finds how a request is made with another library's async client.

        Args:
            call: qualified name of the function, or of a session's method, that makes it.
            target: the module of the client, for libraries that have none of their own.
        """
        owner = call.rpartition(".")[0]
        builtin = _builtin_names(_root(call)).exchanges.get(owner, ())
        known = (*self._names.exchanges.get(owner, ()), *builtin)
        return next((each for each in known if each.client(target)), None)

    def family(self, name: str, owner: str) -> Family | None:
        """Finds a family of classes by its name, in the library that a qualified name belongs to."""
        builtin = _builtin_names(_root(owner)).families
        return self._names.families.get(name) or builtin.get(name)

    def member(self, type_qualified: str, name: str) -> Entry | None:
        """Finds a member of a type, or of a type it inherits from."""
        lineage = self.ancestry(type_qualified)
        return next((entry.members[name] for entry in lineage if name in entry.members), None)

    def dynamic(self, type_qualified: str, name: str) -> Entry | None:
        """Gives what a type says of members it does not list, if `name` may be one that blocks.

        Clients that have both forms in one class end the name of the coroutine in `_async`
        (`client.messages.create_async` of twilio, stripe and mistralai).
        """
        if name.startswith("__") or name.endswith("_async"):
            return None
        lineage = self.ancestry(type_qualified)
        return next((entry.dynamic for entry in lineage if entry.dynamic is not None), None)

    def attribute(self, type_qualified: str, name: str) -> str | None:
        """Gives the type that an attribute holds: `self`, `element`, a qualified name, or None.

        A type whose members include `__getattr__` (`client.any_database`) holds what that returns
        under every other name.
        """
        lineage = self.ancestry(type_qualified)
        for entry in lineage:
            if name in entry.attributes:
                return entry.attributes[name]
        fallback = self.member(type_qualified, "__getattr__")
        return fallback.returns if fallback and not self.member(type_qualified, name) else None

    def conventions(self, roots: Iterable[str]) -> tuple[Convention, ...]:
        """Lists how parameters are called that the libraries with some top-level modules fill."""
        wanted = (
            sorted(_builtin_conventions() & frozenset(roots)) if not self.added else sorted(roots)
        )
        added = (each for each in self.added if _root(each.name) in wanted)
        builtin = (each for root in wanted for each in libraries_of(root))
        return tuple(known for each in (*added, *builtin) for known in each.conventions)

    def library(self, root: str) -> Library | None:
        """Finds the library whose top-level module is `root`."""
        known = (*reversed(self.added), *libraries_of(root))
        return next((each for each in known if each.name == root), None)

    def library_of(self, qualified: str) -> Library:
        """Finds the library that a known name belongs to.

        Args:
            qualified: a call, a type, an object, or anything below one of them.

        Raises:
            KeyError: when the catalogue does not know the name.
        """
        builtin = _builtin_names(_root(qualified)).owners
        name = qualified
        while name:
            owner = self._names.owners.get(name) or builtin.get(name)
            if owner is not None:
                return owner
            name = name.rpartition(".")[0]
        raise KeyError(qualified)

    def is_known_root(self, top_level_name: str) -> bool:
        """Tells whether anything is known below a top-level module, without reading its file."""
        added = any(_root(name) == top_level_name for name in self._names.owners)
        return added or top_level_name in files_by_root()

    @property
    def callback_names(self) -> frozenset[str]:
        """Names of all methods that have a function run on an event loop, whatever the type."""
        added = (name for each in self.added for kind in each.types for name in kind.callbacks)
        return _builtin_callbacks().union(added)

    @property
    def hook_names(self) -> frozenset[str]:
        """Names of all methods that a framework calls on an event loop, whatever the type."""
        added = (name for each in self.added for kind in each.types for name in kind.hooks)
        return _builtin_hooks().union(added)

    def is_property_name(self, name: str) -> bool:
        """Whether some type has a property of that name that does the work when it is read."""
        added = (each for library in self.added for each in _properties(library))
        return name in _builtin_properties() or name in added

    def _constructor(self, qualified: str) -> Entry | None:
        kind = self.type(qualified)
        if kind is None:
            return None
        same = self.call(kind.name) if kind.name != qualified else None
        return replace(same or Entry("", returns=kind.name), name=qualified)

    def _method(self, qualified: str) -> Entry | None:
        owner, _, name = qualified.rpartition(".")
        held = self.object(owner)
        kind = self.type(held or owner)
        entry = self.member(kind.name, name) if kind else None
        if kind is None or entry is None:
            return None
        returns = kind.name if entry.returns == "self" else entry.returns
        whole = replace(entry, name=f"{owner if held else kind.name}.{name}", returns=returns)
        return whole if held else _unbound(whole)


def extend(catalogue: Catalogue, libraries: Iterable[Library]) -> Catalogue:
    """Adds libraries to a catalogue, without changing the one given."""
    added = (*catalogue.added, *libraries)
    return Catalogue(added, index_names(added))


def _unbound(entry: Entry) -> Entry:
    """Drops the native form: `await x.aget()` is no replacement for `Class.get(x)`."""
    strategies = tuple(strategy for strategy in entry.strategies if strategy != "native")
    return replace(entry, native=None, strategies=strategies)


def _root(qualified: str) -> str:
    return qualified.partition(".")[0]


@cache
def _builtin_callbacks() -> frozenset[str]:
    kinds = (kind for library in loop_libraries() for kind in library.types)
    return frozenset(name for kind in kinds for name in kind.callbacks)


@cache
def _builtin_hooks() -> frozenset[str]:
    kinds = (kind for library in loop_libraries() for kind in library.types)
    return frozenset(name for kind in kinds for name in kind.hooks)


def _properties(library: Library) -> Iterator[str]:
    for kind in library.types:
        yield from (entry.name for entry in kind.members.values() if entry.is_property)


@cache
def _builtin_conventions() -> frozenset[str]:
    """The top-level modules of the libraries that have conventions."""
    return frozenset(_root(each.name) for each in convention_libraries())


@cache
def _builtin_properties() -> frozenset[str]:
    return frozenset(name for each in property_libraries() for name in _properties(each))


@cache
def _builtin_names(root: str) -> Names:
    return index_names(libraries_of(root))
