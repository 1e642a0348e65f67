"""What is handed to threads: the calls of runners, and what each of them is given to run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.detect.loop_context import functions_on_loop
from awaken.index.summary import Use
from awaken.index.terms import Attr, Call, Name, Term
from awaken.plan.runners.runner_uses import FUNCTIONS, runner_called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.advice.sought import Sought
    from awaken.index.summary import Scope, Site
    from awaken.plan.runners.runner import Runner

# Under these names most runners are called; a helper of the project may have any, but is awaited.
_NAMES = frozenset(
    (*(name.rpartition(".")[2] for name in FUNCTIONS), "run_in_executor", "async_add_executor_job")
)


@dataclass(frozen=True, slots=True)
class Handed:
    """One call of a runner in code that runs on the loop.

    Attributes:
        scope: the scope that it stands in.
        site: the call.
        runner: what is called.
        term: what is given to it to be run.
    """

    scope: Scope
    site: Site
    runner: Runner
    term: Term


def handed_to_threads(sought: Sought) -> Iterator[Handed]:
    """Every call of a runner that is given something to run, in the order of the text."""
    for running in functions_on_loop(sought.index, sought.resolver):
        for scope in running.scopes:
            for site in scope.sites:
                found = _handed(sought, scope, site) if site.use is Use.CALL else None
                if found is not None:
                    yield found


def _handed(sought: Sought, scope: Scope, site: Site) -> Handed | None:
    call = site.term
    if not isinstance(call, Call) or not call.args:
        return None
    name = call.func.name if isinstance(call.func, Attr) else _bare(call.func)
    if name not in _NAMES and not site.awaited:
        return None
    found = runner_called(sought.resolver, call, sought.where(scope, site), awaited=site.awaited)
    if found is None:
        return None
    runner, bodies = found
    position = 1 if runner.before else 0
    inside_helper = any(
        body.path == sought.index.path and body.scope == scope.number for body in bodies
    )
    if inside_helper or position >= len(call.args):
        return None
    return Handed(scope, site, runner, call.args[position])


def _bare(term: Term) -> str:
    return term.id if isinstance(term, Name) else ""
