"""Which tests patch a name, as a module that uses it would see it."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from awaken.index.expressions import plain_term
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External, Module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import FileIndex
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value
    from awaken.test_words import Replaced

# What the functions of a library run through; whoever replaces that replaces them all.
_INSIDE = {
    "requests": (
        *("requests.request", "requests.api.request", "requests.session", "requests.sessions"),
        *("requests.Session", "requests.adapters", "requests.models", "requests.Response"),
    ),
    "httpx": ("httpx.Client", "httpx.HTTPTransport", "httpx.Response", "httpx.request"),
    "httpx2": ("httpx2.Client", "httpx2.HTTPTransport", "httpx2.Response", "httpx2.request"),
    "urllib3": ("urllib3.PoolManager", "urllib3.connectionpool", "urllib3.poolmanager"),
    "urllib": ("urllib.request.OpenerDirector", "urllib.request.build_opener"),
}


@dataclass(frozen=True, slots=True)
class Use:
    """A call, and how a module reaches it.

    Attributes:
        call: the qualified name of what is called.
        spelled: how the module calls it (`requests.get`, `r.get`, `get`); empty where that begins with no name of
            the module.
        index: the module.
    """

    call: str
    spelled: str
    index: FileIndex

    @property
    def reached_by(self) -> tuple[str, ...]:
        """The names on the way to it: `requests.get`, and `requests`."""
        parts = self.spelled.split(".") if self.spelled else []
        return tuple(".".join(parts[:end]) for end in range(len(parts), 0, -1))

    @property
    def modules(self) -> tuple[str, ...]:
        """Those of them that are modules of its library."""
        return self.reached_by[1:]


class Patches:
    """The patches of a project.

    Args:
        replaced: what stands in its files.
        resolver: knows what names mean in them.
    """

    def __init__(self, replaced: Replaced, resolver: Resolver) -> None:
        self._replaced = replaced
        self._resolver = resolver
        self._inside_of: dict[str, tuple[str, ...]] = {}

    def of(self, use: Use) -> Iterator[tuple[str, str]]:
        """Yield what replaces a call: the file, and the dotted name that is patched in it."""
        strings = (name for end in use.reached_by for name in self._strings(end, use.index))
        for name in {use.call, *strings, *self._inside(use.call)}:
            for path in self._replaced.patched.get(name, ()):
                yield path, name
        for attribute in {name.rpartition(".")[2] for name in (use.call, *use.reached_by)}:
            for owner, path in self._replaced.set_on.get(attribute, ()):
                if self._is_replaced(owner, attribute, path, use):
                    yield path, f"{owner}.{attribute}"

    def _strings(self, end: str, index: FileIndex) -> Iterator[str]:
        """Strings that name something of a module, under any name that the module may have."""
        yield f".{end}"
        yield f"{index.module}.{end}"
        for name in self._by_last.get(end.rpartition(".")[2], ()):
            module = name.removesuffix(f".{end}")
            if module != name and self._resolver.project.module(module) == index.path:
                yield name

    @cached_property
    def _by_last(self) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name in self._replaced.patched:
            found[name.rpartition(".")[2]].append(name)
        return found

    def _inside(self, call: str) -> tuple[str, ...]:
        """The patched names that the functions of a library run through."""
        root = call.partition(".")[0]
        if root not in self._inside_of:
            inside = _INSIDE.get(root, ())
            below = tuple(f"{each}." for each in inside)
            names = self._replaced.patched if inside else ()
            self._inside_of[root] = tuple(
                name for name in names if name in inside or name.startswith(below)
            )
        return self._inside_of[root]

    def _is_replaced(self, owner: str, attribute: str, path: str, use: Use) -> bool:
        """Whether an attribute that a test sets is the call, or what the module reaches it by.

        What is set on `shop.requests` is meant for `shop`, although all modules share it. Where `shop` is a fixture or
        the like, it may be any module.
        """
        values = self._values(owner, path)
        if Module(use.index.path) in values:
            return attribute in use.reached_by
        if attribute in use.modules:
            return not _are_known(values)
        base, _, last = owner.rpartition(".")
        around = self._values(base, path) if base else frozenset()
        if base and f"{last}.{attribute}" in use.reached_by:
            return Module(use.index.path) in around or not _are_known(around)
        modules = any(isinstance(each, Module) for each in around)
        return not modules and any(
            isinstance(each, External) and f"{each.name}.{attribute}" == use.call for each in values
        )

    def _values(self, written: str, path: str) -> frozenset[Value]:
        """What an expression of a test may stand for, wherever it stands in its file."""
        index = self._resolver.file(path)
        if index is None:
            return frozenset()
        term = plain_term(ast.parse(written, mode="eval").body)
        root = written.partition(".")[0]
        scopes = [scope.number for scope in index.scopes if root in scope.bindings]
        where = (Where(path, number) for number in scopes)
        return frozenset().union(*(self._resolver.values(term, each) for each in where))


def _are_known(values: frozenset[Value]) -> bool:
    return bool(values) and all(isinstance(value, Module | External) for value in values)
