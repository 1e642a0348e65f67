"""All findings of one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.detect.blocking import Blocking, blocking_use
from awaken.detect.finding import Finding, Link
from awaken.detect.loop_context import scopes_on_loop
from awaken.index.suppressions import is_suppressed
from awaken.resolve.evaluation import Where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.resolve.resolver import Resolver


def findings_in(index: FileIndex, resolver: Resolver) -> Iterator[Finding]:
    """Every blocking use in the coroutines of one file, in the order of the text.

    Args:
        index: the file's summary.
        resolver: knows the project around it.
    """
    found = [
        _finding(index, scope, coroutine, site, blocking)
        for scope, coroutine in scopes_on_loop(index)
        for site in scope.sites
        if not site.awaited
        and (blocking := blocking_use(resolver, site, _where(index, scope, site))) is not None
        and not _patched(index, blocking.qualified)
    ]
    yield from sorted(
        (finding for finding in found if not _suppressed(index, finding)),
        key=lambda finding: finding.place,
    )


def _where(index: FileIndex, scope: Scope, site: Site) -> Where:
    return Where(index.path, scope.number, site.place.line, site.place.column, site.suite)


def _patched(index: FileIndex, qualified: str) -> bool:
    """Whether the file itself replaces the function (`time.sleep = fake`)."""
    return ".".join(qualified.split(".")[-2:]) in index.assigned


def _suppressed(index: FileIndex, finding: Finding) -> bool:
    lines = (finding.place.line, finding.place.end_line)
    return is_suppressed(index.suppressed, lines, finding.rule, finding.entry.ruff)


def _finding(
    index: FileIndex, scope: Scope, coroutine: Scope, site: Site, blocking: Blocking
) -> Finding:
    function = f"{index.module}.{coroutine.qualname}" if index.module else coroutine.qualname
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
