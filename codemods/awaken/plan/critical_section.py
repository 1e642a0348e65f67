"""What an `await` would open: locks, transactions, and state that is read before and written after it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from awaken.plan.fix import Reason
from awaken.plan.reasons import reason
from awaken.plan.situation import Situation
from awaken.resolve.values import External, Instance, Value

_LOCK_NAME = re.compile(r"(^|_)(r?lock|mutex|semaphore)s?(_|$)|(?<=[a-z])Lock$", re.IGNORECASE)


def held_around(situation: Situation) -> Reason | None:
    """Why nothing may be awaited inside the `with` blocks around a finding, or None.

    A `with` whose object is not known is refused only where its name says that it is a lock.
    """
    child: ast.AST = situation.node
    for up in situation.tree.ancestors(situation.node):
        if isinstance(up, (ast.AsyncFunctionDef, ast.FunctionDef, ast.Lambda)):
            return None
        if isinstance(up, ast.With):
            entered = _entered_before(up, child)
            for expression in entered:
                held = _held(situation, expression)
                if held is not None:
                    return held
        child = up
    return None


def _entered_before(statement: ast.With, child: ast.AST) -> list[ast.expr]:
    """The context managers that are already entered where `child` runs."""
    expressions = [item.context_expr for item in statement.items]
    if isinstance(child, ast.withitem):
        return expressions[: statement.items.index(child)]
    return expressions


def _held(situation: Situation, expression: ast.expr) -> Reason | None:
    values = situation.values_of(expression)
    for value in values:
        code = _holds(situation, value)
        if code:
            return reason(code)
    known = any(isinstance(value, Instance) for value in values)
    if not known and _LOCK_NAME.search(_last_name(expression)):
        return reason("lock-held")
    return None


def _holds(situation: Situation, value: Value) -> str | None:
    if not isinstance(value, Instance):
        return None
    for base in situation.resolver.members.ancestry(value.of):
        if isinstance(base, External):
            known = situation.resolver.catalogue.type(base.name)
            if known is not None and known.holds:
                return known.holds
    return None


def _last_name(expression: ast.expr) -> str:
    node = expression.func if isinstance(expression, ast.Call) else expression
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def opened_window(situation: Situation) -> Reason | None:
    """The difference that an `await` makes to shared state around a finding, or None.

    Two shapes are named: `shared += call()`, and `if shared is None: shared = call()`.
    """
    child: ast.AST = situation.node
    for up in situation.tree.ancestors(situation.node):
        if isinstance(up, (ast.AsyncFunctionDef, ast.FunctionDef)):
            return None
        if isinstance(up, ast.AugAssign) and child is up.value and _is_shared(situation, up.target):
            return reason("read-modify-write")
        if isinstance(up, ast.If) and child in up.body and _checks_then_sets(situation, up):
            return reason("check-then-act")
        child = up
    return None


def _is_shared(situation: Situation, target: ast.expr) -> bool:
    """Whether other tasks can reach what an assignment changes."""
    if not isinstance(target, ast.Name):
        return True
    function = situation.index.scopes[situation.finding.scope]
    return target.id in function.outer or target.id not in function.bindings


def _checks_then_sets(situation: Situation, statement: ast.If) -> bool:
    tested = {ast.dump(found) for found in _absence_tested(statement.test)}
    if not tested:
        return False
    return any(
        ast.dump(_plain(target)) in tested and _is_shared(situation, target)
        for inner in statement.body
        for node in ast.walk(inner)
        for target in _assigned(node)
    )


def _absence_tested(test: ast.expr) -> Iterator[ast.expr]:
    """`x` in `x is None`, `not x`, `k not in x`."""
    for node in ast.walk(test):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node.operand
        elif isinstance(node, ast.Compare):
            if isinstance(node.ops[0], ast.Is):
                yield node.left
            elif isinstance(node.ops[0], ast.NotIn):
                yield node.comparators[0]


def _assigned(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign):
        yield from node.targets
    elif isinstance(node, ast.AnnAssign):
        yield node.target


def _plain(target: ast.expr) -> ast.expr:
    """The expression that reads what an assignment target writes; `d[k]` changes `d`."""
    base = target.value if isinstance(target, ast.Subscript) else target
    return ast.parse(ast.unparse(base), mode="eval").body
