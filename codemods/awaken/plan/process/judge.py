"""The verdict on one call: whether another process would do for it what this one does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.offload import is_open_handle
from awaken.plan.process.arguments import Shared
from awaken.plan.process.callee import callee_obstacle
from awaken.plan.process.calls import called_obstacles
from awaken.plan.process.estimate import Estimate, Results, is_literal, returns
from awaken.plan.process.kinds import Kind
from awaken.plan.process.libraries import changes_argument, computes_alone
from awaken.plan.process.obstacle import Obstacle
from awaken.plan.process.program import program_obstacle
from awaken.plan.process.raised import raised_obstacles
from awaken.plan.process.sources import Source, Sources
from awaken.plan.process.state import State
from awaken.plan.reasons import reason
from awaken.plan.threads.project_calls import given_classes
from awaken.plan.threads.thread_trouble import affinity
from awaken.resolve.values import (
    Awaitable,
    Bound,
    Contained,
    Defined,
    External,
    Generated,
    Instance,
    Managed,
    Method,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation
    from awaken.resolve.values import Value

_NOT_SENT = "not-picklable"
_UNPROVEN = "unproven-picklable"
_LAZY = (ast.GeneratorExp, ast.Lambda)
# These make something that nobody else has.
_FRESH = (
    ast.Constant,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
)


class Judge:
    """Looks at a call from all sides.

    Args:
        situation: a finding whose node is a call.
    """

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._sources = Sources(situation)
        self._results = Results(self._sources)
        self._state = State(self._sources, situation.resolver, situation.surroundings.mentioning)
        self._seen: set[tuple[Defined, tuple[tuple[str, Kind], ...]]] = set()

    def verdict(self) -> tuple[Reason | None, Reason | None]:
        """Why the call must stay in this process, and what may be different in another one."""
        difference: Reason | None = None
        for found in self._obstacles():
            told = reason(found.code, found.detail)
            if found.certain:
                return told, None
            difference = difference or told
        return None, difference

    def _obstacles(self) -> Iterator[Obstacle]:
        callee = self._callee()
        program = program_obstacle(self._situation)
        yield from (each for each in (callee_obstacle(self._situation, callee), program) if each)
        home = self._sources.of(Defined(self._situation.index.path, self._situation.home.number))
        if home is None:
            yield Obstacle(_UNPROVEN, "", certain=False)
            return
        around = Estimate(home, {}, self._results)
        yield from self._sent(around)
        if isinstance(callee, Defined):
            yield from self._threads()
            yield from self._inside(callee, around)
        elif isinstance(callee, External):
            yield from self._of_library(callee.name, around)

    def _callee(self) -> Value:
        return self._situation.callee(self._situation.call)

    def _threads(self) -> Iterator[Obstacle]:
        """What cannot leave the thread of the loop cannot leave its process."""
        situation = self._situation
        given = given_classes(situation, situation.node)
        verdict = situation.threads.verdict(situation.finding.into, given=given)
        if verdict.refusal is not None:
            detail = verdict.refusal.message.partition(": ")[0]
            yield Obstacle(verdict.refusal.code, detail, certain=True)
        if verdict.django:
            yield Obstacle("imported-again", "Django's ORM", certain=True)

    # -- arguments

    def _arguments(self) -> list[ast.expr]:
        call = self._situation.call
        return [*call.args, *(keyword.value for keyword in call.keywords)]

    def _sent(self, around: Estimate) -> Iterator[Obstacle]:
        for node in self._arguments():
            text = ast.unparse(node)
            if isinstance(node, _LAZY):
                yield Obstacle(_NOT_SENT, f"`{text}`", certain=True)
            elif around.of(node) < Kind.SENT:
                stays = any(map(self._stays, self._situation.values_of(node)))
                yield Obstacle(_NOT_SENT if stays else _UNPROVEN, f"`{text}`", certain=stays)

    def _stays(self, value: Value) -> bool:
        """Whether a value is known not to be sent: a generator, a lock, an open file, a coroutine."""
        if isinstance(value, (Generated, Managed, Awaitable, Bound, Method, Contained)):
            return True
        if not isinstance(value, Instance) or not isinstance(value.of, External):
            return False
        known = self._situation.resolver.catalogue.type(value.of.name)
        held = known is not None and known.holds is not None
        handle = is_open_handle(self._situation, value.of.name)
        return held or handle or affinity(self._situation.resolver, value) is not None

    # -- what runs there

    def _inside(self, callee: Defined, around: Estimate) -> Iterator[Obstacle]:
        source = self._sources.of(callee)
        if source is None:
            yield Obstacle("unproven-callee", "", certain=False)
            return
        if self._state.is_set_elsewhere(source.scope.name, callee.path):
            yield Obstacle("module-state", f"`{source.scope.name}` is set elsewhere", certain=True)
        given = around.arguments(self._situation.call, callee)
        yield from self._function(source, given)
        for target in self._situation.graph.closure(self._situation.finding.into):
            below = self._sources.of(target.function)
            if below is not None and not self._is_seen(below):
                yield from self._function(below, {})
        yield from self._shared(source, given)
        if self._results.of(callee, given) < Kind.SENT:
            values = self._situation.resolver.result(callee)
            lazy = any(isinstance(each.value, _LAZY) for each in returns(source.node))
            stays = lazy or any(map(self._stays, values))
            detail = f"what `{source.scope.qualname}` gives"
            yield Obstacle(_NOT_SENT if stays else _UNPROVEN, detail, certain=stays)

    def _is_seen(self, source: Source) -> bool:
        """Whether a function, or the one that it is defined in, has been looked at."""
        parent = Defined(source.function.path, source.scope.parent)
        return any(function in (source.function, parent) for function, _ in self._seen)

    def _function(self, source: Source, given: Mapping[str, Kind]) -> Iterator[Obstacle]:
        key = source.function, tuple(sorted(given.items()))
        if key in self._seen:
            return
        self._seen.add(key)
        estimate = Estimate(source, given, self._results)
        yield from self._state.obstacles(source)
        yield from raised_obstacles(estimate)
        yield from called_obstacles(estimate)
        outside = self._state.outside(estimate)
        yield from Shared(source, estimate, outside, "module-state").obstacles()
        yield from _kept_defaults(source)
        for node in ast.walk(source.node):
            function = estimate.project_function(node.func) if isinstance(node, ast.Call) else None
            below = self._sources.of(function) if function is not None else None
            if isinstance(node, ast.Call) and function is not None and below is not None:
                yield from self._function(below, estimate.arguments(node, function))

    def _shared(self, source: Source, given: Mapping[str, Kind]) -> Iterator[Obstacle]:
        """What the callee does to arguments that somebody else has, too."""
        fresh = {
            name
            for name, node in self._pairs(source)
            if isinstance(node, _FRESH) and not _holds_names(node)
        }
        estimate = Estimate(source, given, self._results)
        shared = {
            each.arg
            for each in source.parameters
            if each.arg not in fresh and estimate.of(ast.Name(each.arg)) is not Kind.FROZEN
        }
        yield from Shared(source, estimate, shared).obstacles()

    def _pairs(self, source: Source) -> Iterator[tuple[str, ast.expr]]:
        call = self._situation.call
        if not any(isinstance(each, ast.Starred) for each in call.args):
            names = [each.arg for each in source.parameters]
            yield from zip(names, call.args, strict=False)
        yield from ((each.arg, each.value) for each in call.keywords if each.arg)

    def _of_library(self, name: str, around: Estimate) -> Iterator[Obstacle]:
        if not computes_alone(name):
            yield Obstacle("imported-again", f"`{name}`", certain=False)
        if changes_argument(name):
            yield Obstacle("argument-copied", f"`{name}`", certain=True)
        frozen = all(around.items(each) is Kind.FROZEN for each in self._arguments())
        if not frozen and around.of(self._situation.call) is not Kind.FROZEN:
            yield Obstacle("argument-copied", f"`{name}`", certain=False)
        if around.of(self._situation.call) < Kind.SENT:
            yield Obstacle(_UNPROVEN, f"what `{name}` gives", certain=False)


def _holds_names(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Name) for each in ast.walk(node))


def _kept_defaults(source: Source) -> Iterator[Obstacle]:
    """`def f(x, seen=[])`: what is put into a default stays there for the next call, in one process."""
    given = source.node.args
    names = [each.arg for each in (*given.posonlyargs, *given.args)]
    defaults = dict(zip(reversed(names), reversed(given.defaults), strict=False))
    named = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    defaults.update({each.arg: default for each, default in named if default is not None})
    for name, default in defaults.items():
        if isinstance(default, (ast.List, ast.Dict, ast.Set)) and source.locals.get(name):
            yield Obstacle("module-state", f"the default of `{name}`", certain=True)
        elif not is_literal(default):
            yield Obstacle("imported-again", f"the default of `{name}`", certain=False)
