"""Where the response of a stream lives: in the `with` that enters it, or from its assignment to its last use."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.plan.blocks.block import in_coroutine
from awaken.plan.blocks.carried_statements import stands_alone
from awaken.plan.blocks.data_flow import read_later
from awaken.plan.http.response import looks_at_all_names
from awaken.plan.names_in_scope import declared_outer, free_reads, names_bound_by
from awaken.plan.reasons import reason
from awaken.resolve.values import External
from awaken.syntax.names import is_name
from awaken.syntax.suites import suites_of
from awaken.syntax.with_header import header_gaps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation


@dataclass(frozen=True, slots=True)
class StreamPlace:
    """The statements in which a variable holds the response.

    Attributes:
        name: the variable.
        statements: the `with`, or the assignment and all that follows up to the last use.
        entered: whether it is a `with`.
        behind: reads of the variable behind the `with`, where the response is closed.
    """

    name: str
    statements: Sequence[ast.stmt]
    entered: bool
    behind: tuple[ast.Name, ...] = ()

    @property
    def body(self) -> Sequence[ast.stmt]:
        """The statements that may use the response."""
        first = self.statements[0]
        return first.body if isinstance(first, ast.With) else self.statements[1:]


def stream_place(situation: Situation) -> StreamPlace | Reason:
    """Where the response of a request lives, or why no `async with` can take its place there."""
    opens = situation.finding.entry.result is not Result.CONTEXT
    place = _entered(situation) or (_assigned(situation) if opens else None)
    if place is None:
        return reason("statement-shape")
    function, first = situation.function(), place.statements[0]
    if not in_coroutine(situation, first) or not stands_alone(situation, place.statements):
        return reason("statement-shape")
    if place.name in declared_outer(function) or looks_at_all_names(function):
        return reason("response-escapes")
    bound = {
        name for each in place.body for node in ast.walk(each) for name in names_bound_by(node)
    }
    if place.name in bound:
        return reason("stream-outlives")
    if not read_later(function, place.statements, {place.name}):
        return place
    return _with_what_follows(function, place) or reason("stream-outlives")


def _with_what_follows(function: ast.AsyncFunctionDef, place: StreamPlace) -> StreamPlace | None:
    """The place with the reads behind it, where they can see no other value of the variable."""
    names = [each for each in ast.walk(function) if is_name(each, place.name)]
    inside = {each for statement in place.statements for each in ast.walk(statement)}
    stored = [each for each in names if isinstance(each, ast.Name) and _is_stored(each)]
    arguments = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    if not place.entered or len(stored) > 1 or place.name in arguments:
        return None
    behind = tuple(each for each in names if isinstance(each, ast.Name) and each not in inside)
    return replace(place, behind=behind)


def _is_stored(node: ast.Name) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _entered(situation: Situation) -> StreamPlace | None:
    """`with requests.get(...) as r:`, `with closing(requests.get(...)) as r:`."""
    tree = situation.tree
    item = tree.parent(entered_expression(situation))
    statement = tree.parent(item) if isinstance(item, ast.withitem) else None
    if not isinstance(statement, ast.With) or len(statement.items) > 1:
        return None
    target = statement.items[0].optional_vars
    if not header_gaps(tree, statement, ()):
        return None
    if not isinstance(target, ast.Name) or statement.body[0].lineno == statement.lineno:
        return None
    return StreamPlace(target.id, [statement], entered=True)


def entered_expression(situation: Situation) -> ast.expr:
    """The request, or the `closing(...)` around it."""
    parent = situation.tree.parent(situation.call)
    if isinstance(parent, ast.Call) and parent.args == [situation.call] and not parent.keywords:
        closes = situation.callee(parent) == External("contextlib.closing")
        return parent if closes else situation.call
    return situation.call


def _assigned(situation: Situation) -> StreamPlace | None:
    """`r = requests.get(...)`, and the statements of the same suite up to the last one that uses `r`."""
    tree = situation.tree
    statement = tree.parent(situation.call)
    if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
        return None
    target, parent = statement.targets[0], tree.parent(statement)
    suites = suites_of(parent) if parent is not None else ()
    suite = next((each for each in suites if statement in each), None)
    if not isinstance(target, ast.Name) or suite is None:
        return None
    behind = suite[suite.index(statement) :]
    using = [n for n, each in enumerate(behind) if n and target.id in free_reads(each)]
    if not using:
        return None
    return StreamPlace(target.id, behind[: using[-1] + 1], entered=False)
