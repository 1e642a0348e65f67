"""Querysets that have their rows already: whoever asked first has paid for the query.

A queryset keeps what it has fetched (reference: Django's QuerySet API, "When QuerySets are evaluated"). What is asked
of a variable behind that blocks nothing: `if await sync_to_async(bool)(books): first = books[0]`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.detect.blocking import consumed_rows
from awaken.detect.consumers import consumer_of
from awaken.detect.finding import Shape
from awaken.index.expressions import plain_term
from awaken.index.terms import Call
from awaken.resolve.evaluation import Where
from awaken.syntax.evaluated_before import is_before
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from awaken.detect.finding import Finding
    from awaken.index.summary import FileIndex, Scope
    from awaken.resolve.resolver import Resolver
    from awaken.syntax.positions import Place
    from awaken.syntax.tree import Tree

_QUERYSET = "django.db.models.query.QuerySet."
_FILLING = frozenset(("__bool__", "__contains__", "__getstate__", "__iter__", "__len__"))
# With the rows at hand these ask nobody.
_ANSWERED = _FILLING | {"__getitem__", "__repr__", "contains", "count", "exists"}
# They let go of the rows.
_FORGETTING = frozenset(("_result_cache", "adelete", "aupdate", "delete", "update"))
_FUNCTIONS = (ast.AsyncFunctionDef, ast.FunctionDef, ast.Lambda)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COLLECTED = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class _Use:
    """A finding about a variable that holds a queryset.

    Attributes:
        finding: the finding.
        node: what it is about.
        name: the variable.
        function: the function that it stands in.
    """

    finding: Finding
    node: ast.expr
    name: ast.Name
    function: ast.AST

    @property
    def protocol(self) -> str:
        return self.finding.call.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class _File:
    """The file that is looked at, and what is known around it."""

    index: FileIndex
    resolver: Resolver
    tree: Tree


def rows_are_there(
    findings: Iterable[Finding], index: FileIndex, resolver: Resolver, tree: Callable[[], Tree]
) -> frozenset[tuple[Place, Shape]]:
    """Where findings ask querysets for rows that they have by then: their places and shapes.

    Args:
        findings: what blocks in the file, as far as known.
        index: the file's summary.
        resolver: knows the project.
        tree: gives the parsed file; most files need not be parsed for this.
    """
    asked = [
        each
        for each in findings
        # iterators, whose names go on with brackets, keep nothing
        if each.call.startswith(_QUERYSET) and "(" not in each.call and not each.into
    ]
    if not asked:
        return frozenset()
    file = _File(index, resolver, tree())
    uses = [use for each in asked if (use := _use(each, file)) is not None]
    answered = [each for each in uses if each.protocol in _ANSWERED]
    found = [each.finding for each in answered if _is_loaded(each, each.node, uses, file)]
    return frozenset((each.place, each.shape) for each in found)


def _use(finding: Finding, file: _File) -> _Use | None:
    kinds = (ast.Call,) if finding.shape in (Shape.CALL, Shape.CONSUME) else (ast.expr,)
    node = file.tree.find(finding.place, kinds)
    name = _asked(node, finding, file) if isinstance(node, ast.expr) else None
    if not isinstance(node, ast.expr) or not isinstance(name, ast.Name):
        return None
    function = _function_of(file.tree, node)
    return _Use(finding, node, name, function) if function is not None else None


def _asked(node: ast.expr, finding: Finding, file: _File) -> ast.expr | None:
    """The queryset that a finding is about; of a slice, what is sliced."""
    if finding.shape is Shape.INDEX and isinstance(node, ast.Subscript):
        return node.value
    if finding.shape is Shape.CALL and isinstance(node, ast.Call):
        return node.func.value if isinstance(node.func, ast.Attribute) else None
    if finding.shape is Shape.CONSUME and isinstance(node, ast.Call):
        term, where = plain_term(node), _where(finding, file)
        called = file.resolver.values(term.func, where) if isinstance(term, Call) else frozenset()
        rows = [
            each for value in called for each in consumed_rows(file.resolver, term, value, where)
        ]
        place = rows[0].place if len(rows) == 1 else None
        return _unsliced(node.args[place]) if isinstance(place, int) else None
    return _unsliced(node)


def _where(finding: Finding, file: _File) -> Where:
    return Where(file.index.path, finding.scope, *finding.place[:2], finding.suite)


def _unsliced(node: ast.expr) -> ast.expr:
    sliced = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)
    return node.value if sliced and isinstance(node, ast.Subscript) else node


def _is_loaded(use: _Use, then: ast.expr, uses: list[_Use], file: _File) -> bool:
    """Whether somebody has asked for the rows of a variable on every way to an expression."""
    tree, scope = file.tree, _scope_of(use, file.index)
    bindings = scope.bindings.get(use.name.id, ()) if scope is not None else ()
    if len(bindings) != 1 or scope is None or use.name.id in scope.outer:
        return False
    bound = (bindings[0].line, bindings[0].column)
    loads = [
        node
        for node in walk(use.function)
        if isinstance(node, ast.Name) and node.id == use.name.id and isinstance(node.ctx, ast.Load)
    ]
    if any(_forgets(tree, node) for node in loads):
        return False
    for first in (*_fillings(use, uses, tree), *_awaited(loads, use, file)):
        start, end = _start(first), _start(then)
        if first is then or start <= bound < end or not is_before(tree, first, then):
            continue
        if not any(_may_forget(tree, node, then) for node in loads):
            return True
    return _is_slice_of_loaded(use, uses, file)


def _is_slice_of_loaded(use: _Use, uses: list[_Use], file: _File) -> bool:
    """`page = books[:10]`, where `books` had its rows by then: a list."""
    for node in walk(use.function):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Name) and target.id == use.name.id:
            base = _unsliced(value)
            if base is value or not isinstance(base, ast.Name) or base.id == use.name.id:
                return False
            sliced = _Use(use.finding, value, base, use.function)
            return _is_loaded(sliced, value, uses, file)
    return False


def _fillings(use: _Use, uses: list[_Use], tree: Tree) -> Iterator[ast.expr]:
    """What has been found to ask for all rows of the variable."""
    for other in uses:
        same = other.name.id == use.name.id and other.function is use.function
        whole = other.protocol in _FILLING and _unsliced_in(other)
        if same and whole and not _is_assertion(tree, other.node):
            yield _whole_comprehension(tree, other.node)


def _unsliced_in(use: _Use) -> bool:
    if use.finding.shape is Shape.CONSUME and isinstance(use.node, ast.Call):
        return use.name in use.node.args
    return use.node is use.name


def _awaited(loads: list[ast.Name], use: _Use, file: _File) -> Iterator[ast.expr]:
    """What asks for them in a coroutine as it should: `async for`, `await sync_to_async(list)(books)`."""
    tree = file.tree
    for node in loads:
        parent = tree.parent(node)
        if _function_of(tree, node) is not use.function or _is_assertion(tree, node):
            continue
        if isinstance(parent, ast.AsyncFor) and parent.iter is node:
            yield node
        elif isinstance(parent, ast.comprehension) and parent.is_async and parent.iter is node:
            yield _whole_comprehension(tree, node)
        elif isinstance(parent, ast.Call) and isinstance(tree.parent(parent), ast.Await):
            yield from [parent] if _runs_consumer(parent, node, use, file) else []


def _runs_consumer(call: ast.Call, node: ast.Name, use: _Use, file: _File) -> bool:
    """Whether a thread has a builtin go through the variable: `sync_to_async(len)(books)`."""
    runner = call.func
    if not isinstance(runner, ast.Call) or len(runner.args) != 1 or node not in call.args:
        return False
    where, function = _where(use.finding, file), plain_term(runner.args[0])
    term = Call(function, tuple(map(plain_term, call.args)))
    found = [
        consumer_of(file.resolver, term, value, where)
        for value in file.resolver.values(function, where)
    ]
    position = call.args.index(node)
    return bool(found) and all(
        each is not None
        and each.protocol in _FILLING
        and position in each.positions(len(call.args))
        for each in found
    )


def _whole_comprehension(tree: Tree, node: ast.expr) -> ast.expr:
    """The comprehension whose first iterable a node is, which is asked for where that stands; else the node."""
    parent = tree.parent(node)
    owner = tree.parent(parent) if isinstance(parent, ast.comprehension) else None
    first = isinstance(owner, _COLLECTED) and owner.generators[0] is parent
    return owner if first and isinstance(owner, _COLLECTED) else node


def _is_assertion(tree: Tree, node: ast.expr) -> bool:
    """Whether Python leaves it out under `-O`."""
    return any(isinstance(up, ast.Assert) for up in tree.ancestors(node))


def _forgets(tree: Tree, node: ast.Name) -> bool:
    parent = tree.parent(node)
    return isinstance(parent, ast.Attribute) and parent.attr in _FORGETTING


def _may_forget(tree: Tree, node: ast.Name, then: ast.expr) -> bool:
    """Whether somebody else may have the variable's queryset when an expression is evaluated."""
    if _start(node) >= _start(then) and not _share_loop(tree, node, then):
        return False
    if _function_of(tree, node) is not _function_of(tree, then):
        return True
    value, parent = _whole_value(tree, node)
    if isinstance(parent, _KEEPING):
        return True
    if not isinstance(parent, ast.Call) or parent.func is value:
        return False
    builtin = isinstance(parent.func, ast.Name) and parent.func.id in _HARMLESS
    return not builtin and not isinstance(parent.func, ast.Call)


_KEEPING = (
    *(ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.Return, ast.Yield, ast.Lambda),
    *(ast.keyword, ast.List, ast.Tuple, ast.Set, ast.Dict),
)


def _whole_value(tree: Tree, node: ast.expr) -> tuple[ast.expr, ast.AST | None]:
    """The largest expression that may give the same object, and what that is part of."""
    parent = tree.parent(node)
    while isinstance(parent, (ast.BoolOp, ast.IfExp)) and parent is not None:
        if isinstance(parent, ast.IfExp) and parent.test is node:
            break
        node, parent = parent, tree.parent(parent)
    return node, parent


# They look at what they are given, and keep nothing of it but its rows.
_HARMLESS = frozenset(
    (
        *("all", "any", "bool", "dict", "enumerate", "filter", "frozenset", "iter", "len", "list"),
        *("map", "max", "min", "print", "repr", "reversed", "set", "sorted", "str", "sum", "tuple"),
        *("type", "zip", "isinstance"),
    )
)


def _share_loop(tree: Tree, one: ast.expr, other: ast.expr) -> bool:
    around = {id(up) for up in tree.ancestors(one) if isinstance(up, _LOOPS)}
    return any(id(up) in around for up in tree.ancestors(other))


def _function_of(tree: Tree, node: ast.expr) -> ast.AST | None:
    return next((up for up in tree.ancestors(node) if isinstance(up, _FUNCTIONS)), None)


def _scope_of(use: _Use, index: FileIndex) -> Scope | None:
    """The scope that binds the variable, where it is that of the function itself."""
    scope = index.scopes[use.finding.scope]
    while scope.parent >= 0 and use.name.id not in scope.bindings:
        scope = index.scopes[scope.parent]
    function = use.function
    line = getattr(function, "lineno", 0)
    decorated = getattr(function, "decorator_list", [])
    first = min([line, *(each.lineno for each in decorated)])
    return scope if scope.line in (line, first) else None


def _start(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset
