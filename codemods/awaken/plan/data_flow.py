"""Names that flow into a block of statements and out of it, when it becomes a function of its own."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Flow:
    """What a block needs and gives.

    Attributes:
        parameters: names it reads before it sets them itself; they come in as arguments.
        results: names it sets that are read elsewhere; they come back as the return value.
    """

    parameters: tuple[str, ...]
    results: tuple[str, ...]


def flow_of(block: ast.With, function: ast.AsyncFunctionDef) -> Flow | None:
    """The flow of a `with` block in its coroutine, or None where it cannot be told for certain.

    Args:
        block: the statement that becomes a function.
        function: the coroutine around it.
    """
    inside = set(ast.walk(block))
    bound = _bound_names(block)
    if bound & _declared_outer(function) or _bound_early(block) & _read_on_failure(function, block):
        return None
    elsewhere = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name)
        and node not in inside
        and not isinstance(node.ctx, ast.Store)
        and _may_follow(function, block, node)
        and not _set_again(function, block, node)
    }
    results = tuple(name for name in _in_order(block) if name in bound & elsewhere)
    definite = _definitely_bound(block)
    before = _bound_before(function, block)
    parameters = []
    for name in _in_order(block):
        if name not in bound:
            continue
        if _first_read(block, name) or (name in results and name not in definite):
            if name not in before:
                return None
            parameters.append(name)
    return Flow(tuple(parameters), results)


def _read_on_failure(function: ast.AsyncFunctionDef, block: ast.With) -> set[str]:
    """Names that are read where an exception of the block is caught: they would keep their old values."""
    read: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Try) and any(_holds(each, block) for each in node.body):
            caught: list[ast.AST] = [*node.handlers, *node.finalbody]
            if any(not isinstance(each.body[-1], _LEAVES) for each in node.handlers):
                caught += _behind(function, node)
            read |= _loads(caught)
        elif _suppresses(node) and _holds(node, block):
            read |= _loads(_behind(function, node))
    return read


def _suppresses(node: ast.AST) -> TypeGuard[ast.With]:
    return isinstance(node, ast.With) and any(
        "suppress" in ast.unparse(item.context_expr) for item in node.items
    )


def _bound_early(block: ast.With) -> set[str]:
    """Names that are bound while something of the block that may fail is still to come."""
    last = block.body[-1]
    late = _bound_by([last]) if isinstance(last, (ast.Assign, ast.AnnAssign)) else set()
    early = _bound_names(ast.Module([*block.body[:-1]], []))
    return early | (_bound_names(block) - late)


def _behind(function: ast.AsyncFunctionDef, statement: ast.stmt) -> list[ast.AST]:
    """Everything that stands behind a statement in its function."""
    return [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.stmt) and node.lineno > (statement.end_lineno or statement.lineno)
    ]


def _loads(nodes: Iterable[ast.AST]) -> set[str]:
    return {
        inner.id
        for node in nodes
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load)
    }


def _may_follow(function: ast.AsyncFunctionDef, block: ast.With, read: ast.Name) -> bool:
    """Whether a read can come after the block: it stands behind it, or a loop holds both."""
    if (read.lineno, read.col_offset) > (block.lineno, block.col_offset):
        return True
    return any(
        isinstance(node, (ast.For, ast.AsyncFor, ast.While, *_SCOPES))
        and node is not function
        and _holds(node, read)
        and (isinstance(node, _SCOPES) or _holds(node, block))
        for node in ast.walk(function)
    )


def _set_again(function: ast.AsyncFunctionDef, block: ast.With, read: ast.Name) -> bool:
    """Whether a read behind the block sees another assignment: `with ... as f` and `for f in` set `f` anew."""
    body: Sequence[ast.stmt] = function.body
    behind = False
    while True:
        around = next((each for each in body if _holds(each, read)), None)
        if around is None:
            return False
        start = next((n for n, each in enumerate(body) if _holds(each, block)), None)
        between = body[0 if start is None else start + 1 : list(body).index(around)]
        behind = behind or start is None or list(body).index(around) > start
        if behind and read.id in _bound_by(between):
            return True
        if behind and not _holds(around, block) and read.id in _header_names(around, read):
            return True
        body = next((suite for suite in _suites(around) if any(_holds(s, read) for s in suite)), ())


def _holds(statement: ast.AST, node: ast.AST) -> bool:
    return any(inner is node for inner in ast.walk(statement))


def _header_names(statement: ast.stmt, read: ast.AST) -> set[str]:
    """Names that a `with` or `for` header sets for its body, where the read stands in the body."""
    if not any(_holds(each, read) for each in getattr(statement, "body", ())):
        return set()
    targets: list[ast.expr] = []
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        targets = [item.optional_vars for item in statement.items if item.optional_vars]
    elif isinstance(statement, (ast.For, ast.AsyncFor)):
        targets = [statement.target]
    return {node.id for each in targets for node in ast.walk(each) if isinstance(node, ast.Name)}


def _in_order(block: ast.AST) -> list[str]:
    names = (
        (node.lineno, node.col_offset, node.id)
        for node in ast.walk(block)
        if isinstance(node, ast.Name)
    )
    imported = (
        (node.lineno, node.col_offset, alias.asname or alias.name.split(".")[0])
        for node in ast.walk(block)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    )
    return list(dict.fromkeys(name for _, _, name in sorted([*names, *imported])))


def _bound_names(block: ast.AST) -> set[str]:
    """Names of the function that statements of the block bind."""
    bound: set[str] = set()
    for node in _own_nodes(block):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound.update(alias.asname or alias.name.split(".")[0] for alias in node.names)
        elif (isinstance(node, ast.ExceptHandler) and node.name) or (
            isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name
        ):
            bound.add(node.name)
    return bound


def _own_nodes(block: ast.AST) -> Iterator[ast.AST]:
    """Nodes whose bindings belong to the function: not those of comprehensions and inner functions."""
    pending: list[ast.AST] = list(ast.iter_child_nodes(block))
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, _COMPREHENSIONS):
            pending.extend(inner for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
        elif not isinstance(node, _SCOPES):
            pending.extend(ast.iter_child_nodes(node))


def _declared_outer(function: ast.AsyncFunctionDef) -> set[str]:
    return {
        name
        for node in ast.walk(function)
        if isinstance(node, (ast.Global, ast.Nonlocal))
        for name in node.names
    }


def _definitely_bound(block: ast.With) -> set[str]:
    """Names that are bound whenever the block is left normally."""
    bound = {
        node.id
        for item in block.items
        if item.optional_vars is not None
        for node in ast.walk(item.optional_vars)
        if isinstance(node, ast.Name)
    }
    return bound | _bound_by(block.body)


def _bound_by(body: Sequence[ast.stmt]) -> set[str]:
    bound: set[str] = set()
    for statement in body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if isinstance(statement, ast.Assign) or statement.value is not None:
                bound.update(
                    node.id
                    for target in targets
                    for node in ast.walk(target)
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
                )
        elif isinstance(statement, ast.With):
            bound |= _definitely_bound(statement)
        elif isinstance(statement, ast.If) and statement.orelse:
            bound |= _bound_by(statement.body) & _bound_by(statement.orelse)
        elif isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            bound.add(statement.name)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            bound.update(alias.asname or alias.name.split(".")[0] for alias in statement.names)
    return bound


def _bound_before(function: ast.AsyncFunctionDef, block: ast.With) -> set[str]:
    """Names that have a value for certain when the block is reached."""
    arguments = function.args
    bound = {
        argument.arg
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    }
    body: Sequence[ast.stmt] = function.body
    while True:
        around = next((each for each in body if _holds(each, block)), None)
        if around is None:
            return bound
        bound |= _bound_by(body[: list(body).index(around)])
        if around is block:
            return bound
        bound |= _header_names(around, block)
        body = next(
            (suite for suite in _suites(around) if any(_holds(each, block) for each in suite)), ()
        )


def _suites(statement: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        suite = getattr(statement, name, None)
        if isinstance(suite, list):
            yield suite
    for handler in getattr(statement, "handlers", ()):
        yield handler.body
    for case in getattr(statement, "cases", ()):
        yield case.body


def _first_read(block: ast.AST, name: str) -> bool:
    """Whether the block reads a name before it sets it, going by the order of evaluation."""
    for node in _evaluated(block):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            if node.target.id == name:
                return True
        elif isinstance(node, ast.Name) and node.id == name:
            return isinstance(node.ctx, (ast.Load, ast.Del))
        elif isinstance(node, _SCOPES) and name in {
            inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)
        }:
            return True
    return False


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes roughly in the order of evaluation: values before the targets they go to."""
    if isinstance(node, ast.AugAssign):
        yield node
    if isinstance(node, _SCOPES):
        yield node
        return
    for child in sorted(
        _children(node), key=lambda each: isinstance(each[1], ast.expr) and each[0]
    ):
        yield from _evaluated(child[1])
    if isinstance(node, ast.Name):
        yield node


def _children(node: ast.AST) -> Iterator[tuple[bool, ast.AST]]:
    """Children, each with whether it is a target and so comes after the value."""
    late = {"targets", "target", "optional_vars"}
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield name in late and isinstance(node, (ast.Assign, ast.AnnAssign)), child
