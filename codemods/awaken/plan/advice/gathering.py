"""Neighbouring awaits that become one, which waits for all of them at the same time."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.reasons import reason
from awaken.plan.recipes import GatherAwaits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation


def plan_gathering(situation: Situation) -> Iterator[Fix | Reason]:
    """`asyncio.gather` of the calls that a finding names."""
    tree, finding = situation.tree, situation.finding
    places = (finding.place, *finding.also)
    calls = [tree.find(place, (ast.Call,)) for place in places]
    statements = [tree.statement(call) for call in calls if call is not None]
    names = [
        statement.targets[0].id
        for statement in statements
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
    ]
    if len(names) != len(places):
        yield reason("not-known")
        return
    text = tree.text[tree.span(statements[0]).start : tree.span(statements[-1]).end]
    if "#" in text or ";" in text:
        yield reason("comment-between")
        return
    yield Fix(
        Strategy.AWAIT,
        f"wait for {len(places)} calls at the same time through `asyncio.gather`",
        GatherAwaits(situation.target(), places, tuple(names)),
        reason("runs-together"),
    )
