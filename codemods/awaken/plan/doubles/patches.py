"""Which tests patch a name, as a module that uses it would see it."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from awaken.index.expressions import plain_term
from awaken.plan.doubles.use import Use, beginnings
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External, Module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import FileIndex
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value
    from awaken.words_of_tests import Replaced

# What all of them run through on the way to the network; whoever replaces that replaces their answers.
_NETWORK = ("http.client", "socket.create_connection", "socket.socket")
_INSIDE = {
    "requests": (
        *("requests.request", "requests.api.request", "requests.session", "requests.sessions"),
        *("requests.Session", "requests.adapters", "requests.models", "requests.Response"),
        *("urllib3.connectionpool", "urllib3.poolmanager", "urllib3.PoolManager"),
    ),
    "httpx": ("httpx.Client", "httpx.HTTPTransport", "httpx.Response", "httpx.request", "httpcore"),
    "httpx2": ("httpx2.Client", "httpx2.HTTPTransport", "httpx2.Response", "httpx2.request"),
    "urllib3": ("urllib3.PoolManager", "urllib3.connectionpool", "urllib3.poolmanager"),
    "urllib": ("urllib.request.OpenerDirector", "urllib.request.build_opener"),
    "http": (),
}
_METHODS = frozenset(("handle_request", "open", "request", "send", "urlopen"))
"""The methods of these by which every request goes."""


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
        modules = (f"sys.modules.{name}" for name in (use.call, *beginnings(use.call)))
        for name in {use.call, *modules, *strings, *self._inside(use.call)}:
            for path in self._replaced.patched.get(name, ()):
                yield path, name
        attributes = {name.rpartition(".")[2] for name in (use.call, *use.reached_by)}
        inside = _METHODS if use.call.partition(".")[0] in _INSIDE else frozenset()
        for attribute in attributes | inside:
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
            names = self._replaced.patched if root in _INSIDE else ()
            self._inside_of[root] = tuple(name for name in names if _runs_through(call, name))
        return self._inside_of[root]

    def _is_replaced(self, owner: str, attribute: str, path: str, use: Use) -> bool:
        """Whether an attribute that a test sets is the call, or what the module reaches it by.

        What is set on `shop.requests` is meant for `shop`, although all modules share it. Where `shop` is a fixture or
        the like, it may be any module.
        """
        values = self._values(owner, path)
        if Module(use.index.path) in values:
            return attribute in use.reached_by
        if attribute in use.around:
            return not _are_known(values)
        for base in beginnings(owner):
            if f"{owner.removeprefix(base)[1:]}.{attribute}" in use.reached_by:
                around = self._values(base, path)
                return Module(use.index.path) in around or not _are_known(around)
        modules = (self._values(base, path) for base in beginnings(owner))
        if any(isinstance(each, Module) for each in chain.from_iterable(modules)):
            return False
        names = [f"{each.name}.{attribute}" for each in values if isinstance(each, External)]
        return any(name == use.call or _runs_through(use.call, name) for name in names)

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


def _runs_through(call: str, name: str) -> bool:
    """Whether a function of a library runs another one, or something of a module or class, on its way."""
    inside = _INSIDE.get(call.partition(".")[0])
    if inside is None:
        return False
    every = (*inside, *_NETWORK)
    return name in every or name.startswith(tuple(f"{each}." for each in every))
