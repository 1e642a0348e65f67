"""Whether an object that came with a relation may have to ask for it all the same."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.loop_context import scopes_of
from awaken.detect.orm.rows.cached import FORGETS, KEY
from awaken.index.summary import Use
from awaken.index.terms import Attr

if TYPE_CHECKING:
    from awaken.plan.situation import Situation


def is_forgotten(situation: Situation, name: str) -> bool:
    """Whether the coroutine, or what the finding runs, lets any object forget a relation.

    Args:
        situation: the read of the relation.
        name: the attribute that is read.
    """
    key = f"{name}{KEY}"
    return _is_set_below(situation, key) or any(
        isinstance(node, ast.Attribute)
        and (node.attr in FORGETS or (node.attr == key and not isinstance(node.ctx, ast.Load)))
        for node in ast.walk(situation.function())
    )


def _is_set_below(situation: Situation, key: str) -> bool:
    graph = situation.graph
    for target in graph.closure(situation.finding.into):
        index = graph.resolver.file(target.function.path)
        for scope in scopes_of(index, target.function.scope) if index else ():
            for site in scope.sites:
                if site.use is Use.STORE and isinstance(site.term, Attr) and site.term.name == key:
                    return True
    return False
