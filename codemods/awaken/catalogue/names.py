"""An index of libraries by qualified name: which record stands for which name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.catalogue.exchange import Exchange
    from awaken.catalogue.families import Family
    from awaken.catalogue.schema import Client, Entry, Library, TypeEntry


@dataclass(frozen=True, slots=True)
class Names:
    """The records of some libraries, by every name they go by.

    Attributes:
        calls: functions and constructors.
        types: classes, under their canonical name and their aliases.
        objects: module-level objects, to the type they have.
        clients: the async forms of classes, by the type of the objects.
        exchanges: how requests are made with async clients, by the module of the functions that make them.
        families: classes whose async methods are copies, by the name of their family.
        owners: the library that defines each of these names.
    """

    calls: dict[str, Entry] = field(default_factory=dict)
    types: dict[str, TypeEntry] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    exchanges: dict[str, tuple[Exchange, ...]] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)
    owners: dict[str, Library] = field(default_factory=dict)

    @property
    def computes(self) -> frozenset[str]:
        """The calls that compute for long, which the rule `cpu` reports."""
        return frozenset(name for name, call in self.calls.items() if call.rule == "cpu")


def index_names(libraries: Iterable[Library]) -> Names:
    """Indexes libraries; where two define the same call or object, the later one counts.

    A type that is defined twice keeps the members of both, so that a user can add one method to
    a class that awaken already knows.
    """
    names = Names()
    for library in libraries:
        for entry in library.types:
            _add_type(names, library, entry)
        for call in library.calls:
            names.calls[call.name] = call
            names.owners[call.name] = library
        for client in library.clients:
            names.clients[client.type] = client
        for exchange in library.exchanges:
            for module in (*exchange.modules, exchange.session):
                known = names.exchanges.get(module, ())
                names.exchanges[module] = (exchange, *known)
        names.families.update((family.name, family) for family in library.families)
        for name, kind in library.objects.items():
            names.objects[name] = kind
            names.owners[name] = library
    return names


def merge_types(known: TypeEntry, added: TypeEntry) -> TypeEntry:
    """Adds what one definition of a type says to another; `added` wins where both speak."""
    return replace(
        known,
        aliases=tuple(dict.fromkeys((*known.aliases, *added.aliases))),
        bases=tuple(dict.fromkeys((*added.bases, *known.bases))),
        members={**known.members, **added.members},
        attributes={**known.attributes, **added.attributes},
        dynamic=added.dynamic or known.dynamic,
        affinity=added.affinity or known.affinity,
        shared=known.shared and added.shared,
        moves=known.moves and added.moves,
        holds=added.holds or known.holds,
        closing=added.closing or known.closing,
        entered=added.entered or known.entered,
        settles=known.settles and added.settles,
        callbacks={**known.callbacks, **added.callbacks},
        hooks=tuple(dict.fromkeys((*known.hooks, *added.hooks))),
        quiet=tuple(dict.fromkeys((*known.quiet, *added.quiet))),
        handed={**known.handed, **added.handed},
        not_awaited=added.not_awaited or known.not_awaited,
        handlers=tuple(dict.fromkeys((*known.handlers, *added.handlers))),
        element_of=tuple(dict.fromkeys((*added.element_of, *known.element_of))),
        as_field=added.as_field or known.as_field,
        loading={**known.loading, **added.loading},
    )


def _add_type(names: Names, library: Library, entry: TypeEntry) -> None:
    known = names.types.get(entry.name)
    merged = merge_types(known, entry) if known else entry
    for name in (merged.name, *merged.aliases):
        names.types[name] = merged
        names.owners[name] = library
