"""Neighbouring awaits that do not need each other, and could wait at the same time."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from awaken.advice.only_reads import objects_asked
from awaken.advice.outcomes import PLAIN_DATA
from awaken.advice.sought import Advice, advised, shown_name
from awaken.catalogue.schema import Severity
from awaken.detect.loop_context import functions_on_loop
from awaken.index.expressions import plain_term
from awaken.index.summary import ScopeKind, Use
from awaken.resolve.values import Defined, External, Instance, sole
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.advice.sought import Sought
    from awaken.detect.finding import Finding
    from awaken.index.summary import Scope, Site

RULE = "sequential-awaits"


@dataclass(frozen=True, slots=True)
class _Wait:
    """`name = await function(...)`, which only asks.

    Attributes:
        name: what it binds.
        function: what it calls.
        used: names that stand in the call.
        asked: objects of modules that the function asks.
        scope, site: where the call stands.
    """

    name: str
    function: Defined
    used: frozenset[str]
    asked: frozenset[tuple[str, str]]
    scope: Scope
    site: Site


def sequential_awaits(sought: Sought) -> Iterator[Finding]:
    """The first of each run of awaits that could wait together."""
    awaited = {
        site.place: (scope, site)
        for running in functions_on_loop(sought.index, sought.resolver)
        if running.function.kind is not ScopeKind.MODULE
        for scope in running.scopes
        for site in scope.sites
        if site.awaited and site.use is Use.CALL
    }
    # without two of them in one scope there is nothing to look at
    if not any(one[0] is two[0] for one, two in pairwise(awaited.values())):
        return
    for block in blocks(sought.tree().module):
        waits = [_wait(sought, statement, awaited) for statement in block]
        for run in _runs(sought, waits):
            first = run[0]
            name = shown_name(sought, first.function)
            others = ", ".join(f"`{shown_name(sought, each.function)}`" for each in run[1:])
            message = (
                f"`{name}` and {others} wait one after the other, and need nothing of each other"
            )
            advice = Advice(RULE, name, first.function, message, Severity.MEDIUM)
            finding = advised(sought, first.scope, first.site, advice)
            yield replace(finding, also=tuple(each.site.place for each in run[1:]))


def blocks(tree: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    """Every block of statements in a tree."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and len(block) > 1:
                yield block


def awaited_call(statement: ast.stmt) -> ast.Call | None:
    """The call in `name = await call(...)`."""
    value = statement.value if isinstance(statement, ast.Assign) else None
    call = value.value if isinstance(value, ast.Await) else None
    if not isinstance(statement, ast.Assign) or not isinstance(call, ast.Call):
        return None
    return (
        call if len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name) else None
    )


def _wait(
    sought: Sought, statement: ast.stmt, awaited: dict[Place, tuple[Scope, Site]]
) -> _Wait | None:
    call = awaited_call(statement)
    known = awaited.get(Place.of(call)) if call is not None else None
    if call is None or known is None or not isinstance(statement, ast.Assign):
        return None
    scope, site = known
    where = sought.where(scope, site)
    function = sole(sought.resolver.values(plain_term(call.func), where))
    asked = objects_asked(sought.resolver, function) if isinstance(function, Defined) else None
    if asked is None or not isinstance(function, Defined):
        return None
    parts = [*call.args, *(keyword.value for keyword in call.keywords)]
    if not all(isinstance(part, (ast.Name, ast.Attribute, ast.Constant)) for part in parts):
        return None  # what is computed there may depend on the order
    used = frozenset(
        node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)
    )
    target = statement.targets[0]
    name = target.id if isinstance(target, ast.Name) else ""
    return _Wait(name, function, used, asked, scope, site)


def _runs(sought: Sought, waits: Sequence[_Wait | None]) -> Iterator[list[_Wait]]:
    """Neighbours of which no two need each other."""
    run: list[_Wait] = []
    for wait in [*waits, None]:
        if wait is not None and all(_are_independent(sought, each, wait) for each in run):
            run.append(wait)
            continue
        if len(run) > 1:
            yield run
        run = [wait] if wait is not None else []


def _are_independent(sought: Sought, one: _Wait, two: _Wait) -> bool:
    if one.name == two.name or one.name in two.used or two.name in one.used:
        return False
    if one.asked & two.asked:
        return False
    return all(_is_data(sought, one, name) for name in one.used & two.used)


def _is_data(sought: Sought, wait: _Wait, name: str) -> bool:
    """Whether a variable certainly holds plain data: what both are given is no connection, and nothing that changes."""
    values = sought.resolver.values(plain_term(ast.Name(name)), sought.where(wait.scope, wait.site))
    return bool(values) and all(
        isinstance(each, Instance)
        and isinstance(each.of, External)
        and each.of.name in PLAIN_DATA
        and each.of.name not in _CHANGEABLE
        for each in values
    )


_CHANGEABLE = frozenset(f"builtins.{name}" for name in ("bytearray", "dict", "list", "set"))
