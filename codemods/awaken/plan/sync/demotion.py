"""`async def` to `def` for a route or dependency that never waits: the framework then runs it in a thread.

Offered with the strategy `sync` only: what ran in one step on the loop then runs beside itself, in several threads.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.detect.callees import Target
from awaken.detect.loop_context import scopes_of, where_of
from awaken.index.summary import ScopeKind
from awaken.index.terms import Call
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.plan.reasons import reason
from awaken.plan.recipes import Demote
from awaken.plan.sync.demotion_window import torn_step
from awaken.plan.sync.named_uses import Text
from awaken.plan.sync.registrars import Home
from awaken.plan.sync.registration import registration
from awaken.resolve.values import Defined, External
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.situation import Situation

_WAITS = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)
# These set context variables of their own, for the request that is being handled.
_SETS_CONTEXT = (
    "structlog.contextvars.",
    "opentelemetry.context.attach",
    "opentelemetry.baggage.",
    "sentry_sdk.set_",
    "sentry_sdk.configure_scope",
    "sentry_sdk.push_scope",
)
# In a thread these hold the loop up as before.
_KEEPS_BLOCKING = "holds-gil"


def demotions(situations: Sequence[Situation]) -> list[Fix | Reason]:
    """The plain form of the function around each finding, or the reason why it has none, in order."""
    judged: dict[int, Fix | Reason] = {}
    helped = {situation.home.number for situation in situations if _would_wait(situation)}
    for situation in situations:
        number = situation.home.number
        if number not in judged:
            judged[number] = _judged(situation) if number in helped else reason(_KEEPS_BLOCKING)
    return [judged[situation.home.number] for situation in situations]


def _would_wait(situation: Situation) -> bool:
    """Whether a thread would wait where a finding stands, and not hold the loop up as before."""
    if situation.finding.entry.refuse != _KEEPS_BLOCKING:
        return True
    bodies = map(situation.graph.body, _functions(situation))
    return any(
        leaf.blocking.entry.refuse != _KEEPS_BLOCKING for body in bodies for leaf in body.leaves
    )


def _functions(situation: Situation) -> Iterator[Defined]:
    return (each.function for each in situation.graph.closure(situation.finding.into))


def _judged(situation: Situation) -> Fix | Reason:
    function = situation.function()
    refusal = _shape_refusal(situation, function)
    if refusal is not None:
        return refusal
    scope = situation.home
    itself = Defined(situation.index.path, scope.number)
    called = situation.surroundings.names_of(scope.name)
    texts = _mentioning(situation, called)
    home = registration(itself, called, texts, situation.resolver)
    if isinstance(home, Reason):
        return home
    runs = Target(itself)
    verdict = situation.threads.verdict((runs,))
    if verdict.refusal is not None:
        return verdict.refusal
    if verdict.django and home is not Home.DJANGO:
        return reason("thread-affine", "Django's ORM is asked")
    setter = next(_context_setters(situation, runs), None)
    if setter is not None:
        return reason("context-variable", f"`{setter}`")
    description = f"make `{scope.name}` a plain function, which the framework runs in a thread"
    recipe = Demote(replace(situation.target(), place=Place.of(function), suite=0))
    difference = verdict.difference or torn_step(situation, function, runs)
    return Fix(Strategy.SYNC, description, recipe, difference)


def _mentioning(situation: Situation, called: frozenset[str]) -> Iterator[Text]:
    """The finding's own file as it is now, and all others in which one of the function's names stands."""
    yield Text(situation.tree, situation.index)
    for parsed in situation.surroundings.mentioning(called):
        if parsed.index.path != situation.index.path:
            yield Text(parsed.tree, parsed.index)


def _shape_refusal(situation: Situation, function: ast.AsyncFunctionDef) -> Reason | None:
    waiting = next(_waiting(function), None)
    if waiting is not None:
        return reason("waits", f"line {waiting}")
    scope = situation.home
    parent = situation.index.scopes[scope.parent]
    return reason("not-a-route") if parent.kind is ScopeKind.CLASS else None


def _waiting(function: ast.AsyncFunctionDef) -> Iterator[int]:
    """Lines on which the function itself waits or gives something: functions inside it count for themselves."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, _WAITS):
            yield node.lineno
        elif isinstance(node, ast.comprehension) and node.is_async:
            yield node.target.lineno
        if not isinstance(node, FUNCTIONS):
            pending.extend(ast.iter_child_nodes(node))


def _context_setters(situation: Situation, itself: Target) -> Iterator[str]:
    """Functions of libraries that would set context variables in the thread's copy of the context only."""
    resolver = situation.resolver
    for below in situation.graph.closure((itself,)):
        index = resolver.file(below.function.path)
        for scope in scopes_of(index, below.function.scope) if index else ():
            for site in scope.sites:
                if index is not None and isinstance(site.term, Call):
                    for value in resolver.values(site.term.func, where_of(index, scope, site)):
                        if isinstance(value, External) and value.name.startswith(_SETS_CONTEXT):
                            yield value.name
