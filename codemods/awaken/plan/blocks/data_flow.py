"""Names that flow into a block of statements and out of it, when it becomes a function of its own."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.blocks.assignment import Assignment, suppresses
from awaken.plan.names_in_scope import (
    SCOPES,
    TRIES,
    bound_names,
    declared_outer,
    free_reads,
    names_bound_by,
    reading_nodes,
    stored_names,
)
from awaken.syntax.names import last_name
from awaken.syntax.suites import suites_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_LATE = (ast.Lambda, ast.GeneratorExp, ast.FunctionDef, ast.AsyncFunctionDef)
# They are done with a function or a generator expression when they return.
_DONE_AT_ONCE = frozenset(
    (
        "all",
        "any",
        "dict",
        "frozenset",
        "join",
        "list",
        "max",
        "min",
        "set",
        "sorted",
        "sum",
        "tuple",
    )
)


@dataclass(frozen=True, slots=True)
class Flow:
    """What a block needs and gives.

    Attributes:
        parameters: names it reads before it sets them itself; they come in as arguments.
        results: names it sets that are read elsewhere; they come back as the return value.
        leaves: whether its end is never reached: it returns or raises on every way.
    """

    parameters: tuple[str, ...]
    results: tuple[str, ...]
    leaves: bool


class Nest:
    """Which nodes of a function stand inside of which: asked for every name that is read behind a block."""

    def __init__(self, function: ast.AsyncFunctionDef) -> None:
        self.function = function
        self._parents = {
            inner: node for node in ast.walk(function) for inner in ast.iter_child_nodes(node)
        }
        self._around: dict[ast.AST, frozenset[ast.AST]] = {}

    def holds(self, statement: ast.AST, node: ast.AST) -> bool:
        return statement in self.around(node)

    def around(self, node: ast.AST) -> frozenset[ast.AST]:
        """A node and everything that it stands in."""
        if node not in self._around:
            found, up = [node], self._parents.get(node)
            while up is not None:
                found.append(up)
                up = self._parents.get(up)
            self._around[node] = frozenset(found)
        return self._around[node]


def flow_of(
    block: Sequence[ast.stmt],
    function: ast.AsyncFunctionDef,
    suppressing: frozenset[ast.With] = frozenset(),
) -> Flow | None:
    """The flow of neighbouring statements in their coroutine, or None where it cannot be told for certain.

    Args:
        block: the statements that become a function.
        function: the coroutine around them.
        suppressing: the `with` statements among them that may go on behind an exception.
    """
    bound = bound_names(block)
    nest = Nest(function)
    if bound & declared_outer(function) or _captured(block, nest) & bound:
        return None
    if bound_early(block) & read_on_failure(nest, block):
        return None
    inside = Assignment(suppressing=suppressing)
    end = inside.run(block, set())
    wanted = set() if end is None else bound - _caught(block)
    wanted = _read_later(nest, block, wanted)
    results = tuple(name for name in in_order(block) if name in wanted)
    before = _bound_before(nest, block)
    given = inside.needed | (set(results) - end if end is not None else set())
    parameters = tuple(name for name in in_order(block) if name in bound & given)
    if not set(parameters) <= before or set(results) & taken_back(block):
        return None
    return Flow(parameters, results, end is None)


def read_later(
    function: ast.AsyncFunctionDef, block: Sequence[ast.stmt], names: set[str]
) -> set[str]:
    """Those of `names` that are read outside of the block where its assignments can be seen."""
    return _read_later(Nest(function), block, names)


def _read_later(nest: Nest, block: Sequence[ast.stmt], names: set[str]) -> set[str]:
    inside = {node for each in block for node in ast.walk(each)}
    return {
        node.id
        for statement in nest.function.body
        for node in reading_nodes(statement)
        if node.id in names
        and node not in inside
        and _may_follow(nest, block, node)
        and not _set_again(nest, block, node)
    }


def _captured(block: Sequence[ast.stmt], nest: Nest) -> set[str]:
    """Names that functions inside the block read whenever they run, and that are also set elsewhere, or later."""
    inside = [node for each in block for node in ast.walk(each)]
    late = {name for node in inside if isinstance(node, _LATE) for name in free_reads(node)}
    if not late:
        return set()
    apart = set(inside)
    again = kept_reads(inside) if comes_again(nest, block) else set()
    return again | late & {
        node.id
        for node in ast.walk(nest.function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in apart
    }


def kept_reads(inside: Sequence[ast.AST]) -> set[str]:
    """Names that functions read which may be there still when the block comes again."""
    gone = {
        each
        for node in inside
        if isinstance(node, ast.Call) and _called_name(node) in _DONE_AT_ONCE
        for each in (*node.args, *(keyword.value for keyword in node.keywords))
    }
    return {
        name
        for node in inside
        if isinstance(node, _LATE) and node not in gone
        for name in free_reads(node)
    }


def _called_name(call: ast.Call) -> str:
    return last_name(call.func)


def comes_again(nest: Nest, block: Sequence[ast.stmt]) -> bool:
    """Whether a loop stands around the block: each of its rounds would have names of its own."""
    around = nest.around(block[0])
    return any(isinstance(node, _LOOPS) and node not in block for node in around)


def _caught(block: Sequence[ast.stmt]) -> set[str]:
    """Names that only an `except ... as` sets, which takes them back at its end."""
    return _named_by_handlers(block) - {name for each in block for name in stored_names(each)}


def taken_back(block: Sequence[ast.stmt]) -> set[str]:
    """Names that may have no value any more at the end of the block, whatever was set before."""
    return _named_by_handlers(block) | _deleted(block)


def _named_by_handlers(block: Sequence[ast.stmt]) -> set[str]:
    return {
        node.name
        for each in block
        for node in ast.walk(each)
        if isinstance(node, ast.ExceptHandler) and node.name
    }


def _deleted(block: Iterable[ast.stmt]) -> set[str]:
    return {
        node.id
        for each in block
        for node in ast.walk(each)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
    }


def read_on_failure(nest: Nest, block: Sequence[ast.stmt]) -> set[str]:
    """Names that are read where an exception of the block is caught: they would keep their old values."""
    read: set[str] = set()
    around = nest.around(block[0])
    for node in around:
        if isinstance(node, TRIES):
            read |= _loads(node.finalbody)
            if not around.isdisjoint(node.body):
                for handler in node.handlers:
                    read |= _read_when_caught(nest.function, node, handler)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            read |= _loads(_behind(nest.function, node)) if suppresses(node) else set()
    return read


def _read_when_caught(
    function: ast.AsyncFunctionDef, statement: ast.Try, handler: ast.ExceptHandler
) -> set[str]:
    """What a handler reads, and what is read behind it, unless the handler has set it anew."""
    inside = Assignment()
    end = inside.run(handler.body, {handler.name} if handler.name else set())
    behind = _loads(_behind(function, statement)) - end if end is not None else set()
    return inside.needed | behind


def bound_early(block: Sequence[ast.stmt]) -> set[str]:
    """Names that are bound while something of the block that may fail is still to come."""
    last = block[-1]
    while isinstance(last, ast.With):
        last = last.body[-1]
    simple = isinstance(last, (ast.Assign, ast.AnnAssign))
    late = Assignment().run([last], set()) if simple else set()
    before = (each for each in _simple_statements(block) if each is not last)
    return bound_names(block) - (late or set()) | bound_names(before)


def _simple_statements(block: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block, with those of a `with` at its end one by one."""
    yield from block[:-1]
    last = block[-1]
    if isinstance(last, ast.With):
        yield from _simple_statements(last.body)
    else:
        yield last


def _behind(function: ast.AsyncFunctionDef, statement: ast.stmt) -> list[ast.AST]:
    """What stands behind a statement in its function, outer statements only."""
    end = statement.end_lineno or statement.lineno
    found: list[ast.AST] = []
    pending: list[ast.AST] = [*function.body]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.stmt) and node.lineno > end:
            found.append(node)
        elif not isinstance(node, ast.expr):
            pending += ast.iter_child_nodes(node)
    return found


def _loads(nodes: Iterable[ast.AST]) -> set[str]:
    return {name for node in nodes for name in free_reads(node)}


def _may_follow(nest: Nest, block: Sequence[ast.stmt], read: ast.Name) -> bool:
    """Whether a read can come after the block: it stands behind it, or a loop holds both."""
    first = block[0]
    if (read.lineno, read.col_offset) > (first.lineno, first.col_offset):
        return True
    return any(
        isinstance(node, (*_LOOPS, *SCOPES))
        and node is not nest.function
        and (isinstance(node, SCOPES) or nest.holds(node, first))
        for node in nest.around(read)
    )


def _set_again(nest: Nest, block: Sequence[ast.stmt], read: ast.Name) -> bool:
    """Whether a read behind the block sees another assignment: `with ... as f` and `for f in` set `f` anew."""
    body: Sequence[ast.stmt] = nest.function.body
    last, behind = block[-1], False
    while True:
        around = next((each for each in body if nest.holds(each, read)), None)
        if around is None:
            return False
        here = list(body).index(around)
        start = next((n for n, each in enumerate(body) if nest.holds(each, last)), None)
        between = body[0 if start is None else start + 1 : here]
        behind = behind or start is None or here > start
        bound = Assignment().run(between, set()) if behind else set()
        if bound is None or read.id in bound:
            return True
        if behind and not nest.holds(around, last) and read.id in _header_names(nest, around, read):
            return True
        body = suite_around(nest, around, read)


def suite_around(nest: Nest, statement: ast.stmt, node: ast.AST) -> Sequence[ast.stmt]:
    """The suite of a statement that holds the node, or nothing."""
    around = nest.around(node)
    return next((suite for suite in suites_of(statement) if not around.isdisjoint(suite)), ())


def _header_names(nest: Nest, statement: ast.stmt, read: ast.AST) -> set[str]:
    """Names that the header of a `with` or `for`, or an `except`, sets for the suite that holds the read."""
    around = nest.around(read)
    for handler in getattr(statement, "handlers", ()):
        if not around.isdisjoint(handler.body):
            return {handler.name} if handler.name else set()
    if around.isdisjoint(getattr(statement, "body", ())):
        return set()
    targets: list[ast.expr] = []
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        targets = [item.optional_vars for item in statement.items if item.optional_vars]
    elif isinstance(statement, (ast.For, ast.AsyncFor)):
        targets = [statement.target]
    return {name for each in targets for name in stored_names(each)}


def in_order(block: Iterable[ast.stmt]) -> list[str]:
    """Every name that the block binds or reads, in the order of the text."""
    found: list[tuple[int, int, str]] = []
    for each in block:
        for node in ast.walk(each):
            if isinstance(node, (ast.Name, ast.stmt, ast.ExceptHandler, ast.pattern)):
                names = [node.id] if isinstance(node, ast.Name) else names_bound_by(node)
                found += [(node.lineno, node.col_offset, name) for name in names]
    return list(dict.fromkeys(name for _, _, name in sorted(found)))


def _bound_before(nest: Nest, block: Sequence[ast.stmt]) -> set[str]:
    """Names that have a value for certain when the block is reached."""
    function = nest.function
    bound = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    body: Sequence[ast.stmt] = function.body
    while True:
        around = next((each for each in body if nest.holds(each, block[0])), None)
        if around is None:
            return bound
        bound |= Assignment().run(body[: list(body).index(around)], set()) or set()
        if around is block[0]:
            return bound - _deleted(function.body)
        bound |= _header_names(nest, around, block[0])
        body = suite_around(nest, around, block[0])
