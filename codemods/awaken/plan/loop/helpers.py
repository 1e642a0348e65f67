"""Functions of the project that do nothing but run a coroutine: where the loop runs, the coroutine is awaited instead.

`def fetch_sync(x): return asyncio.run(fetch(x))` stays for those who call it without a loop.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from awaken.detect.blocking import callable_entry
from awaken.detect.finding import Shape
from awaken.index.expressions import plain_term
from awaken.index.terms import Call, Name
from awaken.plan.call_text import opening_parenthesis
from awaken.plan.loop.arguments import (
    Argument,
    Bound,
    Coroutine,
    OfModule,
    Passed,
    as_passed,
    bound,
    plain_text,
    reads,
)
from awaken.plan.loop.awaitable import Certainty, certainty
from awaken.plan.loop.direct import Run, awaited
from awaken.plan.loop.failure import counted_on
from awaken.plan.loop.helper_body import Body, Helper, SomethingElseError
from awaken.plan.loop.naming import name_at_caller
from awaken.plan.loop.nesting import shares_context
from awaken.plan.loop.runs import Given, comment_between, coroutine_at
from awaken.plan.reasons import reason
from awaken.plan.threads.thread_trouble import written
from awaken.resolve.values import Bound as BoundMethod
from awaken.resolve.values import Defined, External
from awaken.syntax.names import is_path, last_name
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.detect.callees import Target
    from awaken.detect.finding import Link
    from awaken.plan.fix import Reason
    from awaken.plan.recipes import Named, Sibling
    from awaken.plan.situation import Situation

_DEEPEST = 5
_HARMLESS_DECORATORS = frozenset({Name("staticmethod"), Name("classmethod")})
_RUN = External("asyncio.run")
_FIRST = {
    "asyncio.AbstractEventLoop.run_until_complete": "future",
    "asyncio.Runner.run": "coro",
    "asyncio.run": "main",
    "uvloop.run": "main",
}
_RUNNERS = frozenset(("run", "run_until_complete"))
_FUTURE = "concurrent.futures.Future.result"
_MADE_SYNC = "asgiref.sync.AsyncToSync.__call__"


def read_helper(situation: Situation) -> Run | Reason:
    """The call of a finding that goes through the project, with what is run there awaited instead; or why not."""
    if situation.finding.shape is not Shape.CALL or len(situation.finding.into) != 1:
        return reason("running-loop", _advice(situation))
    target = situation.finding.into[0]
    if target.around or situation.graph.callees.overridden(target):
        return reason("running-loop", _advice(situation))
    try:
        found = _Reader(situation).read(
            target.function, as_passed(situation.call), _receiver(situation, target)
        )
        given = _written(situation, found)
    except SomethingElseError:
        return reason("running-loop", _advice(situation))
    if not found.returned and not isinstance(situation.tree.parent(situation.node), ast.Expr):
        return reason("running-loop", _advice(situation))
    return _judged(situation, found, given)


def _judged(situation: Situation, found: Coroutine, given: Given) -> Run | Reason:
    if comment_between(situation.tree, situation.call, given.pieces):
        return reason("comment-in-call")
    if given.known is Certainty.NEVER:
        return reason("not-awaitable")
    refusal, difference = (None, None) if found.elsewhere else counted_on(situation)
    if refusal is not None:
        return refusal
    if found.elsewhere:
        difference = reason("loop-of-its-own")
    elif given.known is Certainty.UNKNOWN:
        difference = difference or reason("not-known-awaitable")
    difference = difference or shares_context(situation) or _patched(situation)
    return awaited(situation, given, difference)


def _patched(situation: Situation) -> Reason | None:
    """Tests that put something else in the place of the helper."""
    target = situation.finding.into[0]
    name = situation.graph.name(target.function)
    last = name.rpartition(".")[2]
    known = situation.surroundings.replaced.patched
    patched = name in known or f"{situation.index.module}.{last}" in known
    return reason("patched-in-tests") if patched else None


def _receiver(situation: Situation, target: Target) -> Argument | None:
    """What the first parameter of a method is at the call; None for a function."""
    scope = situation.resolver.scope(target.function)
    func = situation.call.func
    if scope is None or target.owner is None or Name("staticmethod") in scope.decorators:
        return None
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, (ast.Name, ast.Attribute)):
        raise SomethingElseError
    return func.value


@dataclass(frozen=True, slots=True)
class _Reader:
    situation: Situation
    depth: int = 0

    def read(
        self, function: Defined, passed: tuple[Passed, ...], receiver: Argument | None
    ) -> Coroutine:
        """What a function runs when it is given some arguments.

        Raises:
            SomethingElseError: it does more than that.
        """
        helper = self._helper(function)
        body = Body(self.situation.resolver, helper)
        call = body.call()
        given = bound(helper.node.args, passed, receiver, helper.tree.source)
        _refuse_effects(body, given)
        found = self._run(helper, body, call, given)
        body.finish()
        return replace(found, returned=found.returned and body.returned)

    def _helper(self, function: Defined) -> Helper:
        situation = self.situation
        scope = situation.resolver.scope(function)
        if self.depth > _DEEPEST or scope is None or scope.is_async or scope.yields:
            raise SomethingElseError
        if not set(scope.decorators) <= _HARMLESS_DECORATORS:
            raise SomethingElseError
        own = function.path == situation.index.path
        parsed = None if own else situation.surroundings.parsed(function.path)
        tree = situation.tree if own else parsed.tree if parsed else None
        index = situation.resolver.file(function.path)
        if tree is None or index is None:
            raise SomethingElseError
        for node in tree.nodes:
            here = isinstance(node, ast.FunctionDef) and node.lineno == scope.line
            if isinstance(node, ast.FunctionDef) and here and node.name == scope.name:
                return Helper(function, node, index, scope, tree)
        raise SomethingElseError

    def _run(self, helper: Helper, body: Body, call: ast.Call, given: Bound) -> Coroutine:
        resolver = self.situation.resolver
        values = resolver.values(plain_term(call.func), helper.inside)
        if len(values) != 1:
            raise SomethingElseError
        (value,) = values
        if isinstance(value, (Defined, BoundMethod)):
            return self._chained(helper, body, value, call, given)
        known = callable_entry(resolver, value)
        name = known.qualified if known is not None else ""
        if name in _FIRST:
            return self._coroutine(helper, body, _only(call, _FIRST[name]), given)
        if name == "anyio.run" and call.args and not call.keywords:
            return self._function(helper, call.args[0], given.passed(call, first=1), given)
        if name == _MADE_SYNC and isinstance(call.func, ast.Call):
            return self._function(helper, _sole(call.func), given.passed(call), given)
        if name == _FUTURE and not call.args and not call.keywords:
            return self._in_thread(helper, body, call, given)
        raise SomethingElseError

    def _in_thread(self, helper: Helper, body: Body, call: ast.Call, given: Bound) -> Coroutine:
        """`pool.submit(asyncio.run, fetch(x)).result()`."""
        submit = body.held(call.func.value) if isinstance(call.func, ast.Attribute) else None
        if not isinstance(submit, ast.Call) or last_name(submit.func) != "submit":
            raise SomethingElseError
        if len(submit.args) != 2 or submit.keywords:  # noqa: PLR2004 - asyncio.run and its coroutine
            raise SomethingElseError
        runs = self.situation.resolver.values(plain_term(submit.args[0]), helper.inside)
        if runs != {_RUN}:
            raise SomethingElseError
        found = self._coroutine(helper, body, submit.args[1], given)
        return replace(found, elsewhere=True)

    def _chained(
        self, helper: Helper, body: Body, value: Defined | BoundMethod, call: ast.Call, given: Bound
    ) -> Coroutine:
        """A helper that calls another one, perhaps with a coroutine that it makes."""
        receiver = None
        function = value.function if isinstance(value, BoundMethod) else value
        if isinstance(value, BoundMethod):
            if not isinstance(call.func, ast.Attribute):
                raise SomethingElseError
            receiver = given.value(call.func.value)
        passed = given.passed(call, made=lambda node: self._coroutine(helper, body, node, given))
        return _Reader(self.situation, self.depth + 1).read(function, passed, receiver)

    def _coroutine(self, helper: Helper, body: Body, node: ast.expr, given: Bound) -> Coroutine:
        node = body.inner(body.held(node))
        if isinstance(node, ast.Call):
            return self._function(helper, node.func, given.passed(node), given, node)
        itself = given.value(node)
        if isinstance(itself, Coroutine):
            return itself
        if not isinstance(itself, ast.expr):
            raise SomethingElseError
        return Coroutine((), (), itself, Certainty.UNKNOWN, returned=True)

    def _function(
        self,
        helper: Helper,
        func: ast.expr,
        passed: tuple[Passed, ...],
        given: Bound,
        call: ast.Call | None = None,
    ) -> Coroutine:
        called = call or ast.Call(func, [], [])
        term = plain_term(called)
        known = certainty(self.situation.resolver, term, helper.inside)
        return Coroutine(self._named(helper, func, given), passed, None, known, returned=True)

    def _named(
        self, helper: Helper, func: ast.expr, given: Bound
    ) -> tuple[str | ast.expr | OfModule, ...]:
        """How the caller names what a helper names: by its own arguments, or by a name of the helper's module."""
        if isinstance(func, ast.Attribute):
            base = self._named(helper, func.value, given)
            if func.attr.startswith("__") and not func.attr.endswith("__"):
                raise SomethingElseError  # it has another name outside of its class
            return (*base, f".{func.attr}")
        if not isinstance(func, ast.Name):
            raise SomethingElseError
        if func.id in given.single:
            function = given.single[func.id]
            if isinstance(function, Coroutine):
                raise SomethingElseError
            return (function,)
        if func.id in helper.scope.bindings:
            raise SomethingElseError
        return (OfModule(helper.function.path, func.id),)


def _sole(call: ast.Call) -> ast.expr:
    """The only argument of a call."""
    if len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
        raise SomethingElseError
    return call.args[0]


def _only(call: ast.Call, keyword: str) -> ast.expr:
    """The coroutine that a call is given, and nothing else."""
    named = [each.value for each in call.keywords if each.arg == keyword]
    given = [*call.args, *named]
    if len(given) != 1 or len(call.keywords) != len(named) or isinstance(given[0], ast.Starred):
        raise SomethingElseError
    return given[0]


def _refuse_effects(body: Body, given: Bound) -> None:
    """What a helper does not pass on, or passes on twice, may only be read."""
    counts = reads(body.live, given.single)
    for name, argument in given.single.items():
        if counts[name] != 1 and plain_text(argument) is None and not _is_path(argument):
            raise SomethingElseError


def _is_path(argument: Argument) -> bool:
    return isinstance(argument, ast.expr) and is_path(argument)


def _written(situation: Situation, found: Coroutine) -> Given:
    """A coroutine as it is written at the call."""
    if found.itself is not None:
        return coroutine_at(situation, found.itself)
    function = _function_pieces(situation, found.function)
    name = _name_of(found.function)
    pieces = [*function, *_arguments(situation, found.passed)]
    kept = [piece for piece in pieces if isinstance(piece, Span)]
    if any(one.end > other.start for one, other in pairwise(kept)):
        raise SomethingElseError  # they would be evaluated in another order, or twice
    known = found.known
    first = found.function[0]
    if isinstance(first, ast.expr) and len(found.function) == 1:
        known = certainty(situation.resolver, plain_term(ast.Call(first, [], [])), situation.where)
    return Given(tuple(pieces), name, known, ())


def _function_pieces(
    situation: Situation, function: tuple[str | ast.expr | OfModule, ...]
) -> list[str | Span | Named | Sibling]:
    first, *rest = function
    pieces: list[str | Span | Named | Sibling] = []
    if isinstance(first, ast.expr):
        if not isinstance(first, (ast.Name, ast.Attribute)):
            raise SomethingElseError
        pieces.append(situation.tree.span(first))
    elif isinstance(first, OfModule):
        pieces += name_at_caller(situation, first.path, first.name)
    else:
        pieces.append(first)
    return [*pieces, *(each for each in rest if isinstance(each, str))]


def _name_of(function: tuple[str | ast.expr | OfModule, ...]) -> str:
    last = function[-1]
    if isinstance(last, ast.expr):
        return last_name(last)
    return last.name if isinstance(last, OfModule) else last.rpartition(".")[2]


def _arguments(
    situation: Situation, passed: tuple[Passed, ...]
) -> Iterator[str | Span | Named | Sibling]:
    """The arguments with what stands around them; as they are written where they stay the same."""
    call = situation.call
    if passed == as_passed(call):
        span = situation.tree.span(call)
        yield Span(opening_parenthesis(situation.tree, call), span.end)
        return
    yield "("
    for number, each in enumerate(passed):
        before = ", " if number else ""
        star = isinstance(each.value, ast.Starred)
        sign = {"": "", "*": "" if star else "*", "**": "**"}.get(each.keyword, f"{each.keyword}=")
        if before + sign:
            yield before + sign
        if isinstance(each.value, Coroutine):
            raise SomethingElseError
        yield each.value if isinstance(each.value, str) else situation.tree.span(each.value)
    yield ")"


def _advice(situation: Situation) -> str:
    """What a helper runs where, for the reader to await."""
    link = situation.finding.chain[-1]
    name = link.function.rpartition(".")[2]
    coroutine = _run_at(situation, link)
    what = f"`{coroutine}`" if coroutine else "a loop"
    return f"`{name}` runs {what} on line {link.line} of {link.path}"


def _run_at(situation: Situation, link: Link) -> str:
    """The function whose coroutine is given to a loop on a line, as it is written there; empty where none is."""
    index = situation.resolver.file(link.path)
    for scope in index.scopes if index is not None else ():
        for site in scope.sites:
            call = site.term
            if site.place.line == link.line and isinstance(call, Call) and call.args:
                given = call.args[0]
                if written(call.func).rpartition(".")[2] in _RUNNERS and isinstance(given, Call):
                    return written(given)
    return ""
