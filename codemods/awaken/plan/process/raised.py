"""Exceptions on their way back: one that cannot be made anew from its `args` breaks the whole pool.

`BaseException.__reduce__` has the class called with `args`; an error in that ends the thread that reads the results,
and with it the pool (run by `tests/fixtures/proofs/refused/exception-not-picklable.py`).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.plan.process.kinds import Kind
from awaken.plan.process.libraries import computes_alone
from awaken.plan.process.obstacle import Obstacle
from awaken.resolve.values import Defined, External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.process.estimate import Estimate
    from awaken.plan.process.sources import Source
    from awaken.resolve.resolver import Resolver

CODE = "exception-not-picklable"
_MAKERS = frozenset(("__init__", "__new__"))
_REDUCES = frozenset(("__reduce__", "__reduce_ex__"))


def raised_obstacles(estimate: Estimate) -> Iterator[Obstacle]:
    """Exceptions that a function raises and that may not come back as they are."""
    source = estimate.source
    for node in ast.walk(source.node):
        if not isinstance(node, ast.Raise) or node.exc is None or _is_caught(source, node.exc):
            continue
        made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        where = f"line {node.lineno} of `{source.scope.qualname}`"
        found = [_certainty(source.resolver, value) for value in source.values(made)]
        if True in found or None in found or not found:
            yield Obstacle(CODE, f"`{ast.unparse(made)}` on {where}", certain=True in found)
        given = node.exc.args if isinstance(node.exc, ast.Call) else []
        if any(estimate.of(each) < Kind.SENT for each in given):
            yield Obstacle(CODE, f"what `{ast.unparse(made)}` holds on {where}", certain=False)


def _is_caught(source: Source, node: ast.expr) -> bool:
    """`except ValueError as error: ... raise error`: what came up to here is raised elsewhere."""
    return isinstance(node, ast.Name) and any(
        isinstance(each, ast.ExceptHandler) and each.name == node.id
        for each in ast.walk(source.node)
    )


def _certainty(resolver: Resolver, value: object) -> bool | None:
    """Whether a class breaks the way back for certain; False where it does not, None where nobody can tell."""
    if isinstance(value, External):
        return False if computes_alone(value.name) else None
    scope = resolver.scope(value) if isinstance(value, Defined) else None
    if scope is None or not isinstance(value, Defined) or scope.kind is not ScopeKind.CLASS:
        return None
    if scope.parent != 0:
        return True  # it is not found by its name
    foreign: bool | None = False
    for base in resolver.members.ancestry(value):
        of = resolver.scope(base) if isinstance(base, Defined) else None
        if of is None:
            alone = isinstance(base, External) and computes_alone(base.name)
            foreign = foreign if alone else None
        elif _REDUCES & of.bindings.keys():
            return None
        elif _MAKERS & of.bindings.keys():
            return True
    return foreign
