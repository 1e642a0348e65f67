"""Definite assignment: which names statements set on every way through them, and which they need from before.

Source: the order of evaluation in Python's language reference. Where a way through depends on an exception, it
counts as one that may be taken anywhere in the `try`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from awaken.plan.names_in_scope import (
    COMPREHENSIONS,
    TRIES,
    bound_names,
    free_reads,
    imported_names,
    pattern_names,
    stored_names,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

# What holds at the end of statements: the names that are set there, or None where it is never reached.
End: TypeAlias = "set[str] | None"


@dataclass(slots=True)
class Assignment:
    """Goes through statements in the order in which they run.

    Attributes:
        needed: names that some way through reads, or deletes, without having set them.
        suppressing: the `with` statements that may go on behind an exception; others say so by their names.
    """

    needed: set[str] = field(default_factory=set)
    suppressing: frozenset[ast.With] = frozenset()

    def run(self, body: Iterable[ast.stmt], bound: set[str]) -> End:
        """The names that are set behind `body` when those in `bound` are set in front of it."""
        end: End = set(bound)
        for statement in body:
            if end is None:
                break
            end = _RULES.get(type(statement), _simple)(self, statement, end)
        return end

    def expression(self, node: ast.expr, bound: set[str]) -> set[str]:
        """Names that are set when an expression has been evaluated; what may be left out sets none."""
        if isinstance(node, ast.NamedExpr):
            return self.expression(node.value, bound) | {node.target.id}
        if isinstance(node, (ast.Name, ast.Lambda, *COMPREHENSIONS)):
            self.need(free_reads(node), bound)
            return bound
        if isinstance(node, ast.IfExp):
            bound = self.expression(node.test, bound)
            return self.expression(node.body, bound) & self.expression(node.orelse, bound)
        always, maybe = _operands(node)
        for child in always:
            bound = self.expression(child, bound)
        left_out = bound
        for child in maybe:
            left_out = self.expression(child, left_out)
        return bound

    def assigned(self, targets: Iterable[ast.expr], bound: set[str]) -> set[str]:
        """Names that are set when something has been assigned to targets."""
        for target in targets:
            self.need(free_reads(target), bound)
            bound = bound | set(stored_names(target))
        return bound

    def need(self, names: Iterable[str], bound: set[str]) -> None:
        """Note the names that are read although they are not in `bound`."""
        self.needed.update(name for name in names if name not in bound)


def suppresses(statement: ast.With | ast.AsyncWith) -> bool:
    """Whether a `with` may go on behind an exception: `suppress`, `raises`, `assertRaises`."""
    return any(
        word in ast.unparse(item.context_expr).lower()
        for item in statement.items
        for word in ("suppress", "raises", "exitstack")
    )


def _simple(scan: Assignment, statement: ast.stmt, bound: set[str]) -> End:
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr):
            bound = scan.expression(child, bound)
    return bound


def _leave(scan: Assignment, statement: ast.stmt, bound: set[str]) -> End:
    _simple(scan, statement, bound)
    return None


def _assign(
    scan: Assignment, statement: ast.Assign | ast.AnnAssign | ast.AugAssign, bound: set[str]
) -> End:
    """The value first, and then what it is assigned to."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        scan.need([statement.target.id], bound)
    if statement.value is None:
        return bound
    bound = scan.expression(statement.value, bound)
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return scan.assigned(targets, bound)


def _delete(scan: Assignment, statement: ast.Delete, bound: set[str]) -> End:
    scan.need(free_reads(statement), bound)
    return bound - bound_names([statement])


def _import(_: Assignment, statement: ast.Import | ast.ImportFrom, bound: set[str]) -> End:
    return bound | set(imported_names(statement))


def _define(
    scan: Assignment,
    statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
    bound: set[str],
) -> End:
    bound = bound | {statement.name}
    scan.need(free_reads(statement), bound)
    return bound


def _if(scan: Assignment, statement: ast.If, bound: set[str]) -> End:
    bound = scan.expression(statement.test, bound)
    return _either(scan.run(statement.body, bound), scan.run(statement.orelse, bound))


def _while(scan: Assignment, statement: ast.While, bound: set[str]) -> End:
    bound = scan.expression(statement.test, bound)
    scan.run(statement.body, bound)
    scan.run(statement.orelse, bound)
    return bound


def _for(scan: Assignment, statement: ast.For | ast.AsyncFor, bound: set[str]) -> End:
    bound = scan.expression(statement.iter, bound)
    scan.run(statement.body, scan.assigned([statement.target], bound))
    scan.run(statement.orelse, bound)
    return bound


def _try(scan: Assignment, statement: ast.Try, bound: set[str]) -> End:
    end = scan.run([*statement.body, *statement.orelse], bound)
    for handler in statement.handlers:
        name = {handler.name} if handler.name else set()
        caught = scan.run(handler.body, bound | name)
        end = _either(end, caught - name if caught is not None else None)
    last = scan.run(statement.finalbody, bound)
    return None if last is None or end is None else end | last


def _with(scan: Assignment, statement: ast.With | ast.AsyncWith, bound: set[str]) -> End:
    for item in statement.items:
        bound = scan.expression(item.context_expr, bound)
        if item.optional_vars is not None:
            bound = scan.assigned([item.optional_vars], bound)
    end = scan.run(statement.body, bound)
    goes_on = suppresses(statement) or statement in scan.suppressing
    return _either(end, bound) if goes_on else end


def _match(scan: Assignment, statement: ast.Match, bound: set[str]) -> End:
    bound = scan.expression(statement.subject, bound)
    for case in statement.cases:
        captured = bound | set(pattern_names(case.pattern))
        if case.guard is not None:
            captured = scan.expression(case.guard, captured)
        scan.run(case.body, captured)
    return bound


def _either(one: End, other: End) -> End:
    """What holds where either of two ways was taken."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _operands(node: ast.expr) -> tuple[Sequence[ast.expr], Sequence[ast.expr]]:
    """The operands of an expression that are evaluated in any case, and those that may be left out."""
    if isinstance(node, ast.BoolOp):
        return node.values[:1], node.values[1:]
    if isinstance(node, ast.Compare):
        return [node.left, node.comparators[0]], node.comparators[1:]
    children = ast.iter_child_nodes(node)
    parts = (each.value if isinstance(each, ast.keyword) else each for each in children)
    return [each for each in parts if isinstance(each, ast.expr)], []


# Every other statement evaluates its expressions, and goes on.
_RULES: dict[type[ast.stmt], Callable[[Assignment, Any, set[str]], End]] = {
    **dict.fromkeys((ast.Assign, ast.AnnAssign, ast.AugAssign), _assign),
    **dict.fromkeys((ast.Return, ast.Raise, ast.Continue, ast.Break), _leave),
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef), _define),
    **dict.fromkeys((ast.Import, ast.ImportFrom), _import),
    **dict.fromkeys((ast.For, ast.AsyncFor), _for),
    **dict.fromkeys((ast.With, ast.AsyncWith), _with),
    **dict.fromkeys(TRIES, _try),
    ast.Delete: _delete,
    ast.If: _if,
    ast.While: _while,
    ast.Match: _match,
}
