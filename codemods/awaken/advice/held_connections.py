"""A database connection that stays open while a coroutine waits for something else: an answer, a queue, a timer.

Under ASGI a request keeps the connection of its first query until its end
(https://docs.djangoproject.com/en/stable/ref/databases/#persistent-connections); thirty requests that each wait for a
language model hold thirty connections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.advice.handed import handed_to_threads
from awaken.advice.sought import Advice, advised, shown_name
from awaken.catalogue.schema import Severity
from awaken.detect.callees import Target
from awaken.detect.loop_context import functions_on_loop
from awaken.index.summary import ScopeKind, Use
from awaken.index.terms import Attr, Call, Constant
from awaken.resolve.values import UNKNOWN, Bound, Defined, External, Instance, Method, sole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.advice.sought import Sought
    from awaken.detect.finding import Finding
    from awaken.index.summary import Scope, Site
    from awaken.index.terms import Term
    from awaken.resolve.values import Value
    from awaken.syntax.positions import Place

RULE = "connection-held"
_HINT = (
    "Wait first and ask the database afterwards, or give the connection back before the wait:"
    " `await sync_to_async(close_old_connections)()`, which closes it where CONN_MAX_AGE is 0."
)
_ROWS = ("django.db.models.query.QuerySet", "django.db.models.query.RawQuerySet")
_DATABASE = ("django.contrib.auth.models.", "django.db.")
_CLOSING = ("django.db.close_old_connections", "django.db.connections.close_all")
_RUNNERS = ("asgiref.sync.sync_to_async", "channels.db.database_sync_to_async")
# What answers from elsewhere, or when somebody else has done something.
_CLIENTS = (
    "aiohttp.ClientSession",
    "anthropic.AsyncAnthropic",
    "httpx.AsyncClient",
    "httpx2.AsyncClient",
    "openai.AsyncOpenAI",
)
_SIGNALS = ("asyncio.Queue", "asyncio.Event", "asyncio.Condition")
_TIMERS = ("asyncio.sleep", "anyio.sleep", "trio.sleep")


def held_connections(sought: Sought) -> Iterator[Finding]:
    """The first wait in each coroutine that comes after a query, with nothing in between that closes connections."""
    handed = {
        each.site.place: each.term
        for each in handed_to_threads(sought)
        if each.runner.name in _RUNNERS
    }
    for running in functions_on_loop(sought.index, sought.resolver):
        if running.function.kind is not ScopeKind.FUNCTION:
            continue
        found = _first_wait(sought, running.function, handed)
        if found is not None:
            yield found


def _first_wait(sought: Sought, scope: Scope, handed: dict[Place, Term]) -> Finding | None:
    query: Site | None = None
    for site in sorted(scope.sites, key=lambda each: each.place):
        values = _called(sought, scope, site, handed.get(site.place))
        if any(isinstance(each, External) and each.name in _CLOSING for each in values):
            query = None
        elif any(_asks_database(sought, each) for each in values):
            query = query if query is not None and _runs_before(scope, query, site) else site
        elif query is not None and site.awaited and _runs_before(scope, query, site):
            waited = _long_wait(sought, scope, site, values)
            if waited:
                return _held(sought, (scope, site), query, waited)
    return None


def _held(sought: Sought, wait: tuple[Scope, Site], query: Site, waited: str) -> Finding:
    message = (
        f"the database connection of line {query.place.line} stays open while `{waited}` waits"
    )
    advice = Advice(RULE, waited, UNKNOWN, message, Severity.MEDIUM, _HINT)
    return advised(sought, *wait, advice)


def _runs_before(scope: Scope, first: Site, then: Site) -> bool:
    """Whether the block of one use holds the other, so that it has run by then."""
    suite = then.suite
    while suite >= 0 and suite != first.suite:
        suite = scope.suites[suite].parent
    return suite == first.suite


def _called(sought: Sought, scope: Scope, site: Site, task: Term | None) -> frozenset[Value]:
    """What a use calls, or hands to a thread."""
    where = sought.where(scope, site)
    if task is not None:
        return sought.resolver.values(task, where)
    if site.use is Use.ITERATE:
        rows = sought.resolver.values(site.term, where)
        return frozenset(each.of for each in rows if isinstance(each, Instance))
    term = site.term.func if isinstance(site.term, Call) else site.term
    return sought.resolver.values(term, where)


def _asks_database(sought: Sought, value: Value) -> bool:
    if isinstance(value, Method):
        return value.entry.blocks and value.owner.startswith(_DATABASE)
    if isinstance(value, External):
        return value.name.startswith(_ROWS)
    function = value.function if isinstance(value, Bound) else value
    return isinstance(function, Defined) and any(
        leaf.blocking.qualified.startswith(_DATABASE)
        for target in sought.graph.closure((Target(function),))
        for leaf in sought.graph.body(target.function).leaves
    )


def _long_wait(sought: Sought, scope: Scope, site: Site, values: frozenset[Value]) -> str:
    """How what is awaited is called, where that depends on somebody else; empty for other things."""
    value = sole(values) if values else UNKNOWN
    if isinstance(value, External):
        waits = value.name in (_CLIENTS if site.use is Use.ENTER else _TIMERS)
        return value.name if waits and not _is_moment(site.term) else ""
    if isinstance(value, Method):
        return shown_name(sought, value) if value.owner in _SIGNALS else ""
    term = site.term.func if isinstance(site.term, Call) else site.term
    name: list[str] = []
    while isinstance(term, (Attr, Call)):
        name[:0] = [term.name] if isinstance(term, Attr) else []
        term = term.base if isinstance(term, Attr) else term.func
    known = sole(sought.resolver.values(term, sought.where(scope, site))) if name else UNKNOWN
    of = known.of if isinstance(known, Instance) else None
    client = isinstance(of, External) and of.name in _CLIENTS
    return ".".join([of.name, *name]) if client and isinstance(of, External) else ""


def _is_moment(term: Term) -> bool:
    """`asyncio.sleep(0)`."""
    first = term.args[0] if isinstance(term, Call) and term.args else None
    return isinstance(first, Constant) and not first.value
