"""Whether a coroutine function of the project only asks for something, and which objects it asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awaken.advice.outcomes import is_coroutine_function
from awaken.detect.loop_context import scopes_of, where_of
from awaken.index.summary import Use
from awaken.index.terms import Attr, Call, Name
from awaken.resolve.values import Bound, Defined, External, Instance, Module

if TYPE_CHECKING:
    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.index.terms import Term
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

# What such functions are called, and what in a call tells that something changes.
_ASKS = re.compile(
    r"_?(async_)?(a?get|fetch|load|read|list|find|search|query|count|lookup|describe)_"
)
_CHANGES = re.compile(
    r"(^|_)(acquire|add|append|begin|cancel|clear|close|commit|create|delete|discard|drop|emit|enqueue|execute"
    r"|extend|flush|insert|kill|lock|mkdir|next|notify|patch|pop|post|publish|push|put|register|release|remove"
    r"|rename|replace|reset|rollback|save|send|set|setdefault|start|stop|store|submit|touch|unlink|update|upsert"
    r"|write)(_|$)"
)
# One of these may be everybody's, wherever it comes from.
_CONNECTION = re.compile(
    r"(?i:session|conn|cursor|transaction|(^|_)(db|tx)(_|$)|database|engine|sql)"
)
_ONE_CONNECTION = ("", "connection")
_CHANGING_USES = (Use.STORE, Use.CHANGE, Use.READ)
_DEEPEST = 3


def objects_asked(resolver: Resolver, function: Defined) -> frozenset[tuple[str, str]] | None:
    """The objects of modules that a coroutine function asks; None where it may do more than ask.

    Its name has to say that it asks, and nothing in it, nor in what it calls in the project, that something changes.

    Returns:
        The path of each module, and the name of the object there.
    """
    scope = resolver.scope(function)
    if (
        scope is None
        or not _ASKS.match(scope.name)
        or not is_coroutine_function(resolver, function)
    ):
        return None
    look = _Look(resolver)
    return frozenset(look.objects) if look.only_reads(function, _DEEPEST) else None


class _Look:
    """Looks through a function and what it calls; notes the objects of modules on the way."""

    def __init__(self, resolver: Resolver) -> None:
        self.objects: set[tuple[str, str]] = set()
        self._resolver = resolver
        self._seen: set[Defined] = set()

    def only_reads(self, function: Defined, depth: int) -> bool:
        """Whether nothing that is seen of a function tells that something changes."""
        index = self._resolver.file(function.path)
        if index is None or depth == 0:
            return False
        if function in self._seen:
            return True
        self._seen.add(function)
        return all(
            not scope.outer and all(self._reads(index, scope, site, depth) for site in scope.sites)
            for scope in scopes_of(index, function.scope)
        )

    def _reads(self, index: FileIndex, scope: Scope, site: Site, depth: int) -> bool:
        if site.use in _CHANGING_USES:
            return False
        if site.use is not Use.CALL or not isinstance(site.term, Call):
            return True
        func, where = site.term.func, where_of(index, scope, site)
        name = func.name if isinstance(func, Attr) else func.id if isinstance(func, Name) else ""
        if not name or _CHANGES.search(name):
            return False
        self._note(index, scope, func, where)
        called = (
            value.function if isinstance(value, Bound) else value
            for value in self._resolver.values(func, where)
        )
        return all(
            self._resolver.is_class(each) or self.only_reads(each, depth - 1)
            for each in called
            if isinstance(each, Defined)
        )

    def _note(self, index: FileIndex, scope: Scope, func: Term, where: Where) -> None:
        root = _root(func)
        name = func.name if isinstance(func, Attr) else root
        if _CONNECTION.search(root) or _CONNECTION.search(name):
            self.objects.add(_ONE_CONNECTION)
        if root in index.scopes[0].bindings and root not in scope.bindings:
            values = self._resolver.values(Name(root), where)
            if not all(map(_is_no_object, values)):
                self.objects.add((index.path, root))


def _is_no_object(value: Value) -> bool:
    """Whether a value is a module, a class or a function, or a client that many tasks may use at once."""
    if isinstance(value, Instance) and isinstance(value.of, External):
        return value.of.name in ("httpx.AsyncClient", "aiohttp.ClientSession")
    return isinstance(value, (External, Module, Defined))


def _root(term: Term) -> str:
    while isinstance(term, (Attr, Call)):
        term = term.base if isinstance(term, Attr) else term.func
    return term.id if isinstance(term, Name) else ""
