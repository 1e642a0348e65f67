"""What must not leave the thread in which it was made: open files, cursors, generators over either."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from awaken.catalogue.schema import Result
from awaken.detect.blocking import callable_entry
from awaken.index.expressions import plain_term
from awaken.resolve.values import External, Generated, Instance, Managed, Method, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from awaken.plan.situation import Situation

    Open: TypeAlias = Callable[[Situation, Value | None], bool]

# They go through what they are given, and keep nothing of it.
_FINISH = frozenset(
    f"builtins.{name}"
    for name in (
        *("list", "tuple", "set", "frozenset", "sorted", "sum", "min", "max", "any", "all"),
        *("dict", "len", "bool", "str", "int", "float", "bytes", "repr", "isinstance", "print"),
    )
)
_FINISHED = (
    *(ast.Constant, ast.JoinedStr, ast.Compare),
    *(ast.ListComp, ast.SetComp, ast.DictComp),
)


def keeps_open(situation: Situation, value: Value | None) -> bool:
    """Whether an object belongs to its thread, or holds something open."""
    if isinstance(value, (Generated, Managed)):
        return True
    if not isinstance(value, Instance) or not isinstance(value.of, External):
        return False
    catalogue = situation.resolver.catalogue
    iterated = catalogue.member(value.of.name, "__iter__")
    open_ = iterated is not None and iterated.blocks
    return open_ or any(known.affinity for known in catalogue.ancestry(value.of.name))


def unfinished_names(
    situation: Situation, block: Sequence[ast.stmt], is_open: Open = keeps_open
) -> frozenset[str]:
    """Names that may hold something open or lazy that the block has made, or a part of it.

    Args:
        situation: a finding in the block.
        block: neighbouring statements.
        is_open: which objects count.
    """
    found: set[str] = set()
    while True:
        more = {
            name
            for statement in block
            for node in ast.walk(statement)
            for name in _named(situation, node, found, is_open)
        }
        if more <= found:
            return frozenset(found)
        found |= more


def is_unfinished(
    situation: Situation, node: ast.expr, names: frozenset[str], is_open: Open = keeps_open
) -> bool:
    """Whether an expression may give something open or lazy.

    Args:
        situation: a finding near it.
        node: the expression.
        names: names that hold something of the kind.
        is_open: which objects count.
    """
    return _is_unfinished(situation, node, set(names), is_open)


def _named(situation: Situation, node: ast.AST, found: set[str], is_open: Open) -> Iterator[str]:
    for target, value in _assignments(node):
        if value is None or _is_unfinished(situation, value, found, is_open):
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Targets with their values; what a `with` opens has no value that outlives it."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, None


def _is_unfinished(situation: Situation, node: ast.expr, names: set[str], is_open: Open) -> bool:
    if isinstance(node, _FINISHED):
        return False
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, (ast.GeneratorExp, ast.Lambda)):
        return True
    if isinstance(node, ast.Attribute) and _is_data(situation, node):
        return False
    if isinstance(node, ast.Call):
        value = situation.callee(node)
        if isinstance(value, External) and value.name in _FINISH:
            return False
        found = callable_entry(situation.resolver, value)
        if found is not None and found.entry.blocks:
            given = found.entry.returns
            of = found.value.receiver if isinstance(found.value, Method) else None
            made = of if given == "self" else Instance(External(given)) if given else None
            return found.entry.result is not Result.VALUE or is_open(situation, made)
        if any(is_open(situation, each) for each in situation.results_of(node)):
            return True
    children = ast.iter_child_nodes(node)
    parts = (each.value if isinstance(each, ast.keyword) else each for each in children)
    return any(
        isinstance(each, ast.expr) and _is_unfinished(situation, each, names, is_open)
        for each in parts
    )


def _is_data(situation: Situation, node: ast.Attribute) -> bool:
    """Whether an attribute of something open is known to hold a finished value: `response.status`."""
    anywhere = situation.where._replace(line=None)
    found = situation.resolver.values(plain_term(node), anywhere)
    return bool(found) and all(
        isinstance(each, Instance)
        and isinstance(each.of, External)
        and each.of.name.startswith("builtins.")
        for each in found
    )
