"""Querysets that a coroutine function gives to a framework, which goes through them on the loop when it is done.

What an asynchronous operation of django-ninja returns is put into its schema there (`ninja.operation.AsyncOperation`),
and Django's refusal comes out as a `ValidationError`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.detect.finding import Finding, Link, Shape
from awaken.index.expressions import plain_term
from awaken.index.summary import ScopeKind
from awaken.index.terms import Call
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Defined, External, Instance, Method
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.index.summary import FileIndex, Scope
    from awaken.resolve.resolver import Resolver
    from awaken.syntax.tree import Tree

_QUERYSET = "django.db.models.query.QuerySet"
_ITERATION = "__iter__"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def answered_rows(
    index: FileIndex, resolver: Resolver, tree: Callable[[], Tree]
) -> Iterator[Finding]:
    """Every `return` of a queryset in a function whose only decorator goes through what it gives.

    Args:
        index: the file's summary.
        resolver: knows the project.
        tree: gives the parsed file.
    """
    for scope in index.scopes:
        function = scope.kind is ScopeKind.FUNCTION and scope.is_async
        if function and len(scope.decorators) == 1 and _goes_through(resolver, index, scope):
            for node in _returned(tree(), scope):
                yield from _of_rows(resolver, index, scope, node)


def _goes_through(resolver: Resolver, index: FileIndex, scope: Scope) -> bool:
    decorator = scope.decorators[0]
    term = decorator.func if isinstance(decorator, Call) else decorator
    found = resolver.values(term, Where(index.path, max(scope.parent, 0)))
    return bool(found) and all(
        isinstance(each, Method) and each.entry.goes_through for each in found
    )


def _returned(tree: Tree, scope: Scope) -> Iterator[ast.expr]:
    """What a function itself returns, without the status in front of it."""
    function = next(
        (
            node
            for node in tree.nodes
            if isinstance(node, ast.AsyncFunctionDef)
            and node.name == scope.name
            and node.lineno == scope.line
        ),
        None,
    )
    pending: list[ast.AST] = list(function.body) if function is not None else []
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            yield from parts[-1:]
        elif not isinstance(node, _FUNCTIONS):
            pending.extend(ast.iter_child_nodes(node))


def _of_rows(
    resolver: Resolver, index: FileIndex, scope: Scope, node: ast.expr
) -> Iterator[Finding]:
    place = Place.of(node)
    # Whatever the names in it may hold anywhere in the function must be one.
    where = Where(index.path, scope.number)
    values = resolver.values(plain_term(node), where)
    entry = resolver.catalogue.member(_QUERYSET, _ITERATION)
    if entry is None or not values or not all(_is_queryset(resolver, each) for each in values):
        return
    function = ".".join(part for part in (index.module, scope.qualname) if part)
    yield Finding(
        rule=entry.rule,
        path=index.path,
        place=place,
        shape=Shape.ITERATE,
        function=function,
        scope=scope.number,
        suite=0,
        call=f"{_QUERYSET}.{_ITERATION}",
        entry=entry,
        value=Method(_QUERYSET, entry, None),
        message=f"the queryset that `{scope.qualname}` gives is gone through on the event loop",
        chain=(Link(index.path, place.line, function),),
    )


def _is_queryset(resolver: Resolver, value: object) -> bool:
    if not isinstance(value, Instance) or not isinstance(value.of, (Defined, External)):
        return False
    return any(
        kind.name == _QUERYSET
        for base in resolver.members.ancestry(value.of)
        if isinstance(base, External)
        for kind in resolver.catalogue.ancestry(base.name)
    )
