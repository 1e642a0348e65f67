"""State that is read before an `await` and written after it; others may change it in between."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.loop_context import enclosing_function
from awaken.plan.reasons import reason
from awaken.plan.windows.window import torn, window_across
from awaken.syntax.positions import Place, encloses
from awaken.syntax.suites import place_of
from awaken.syntax.tree import assigned_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def opened_window(situation: Situation) -> Reason | None:
    """The difference that an `await` makes to shared state around a finding, or None."""
    around = _opened_around(situation)
    if around is not None:
        return around
    return window_across(situation)


def _opened_around(situation: Situation) -> Reason | None:
    """The same in the statements around the finding.

    Named are `shared += call()`, `shared = shared + call()`, and a check that something is missing
    (in an `if`, in an `if` that leaves early, or in a `try`) in front of its assignment.
    """
    child: ast.AST = situation.node
    for up in situation.tree.ancestors(situation.node):
        if isinstance(up, ast.stmt):
            found = _of_statement(situation, up, child)
            if found is not None:
                return found
        if isinstance(up, (ast.AsyncFunctionDef, ast.FunctionDef)) and child in up.body:
            return None
        if isinstance(up, ast.ExceptHandler) and _looked_up_then_set(situation, up):
            return reason("check-then-act")
        child = up
    return None


def _of_statement(situation: Situation, statement: ast.stmt, child: ast.AST) -> Reason | None:
    line, end = statement.lineno, statement.end_lineno
    if isinstance(statement, ast.AugAssign) and child is statement.value:
        place = ast.unparse(statement.target)
        shared = _is_shared(situation, statement.target)
        return torn("read-modify-write", place, line, f"set on line {end}") if shared else None
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and child is statement.value:
        place = ast.unparse(assigned_in(statement)[0])
        if _reads_its_target(situation, statement):
            return torn("read-modify-write", place, line, f"set on line {end}")
        tested = _left_early_otherwise(situation, statement)
        if tested:
            return torn("check-then-act", place, tested, f"set on line {line}")
    if isinstance(statement, (ast.If, ast.While)):
        changed = _checked_then_set(situation, statement, child)
        if changed:
            place = ast.unparse(statement.test)
            return torn("check-then-act", place, line, f"acted on in line {changed}")
    return None


def _is_shared(situation: Situation, target: ast.expr) -> bool:
    """Whether other tasks can reach what an assignment changes."""
    if not isinstance(target, ast.Name):
        return True
    function = enclosing_function(situation.index, situation.scope) or situation.scope
    if target.id in function.outer or target.id not in function.bindings:
        return True
    inner = (scope for scope in situation.index.scopes if scope is not function)
    return any(scope.parent == function.number and target.id in scope.outer for scope in inner)


def _reads_its_target(situation: Situation, statement: ast.Assign | ast.AnnAssign) -> bool:
    """`total = total + call()`: what is read in front of the call is old when it is written."""
    here = situation.tree.span(situation.node).start
    read = {
        ast.unparse(node)
        for node in ast.walk(statement.value or statement)
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript))
        and situation.tree.span(node).end <= here
    }
    return any(
        ast.unparse(target) in read and _is_shared(situation, target)
        for target in assigned_in(statement)
    )


def _checked_then_set(situation: Situation, statement: ast.If | ast.While, child: ast.AST) -> int:
    """The line of the assignment in `if shared is None: shared = call()`, or behind an `else`; else 0."""
    if child in statement.body:
        tested = _with_origins(situation, _absence_tested(statement.test))
        return _sets(situation, statement.body, tested)
    if child in statement.orelse:
        tested = _with_origins(situation, _presence_tested(statement.test))
        return _sets(situation, statement.orelse, tested)
    return 0


def _left_early_otherwise(situation: Situation, statement: ast.Assign | ast.AnnAssign) -> int:
    """The line of `if shared: return shared` in front of `shared = call()`; else 0."""
    current: ast.AST = statement
    for up in situation.tree.ancestors(statement):
        block = next((each for each in _blocks(up) if current in each), [])
        for earlier in block[: block.index(current)] if block else ():
            if isinstance(earlier, ast.If) and isinstance(earlier.body[-1], _LEAVES):
                tested = {ast.unparse(found) for found in _presence_tested(earlier.test)}
                if _sets(situation, [statement], tested):
                    return earlier.lineno
        if isinstance(up, (ast.AsyncFunctionDef, ast.FunctionDef)):
            break
        current = up
    return 0


def _looked_up_then_set(situation: Situation, handler: ast.ExceptHandler) -> bool:
    """`except KeyError:` around the setting of what the `try` looked for."""
    statement = situation.tree.parent(handler)
    body = statement.body if isinstance(statement, ast.Try) else []
    tested = {
        ast.unparse(node.value if isinstance(node, ast.Subscript) else node)
        for inner in body
        for node in ast.walk(inner)
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Load)
    }
    return bool(_sets(situation, handler.body, tested))


def _sets(situation: Situation, body: Sequence[ast.stmt], tested: set[str]) -> int:
    """The line on which statements set one of the places that were tested; else 0."""
    if not tested or not body:
        return 0
    inside = place_of(body)
    lines = [
        target.lineno
        for name in tested
        for target in situation.tree.assigned.get(name, ())
        if encloses(inside, Place.of(target)) and _is_shared(situation, target)
    ]
    return min(lines, default=0)


def _with_origins(situation: Situation, tested: Iterable[ast.expr]) -> set[str]:
    """What is tested, and for a local name that was looked up (`cache.get(key)`), where."""
    found: set[str] = set()
    for expression in tested:
        found.add(ast.unparse(expression))
        if isinstance(expression, ast.Name):
            found |= set(_looked_up(situation, expression.id))
        if isinstance(expression, ast.NamedExpr):
            found |= {ast.unparse(expression.target), *_lookup_base(expression.value)}
    return found


def _looked_up(situation: Situation, name: str) -> Iterator[str]:
    function = Place.of(situation.function())
    for target in situation.tree.assigned.get(name, ()):
        parent = situation.tree.parent(target)
        bound = isinstance(target, ast.Name) and encloses(function, Place.of(target))
        if bound and isinstance(parent, ast.Assign):
            yield from _lookup_base(parent.value)


def _lookup_base(value: ast.expr) -> Iterator[str]:
    """`cache` in `cache.get(key)`; the attribute's name itself in `self.host`."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        if value.func.attr == "get":
            yield ast.unparse(value.func.value)
    elif isinstance(value, ast.Attribute):
        yield ast.unparse(value)


def _absence_tested(test: ast.expr) -> Iterator[ast.expr]:
    """`x` in `x is None`, `not x`, `k not in x`."""
    for node in ast.walk(test):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node.operand
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is):
            yield node.left
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.NotIn):
            yield node.comparators[0]


def _presence_tested(test: ast.expr) -> Iterator[ast.expr]:
    """`x` in `x`, `x is not None`, `k in x`."""
    for node in test.values if isinstance(test, ast.BoolOp) else [test]:
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.IsNot):
            yield node.left
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
            yield node.comparators[0]
        elif not isinstance(node, ast.Compare):
            yield node


def _blocks(node: ast.AST) -> Iterator[list[ast.AST]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block
