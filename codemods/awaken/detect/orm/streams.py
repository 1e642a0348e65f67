"""Plain generators that a coroutine has Django send: their rows are all fetched before anything is sent.

Under ASGI a response that is made of a plain iterator is gone through in a thread, to its end, and with a warning; an
async one is sent as it comes (reference: Django's documentation of `StreamingHttpResponse`, 4.2 and later).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.catalogue.schema import Entry, Severity
from awaken.detect.callees import Target
from awaken.detect.finding import Finding, Link, Shape
from awaken.detect.loop_context import functions_on_loop, where_of
from awaken.index.summary import Use
from awaken.index.terms import Call, last_part
from awaken.resolve.values import External, Generated, sole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.detect.call_graph import CallGraph
    from awaken.index.summary import FileIndex, Site
    from awaken.resolve.evaluation import Where

_RULE = "django"
_CLASS = "StreamingHttpResponse"
RESPONSES = (f"django.http.{_CLASS}", f"django.http.response.{_CLASS}")
KEYWORD = "streaming_content"


def streams_in(index: FileIndex, graph: CallGraph) -> Iterator[Finding]:
    """Where coroutines of a file give such a response a generator of the project that asks for rows.

    Args:
        index: the file's summary.
        graph: knows the project around it.
    """
    for running in functions_on_loop(index, graph.resolver):
        for scope in running.scopes if running.function.is_async else ():
            for site in scope.sites:
                generator = _streamed(graph, site, where_of(index, scope, site))
                reached = graph.reached((Target(generator.function),)) if generator else None
                if generator is None or reached is None or reached.blocking.entry.rule != _RULE:
                    continue
                function = f"{index.module}.{running.function.qualname}"
                yield Finding(
                    rule=_RULE,
                    path=index.path,
                    place=site.place,
                    shape=Shape.STREAM,
                    function=function,
                    scope=scope.number,
                    suite=site.suite,
                    call=RESPONSES[0],
                    entry=Entry(name=_CLASS, rule=_RULE, severity=Severity.LOW),
                    value=generator,
                    message="everything is fetched in a thread before anything is sent",
                    chain=(Link(index.path, site.place.line, function), *reached.links),
                )


def _streamed(graph: CallGraph, site: Site, where: Where) -> Generated | None:
    """The generator that a call gives to a response that is sent bit by bit."""
    term = site.term
    if site.use is not Use.CALL or not isinstance(term, Call):
        return None
    if last_part(term.func) != _CLASS:
        return None
    called = sole(graph.resolver.values(term.func, where))
    if not isinstance(called, External) or called.name not in RESPONSES:
        return None
    given = term.args[0] if term.args else dict(term.keywords).get(KEYWORD)
    value = sole(graph.resolver.values(given, where)) if given is not None else None
    scope = graph.resolver.scope(value.function) if isinstance(value, Generated) else None
    return value if isinstance(value, Generated) and scope and not scope.is_async else None
