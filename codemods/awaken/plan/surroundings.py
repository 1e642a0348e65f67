"""What other files say about a coroutine: tests that patch its names, callers that handle its exceptions."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from awaken.index.terms import Call, Display, Term
from awaken.plan.asked_exceptions import Asked, asked_in, waits_for_tasks
from awaken.plan.doubles.doubles import TestDoubles
from awaken.plan.orm.overrides.settings_modules import DjangoSettings
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Bound, Defined, External

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from awaken.catalogue.exchange import Exchange
    from awaken.index.reading import ParsedFile
    from awaken.index.summary import Handler
    from awaken.plan.names_elsewhere import Reach
    from awaken.prescan import Prescan
    from awaken.resolve.resolver import Resolver
    from awaken.words_of_tests import Replaced


class Mentioning(Protocol):
    """Gives every file, but for one that may be named, in whose text one of some words stands."""

    def __call__(self, words: Iterable[str], but: str = "") -> Iterable[ParsedFile]: ...


class Surroundings:
    """Facts from the rest of the project, worked out when they are asked for.

    Args:
        scan: gives what the bytes of the project's files tell; called when that is first needed.
        resolver: knows the project.
        mentioning: gives every file, but for one that may be named, in whose text one of some words stands.
        parsed: gives a file of the project by its path, or None where it cannot be read.
        read: gives the bytes of one; empty where it cannot be read.

    Attributes:
        doubles: what tests put in the place of calls.
        django: what the settings of a Django project say.
        several_loops: whether some file speaks of loops in other threads, or of several, once somebody has looked.
        stock_families: whether classes of a family are Django's own, by its name (`orm/overrides/override_guard.py`).
        manager_methods: what managers of the project define, once somebody has looked (`orm/overrides/managers.py`).
        by_name: what is known of who gets at something by its name (`plan/names_elsewhere.py`), by resolver and name.
    """

    def __init__(
        self,
        scan: Callable[[], Prescan],
        resolver: Resolver,
        mentioning: Mentioning,
        parsed: Callable[[str], ParsedFile | None],
        read: Callable[[str], bytes],
    ) -> None:
        self._look_through = scan
        self._resolver = resolver
        self.mentioning = mentioning
        self.parsed = parsed
        self.django = DjangoSettings(mentioning, self.depend_on_all, resolver)
        self.doubles = TestDoubles(lambda: self._scan, resolver, read)
        self.several_loops: bool | None = None
        self.manager_methods: frozenset[str] | None = None
        self.stock_families: dict[str, bool] = {}
        self.by_name: WeakKeyDictionary[Resolver, dict[str, tuple[Reach, ...]]] = (
            WeakKeyDictionary()
        )
        self._catching: dict[frozenset[str], frozenset[Defined]] = {}
        self._guards: dict[frozenset[str], frozenset[Defined] | None] = {}

    @cached_property
    def _scan(self) -> Prescan:
        return self._look_through()

    def mentions(self, word: str) -> bool:
        """Whether one of the words that the project is looked through for stands in any of its files."""
        return word in self._scan.words

    @property
    def files(self) -> frozenset[str]:
        """The paths of all files of the project."""
        return frozenset(self._scan.digests)

    @property
    def replaced(self) -> Replaced:
        """What tests replace."""
        return self._scan.replaced

    @property
    def imported(self) -> frozenset[tuple[str, str]]:
        """What files import from each other, as (module, member)."""
        return self._scan.imported

    def mentioned_in(self, words: Iterable[str], but: str = "") -> Iterator[ParsedFile]:
        """Every file, but one, in whose text one of some words stands; what comes of it depends on all files."""
        self.depend_on_all()
        yield from self.mentioning(words, but)

    def depend_on_all(self) -> None:
        """Notes that what is being worked out depends on every file of the project."""
        self._resolver.touched |= set(self._scan.digests)

    @property
    def loops(self) -> frozenset[str]:
        """The event loops (`asyncio`, `anyio`, `trio`, `curio`) that files import when they start."""
        return self._scan.loops

    def names_of(self, name: str) -> frozenset[str]:
        """A name, and all under which somebody imports something of that name."""
        found: set[str] = set()
        pending = [name]
        while pending:
            each = pending.pop()
            if each not in found:
                found.add(each)
                pending.extend(self._scan.aliases.get(each, ()))
        return frozenset(found)

    def handles(self, function: Defined, exchange: Exchange) -> bool:
        """Whether code outside of a function may handle exceptions of an HTTP library that it raises."""
        guarded = self._guarded(exchange)
        return guarded is None or function in guarded

    def catches(self, function: Defined, exceptions: frozenset[str]) -> bool:
        """Whether a `try` around a call of a function, directly or not, names one of some exceptions.

        Args:
            function: the function.
            exceptions: qualified names.
        """
        if exceptions not in self._catching:
            found: set[Defined] = set()
            for parsed in self.mentioning(name.rpartition(".")[2] for name in exceptions):
                for handler in parsed.index.handlers:
                    where = Where(parsed.index.path, handler.scope)
                    if _names_any(handler, exceptions, self._resolver, where):
                        found |= _called(handler.guarded, self._resolver, where)
            self._catching[exceptions] = frozenset(_with_callees(found, self._resolver))
        return function in self._catching[exceptions]

    def _guarded(self, exchange: Exchange) -> frozenset[Defined] | None:
        """Functions that are called, directly or not, where a library's exceptions are handled; None for all."""
        exceptions = frozenset((*exchange.exceptions, *exchange.bases))
        if exceptions not in self._guards:
            self._guards[exceptions] = self._called_where_handled(exceptions)
        return self._guards[exceptions]

    def _called_where_handled(self, exceptions: frozenset[str]) -> frozenset[Defined] | None:
        found: set[Defined] = set()
        for path in self._scan.asking:
            parsed = self.parsed(path)
            asked = asked_in(parsed, self._resolver, exceptions) if parsed else Asked()
            if asked.everywhere:
                return None
            # What stands at the function itself is in the view of whoever rewrites it.
            tried = set(asked.functions)
            found |= _with_callees(tried, self._resolver) - tried
            for handler in asked.handlers:
                found |= _called(handler.guarded, self._resolver, Where(path, handler.scope))
        for path in self._scan.handling:
            index = self._resolver.file(path)
            for handler in index.handlers if index else ():
                where = Where(path, handler.scope)
                if _names_any(handler, exceptions, self._resolver, where):
                    found |= _called(handler.guarded, self._resolver, where)
                    found |= self._started_before(path, handler)
        return frozenset(_with_callees(found, self._resolver))

    def _started_before(self, path: str, handler: Handler) -> set[Defined]:
        """What a function calls that a handler may wait for as a task."""
        parsed, index = self.parsed(path), self._resolver.file(path)
        if parsed is None or index is None or not waits_for_tasks(parsed, handler):
            return set()
        sites = index.scopes[handler.scope].sites
        return _called((site.term for site in sites), self._resolver, Where(path, handler.scope))


def _names_any(
    handler: Handler, exceptions: frozenset[str], resolver: Resolver, where: Where
) -> bool:
    return any(name in exceptions for name in _caught(handler, resolver, where))


def _caught(handler: Handler, resolver: Resolver, where: Where) -> Iterator[str]:
    """Qualified names of the foreign classes that a handler names."""
    term = handler.type
    kinds: tuple[Term, ...] = term.items if isinstance(term, Display) else (term,) if term else ()
    for kind in kinds:
        for value in resolver.values(kind, where):
            if isinstance(value, External):
                yield value.name


def _called(terms: Iterable[Term], resolver: Resolver, where: Where) -> set[Defined]:
    found: set[Defined] = set()
    for term in terms:
        if isinstance(term, Call):
            for value in resolver.values(term.func, where):
                if isinstance(value, Bound):
                    found.add(value.function)
                elif isinstance(value, Defined):
                    found.add(value)
    return found


def _with_callees(functions: set[Defined], resolver: Resolver) -> set[Defined]:
    """Exceptions pass through every function on their way up."""
    seen: set[Defined] = set()
    pending = list(functions)
    while pending:
        function = pending.pop()
        scope = resolver.scope(function)
        if function in seen or scope is None:
            continue
        seen.add(function)
        where = Where(function.path, function.scope)
        pending.extend(_called((site.term for site in scope.sites), resolver, where))
    return seen
