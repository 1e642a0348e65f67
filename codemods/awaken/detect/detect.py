"""All findings of one file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Waiting
from awaken.detect.awaited_jobs import every_job_is_awaited
from awaken.detect.blocking import Blocking, blocking_use
from awaken.detect.call_graph import is_patched
from awaken.detect.callees import Run, Target
from awaken.detect.finding import Finding, Link, Shape
from awaken.detect.loop_context import (
    OnLoop,
    functions_named,
    functions_on_loop,
    home_of,
    registrations,
    where_of,
)
from awaken.detect.off_loop import is_off_loop
from awaken.detect.orm.rows.at import Used
from awaken.detect.orm.rows.blocking_reads import may_be_loaded
from awaken.detect.orm.rows.through import reached_read
from awaken.index.statements import EVERYWHERE
from awaken.index.summary import ScopeKind
from awaken.index.suppressions import is_suppressed
from awaken.index.terms import Attr, Call, Name
from awaken.resolve.conditions import as_called
from awaken.resolve.values import Bound, Defined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.schema import Entry
    from awaken.detect.call_graph import CallGraph, Reached
    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.syntax.positions import Place

_RUNNING_LOOP = "running-loop"


def findings_in(index: FileIndex, graph: CallGraph) -> Iterator[Finding]:
    """Every use on the loop in one file that blocks, itself or through the project, in the order of the text.

    Args:
        index: the file's summary.
        graph: knows the project around it.
    """
    found = [
        finding
        for running in functions_on_loop(index, graph.resolver)
        for scope in running.scopes
        for site in scope.sites
        for finding in _of_site(index, graph, scope, running, site)
        if running.function.kind is not ScopeKind.MODULE or _runs_a_loop(finding)
    ]
    found += _registered(index, graph)
    found += _everywhere(index, graph, {each.place for each in found})
    yield from sorted(
        (finding for finding in found if not is_ignored(index, finding)),
        key=lambda finding: finding.place,
    )


def _of_site(
    index: FileIndex, graph: CallGraph, scope: Scope, running: OnLoop, site: Site
) -> Iterator[Finding]:
    """What a use blocks on; where it consumes rows, also what the function blocks on that it gives them to."""
    found = _found(index, graph, scope, running, site)
    if found is None:
        return
    yield found
    if found.shape is Shape.CONSUME and not found.into:
        run = graph.callees.of(site, where_of(index, scope, site))
        used = Used(index, scope, site)
        reached = reached_read(graph, used, run.targets, None) if run is not None else None
        if run is not None and reached is not None:
            yield _through(index, scope, running, site, run=run, reached=reached)


def _found(
    index: FileIndex, graph: CallGraph, scope: Scope, running: OnLoop, site: Site
) -> Finding | None:
    if site.awaited or is_off_loop(graph.resolver, index, scope, site):
        return None
    where = where_of(index, scope, site)
    blocking = graph.blocking(index, scope, site)
    if blocking is not None:
        if is_patched(index, blocking.qualified):
            return None
        leaves = blocking.entry.waits is Waiting.AT_EXIT
        if leaves and every_job_is_awaited(index, running.function, site):
            return None
        if not blocking.entry.below and not running.function.is_async:
            return None  # what is no coroutine may be called without a loop as well
        blocking = blocking._replace(entry=as_called(blocking.entry, site.term))
        direct = _direct(index, scope, running, site, blocking)
        own = isinstance(blocking.value, (Bound, Defined))
        run = graph.callees.of(site, where) if own else None
        return replace(direct, into=run.targets) if run else direct
    run = graph.callees.of(site, where)
    reached = graph.reached(run.targets) if run else None
    if run is not None and (reached is None or may_be_loaded(reached.blocking)):
        reached = reached_read(graph, Used(index, scope, site), run.targets, reached)
    if run is None or reached is None:
        return None
    return _through(index, scope, running, site, run=run, reached=reached)


def _runs_a_loop(finding: Finding) -> bool:
    """Whether a call fails where a loop runs; nothing but the kernel waits for what blocks in a notebook's cell."""
    return finding.entry.refuse == _RUNNING_LOOP


def is_ignored(index: FileIndex, finding: Finding) -> bool:
    """Whether a comment in the file says not to report a finding."""
    lines = (finding.place.line, finding.place.end_line)
    return is_suppressed(index.suppressed, lines, finding.rule, finding.ruff)


def _direct(
    index: FileIndex, scope: Scope, running: OnLoop, site: Site, blocking: Blocking
) -> Finding:
    function = _qualified(index, running.function)
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
        message=f"`{blocking.qualified}` {_does(blocking.entry)} inside {_told(running)}",
        chain=(Link(index.path, site.place.line, function),),
    )


def _does(entry: Entry) -> str:
    """What a call does to the loop that it is run on."""
    if not entry.below:
        return "is better written otherwise"
    return "runs a loop" if entry.refuse == _RUNNING_LOOP else "blocks the event loop"


def _through(  # noqa: PLR0913 - a finding has as many sides
    index: FileIndex, scope: Scope, running: OnLoop, site: Site, *, run: Run, reached: Reached
) -> Finding:
    first = reached.links[0].function.rpartition(".")[2]
    end = reached.blocking.qualified
    direct = _direct(index, scope, running, site, reached.blocking)
    return replace(
        direct,
        shape=run.shape,
        message=f"`{first}` blocks the event loop inside {_told(running)}: it reaches `{end}`",
        chain=(*direct.chain, *reached.links),
        into=run.targets,
    )


def _registered(index: FileIndex, graph: CallGraph) -> Iterator[Finding]:
    """Functions of other files that this one has run on the loop: what they block on is found here."""
    for registration in registrations(index, graph.resolver):
        functions = functions_named(index, graph.resolver, registration)
        targets = tuple(Target(each) for each in functions if each.path != index.path)
        reached = graph.reached(targets) if targets else None
        home = home_of(index, registration.scope)
        if reached is not None and not _is_async(graph, targets):
            running = OnLoop(home, ())
            run = Run(targets, Shape.CALLBACK)
            site = registration.site
            yield _through(index, registration.scope, running, site, run=run, reached=reached)


def _everywhere(index: FileIndex, graph: CallGraph, known: set[Place]) -> Iterator[Finding]:
    """Calls that are reported wherever they stand."""
    for scope in index.scopes:
        for site in scope.sites:
            if site.place in known or not _may_be_everywhere(site):
                continue
            blocking = blocking_use(graph.resolver, site, where_of(index, scope, site))
            if blocking is not None and blocking.entry.everywhere:
                home = home_of(index, scope)
                found = _direct(index, scope, OnLoop(home, ()), site, blocking)
                message = f"`{blocking.qualified}` lets loops run inside of the loop"
                yield replace(found, message=message)


def _may_be_everywhere(site: Site) -> bool:
    func = site.term.func if isinstance(site.term, Call) else None
    name = func.name if isinstance(func, Attr) else func.id if isinstance(func, Name) else ""
    return name in EVERYWHERE


def _is_async(graph: CallGraph, targets: tuple[Target, ...]) -> bool:
    scopes = [graph.resolver.scope(target.function) for target in targets]
    return any(scope is None or scope.is_async or scope.yields for scope in scopes)


def _told(running: OnLoop) -> str:
    """The function, and what has it run on the loop when that is not its `async`."""
    name = f"`{running.function.qualname}`" if running.function.qualname else "a notebook's cell"
    return f"{name}, which {running.why} runs on it" if running.why else name


def _qualified(index: FileIndex, coroutine: Scope) -> str:
    return ".".join(part for part in (index.module, coroutine.qualname) if part)
