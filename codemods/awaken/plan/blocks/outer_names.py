"""Names that a function made of statements sets in the coroutine around it: they stay the coroutine's own (`nonlocal`).

Where it cannot be told which of them have a value at the end, or an exception lets the coroutine read what was set
before it, they cannot be handed in and given back; set where they belong, they are what they were. Python wants the
name to be the coroutine's anyway: what only the block sets has to be given back.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from awaken.plan.blocks.assignment import Assignment
from awaken.plan.blocks.data_flow import (
    Nest,
    bound_early,
    comes_again,
    in_order,
    kept_reads,
    read_on_failure,
    taken_back,
)
from awaken.plan.names_in_scope import (
    bound_names,
    declared_outer,
    names_bound_by,
    own_nodes_of,
    reading_nodes,
)
from awaken.syntax.suites import suites_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Kept(NamedTuple):
    """Names that a block sets for others, too.

    Attributes:
        outer: those that it sets where they are.
        results: those that it gives back.
    """

    outer: tuple[str, ...]
    results: tuple[str, ...]


def kept_names(
    block: Sequence[ast.stmt],
    function: ast.AsyncFunctionDef,
    suppressing: frozenset[ast.With],
    *,
    jumps: bool,
) -> Kept | None:
    """The names that a block sets for others too, or None where it cannot be told how.

    Args:
        block: neighbouring statements of the coroutine.
        function: the coroutine.
        suppressing: the `with` statements among them that may go on behind an exception.
        jumps: whether a `break` or `continue` leads out of the block.
    """
    bound, nest = bound_names(block), Nest(function)
    inside = {node for each in block for node in ast.walk(each)}
    again = comes_again(nest, block)
    scan = Assignment(suppressing=suppressing)
    end = scan.run(block, set())
    shared = bound & _mentioned(function, inside) | (bound & scan.needed if again else set())
    if bound & declared_outer(function) or (again and kept_reads([*inside]) & (bound - shared)):
        return None
    outer = shared & set(_bound_outside(nest, block, inside))
    left = shared - outer
    lost = scan.needed | taken_back(block) | (bound_early(block) & read_on_failure(nest, block))
    if left & lost or (end is not None and not left <= end):
        return None
    if jumps and not all(_is_read_behind(nest, block, inside, name) for name in left):
        return None
    order = in_order(block)
    results = tuple(name for name in order if name in left) if end is not None else ()
    return Kept(tuple(name for name in order if name in outer), results)


def _mentioned(function: ast.AsyncFunctionDef, inside: set[ast.AST]) -> set[str]:
    """Names that stand anywhere in the coroutine outside of the block, in functions inside of it, too."""
    outside = [node for node in ast.walk(function) if node not in inside]
    named = {node.id for node in outside if isinstance(node, ast.Name)}
    named |= {node.arg for node in outside if isinstance(node, ast.arg)}
    return named | {name for node in outside for name in names_bound_by(node)}


def _bound_outside(nest: Nest, block: Sequence[ast.stmt], inside: set[ast.AST]) -> Iterator[str]:
    """Names that the coroutine itself binds outside of the block, and of any that may become a function, too."""
    function = nest.function
    yield from (each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg))
    around = nest.around(block[0])
    for statement in function.body:
        for node in own_nodes_of(statement):
            if node not in inside and not any(
                isinstance(up, ast.With) and up not in around for up in nest.around(node)
            ):
                yield from names_bound_by(node)


def _is_read_behind(nest: Nest, block: Sequence[ast.stmt], inside: set[ast.AST], name: str) -> bool:
    """Whether a name is read in the block, and behind it in the same suite, only: nobody reads it after a jump."""
    suite = next(
        (each for up in nest.around(block[0]) for each in suites_of(up) if block[0] in each), []
    )
    behind = suite[suite.index(block[-1]) + 1 :] if suite else []
    allowed = {node for each in behind for node in ast.walk(each)} | inside
    return all(
        node in allowed
        for statement in nest.function.body
        for node in reading_nodes(statement)
        if node.id == name
    )
