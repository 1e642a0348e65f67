"""All findings of one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.detect.blocking import Blocking, blocking_use
from awaken.detect.call_graph import is_patched, where_of
from awaken.detect.finding import Finding, Link
from awaken.detect.loop_context import scopes_on_loop
from awaken.index.suppressions import is_suppressed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.detect.call_graph import CallGraph, Reached
    from awaken.detect.callees import Run
    from awaken.index.summary import FileIndex, Scope, Site


def findings_in(index: FileIndex, graph: CallGraph) -> Iterator[Finding]:
    """Every use in the coroutines of one file that blocks, itself or through the project, in the order of the text.

    Args:
        index: the file's summary.
        graph: knows the project around it.
    """
    found = [
        finding
        for scope, coroutine in scopes_on_loop(index)
        for site in scope.sites
        if (finding := _found(index, graph, scope, coroutine, site)) is not None
    ]
    yield from sorted(
        (finding for finding in found if not _suppressed(index, finding)),
        key=lambda finding: finding.place,
    )


def _found(
    index: FileIndex, graph: CallGraph, scope: Scope, coroutine: Scope, site: Site
) -> Finding | None:
    if site.awaited:
        return None
    where = where_of(index, scope, site)
    blocking = blocking_use(graph.resolver, site, where)
    if blocking is not None:
        patched = is_patched(index, blocking.qualified)
        return None if patched else _direct(index, scope, coroutine, site, blocking)
    run = graph.callees.of(site, where)
    reached = graph.reached(run.targets) if run else None
    if run is None or reached is None:
        return None
    return _through(index, scope, coroutine, site, run=run, reached=reached)


def _suppressed(index: FileIndex, finding: Finding) -> bool:
    lines = (finding.place.line, finding.place.end_line)
    code = None if finding.into else finding.entry.ruff
    return is_suppressed(index.suppressed, lines, finding.rule, code)


def _direct(
    index: FileIndex, scope: Scope, coroutine: Scope, site: Site, blocking: Blocking
) -> Finding:
    function = _qualified(index, coroutine)
    return Finding(
        rule=blocking.entry.rule,
        path=index.path,
        place=site.place,
        shape=blocking.shape,
        function=function,
        scope=scope.number,
        suite=site.suite,
        call=blocking.qualified,
        entry=blocking.entry,
        value=blocking.value,
        message=f"`{blocking.qualified}` blocks the event loop inside `{coroutine.qualname}`",
        chain=(Link(index.path, site.place.line, function),),
    )


def _through(  # noqa: PLR0913 - a finding has as many sides
    index: FileIndex, scope: Scope, coroutine: Scope, site: Site, *, run: Run, reached: Reached
) -> Finding:
    blocking = reached.blocking
    function = _qualified(index, coroutine)
    first = reached.links[0].function.rpartition(".")[2]
    return Finding(
        rule=blocking.entry.rule,
        path=index.path,
        place=site.place,
        shape=run.shape,
        function=function,
        scope=scope.number,
        suite=site.suite,
        call=blocking.qualified,
        entry=blocking.entry,
        value=blocking.value,
        message=(
            f"`{first}` blocks the event loop inside `{coroutine.qualname}`: it reaches"
            f" `{blocking.qualified}`"
        ),
        chain=(Link(index.path, site.place.line, function), *reached.links),
        into=run.targets,
    )


def _qualified(index: FileIndex, coroutine: Scope) -> str:
    return f"{index.module}.{coroutine.qualname}" if index.module else coroutine.qualname
