"""Where a function has an object that is fetched when it is first used: `request.user`, and variables for it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.detect.loop_context import scopes_of, where_of
from awaken.detect.orm.first_uses.parameters import (
    ATTRIBUTES,
    attributes_used,
    attributes_used_of_self,
    fetching,
)
from awaken.index.summary import ScopeKind, Use
from awaken.index.terms import Attr
from awaken.syntax.names import is_path
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.catalogue.loading import Loading
    from awaken.index.summary import FileIndex, Scope, Site
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver
    from awaken.syntax.tree import Tree


def plain_source(node: ast.expr) -> str:
    """`request.user`, however it is written; empty for what is no name, and no attribute of one."""
    return ast.unparse(node) if is_path(node) else ""


@dataclass(frozen=True, slots=True)
class Held:
    """One place where such an object stands.

    Attributes:
        node: the attribute, or the variable that holds what it gave.
        origin: the attribute as the source has it: what the object is known by in its function.
        owner: qualified name of the type that has the attribute.
        loading: what is known of it.
        function: the coroutine.
        scope: the scope that the node stands in.
        suite: the block of the scope.
        given: whether the node is what has the attribute, or keeps what has it, given to a function that uses the
            attribute.
        awaited: whether that function runs in a thread, which is waited for.
    """

    node: ast.expr
    origin: str
    owner: str
    loading: Loading
    function: ast.AsyncFunctionDef
    scope: Scope
    suite: int
    given: bool = False
    awaited: bool = False


def held_objects(index: FileIndex, resolver: Resolver, tree: Callable[[], Tree]) -> Iterator[Held]:
    """Every place in the coroutines of a file, in the order of their scopes.

    Args:
        index: the file's summary.
        resolver: knows the project.
        tree: gives the parsed file; most files need not be parsed for this.
    """
    for function in index.scopes:
        if function.kind is not ScopeKind.FUNCTION or not function.is_async:
            continue
        for scope in scopes_of(index, function.number):
            for site in scope.sites:
                known = _attribute(resolver, site, where_of(index, scope, site))
                found = _place(tree(), known, scope, site) if known is not None else None
                if found is not None:
                    yield found
                    yield from _variables(tree(), found, function)
                yield from _given(index, resolver, tree, scope, site)
                yield from _given_with_self(index, resolver, tree, scope, site)


def _attribute(resolver: Resolver, site: Site, where: Where) -> tuple[str, Loading] | None:
    """What is known of an attribute that is read, with the name of the type that has it."""
    term = site.term
    if not isinstance(term, Attr) or term.name not in ATTRIBUTES:
        return None
    if site.use not in (Use.ATTRIBUTE, Use.CONTAINS, Use.TRUTH):
        return None
    return next(
        (each for each in fetching(resolver, term.base, where) if each[1].attribute == term.name),
        None,
    )


def _place(tree: Tree, known: tuple[str, Loading], scope: Scope, site: Site) -> Held | None:
    node = tree.find(site.place, (ast.Attribute,))
    if site.use is not Use.ATTRIBUTE or not isinstance(node, ast.Attribute) or not is_path(node):
        return None
    around = (up for up in tree.ancestors(node) if isinstance(up, _FUNCTIONS))
    function = next(around, None)
    if not isinstance(function, ast.AsyncFunctionDef):
        return None
    owner, loading = known
    return Held(node, plain_source(node), owner, loading, function, scope, site.suite)


_FUNCTIONS = (ast.AsyncFunctionDef, ast.FunctionDef, ast.Lambda)


def _given(
    index: FileIndex, resolver: Resolver, tree: Callable[[], Tree], scope: Scope, site: Site
) -> Iterator[Held]:
    """`describe(request)`, where that function reads `request.user.name`."""
    if site.use is not Use.CALL:
        return
    used = attributes_used(resolver, site.term, where_of(index, scope, site))
    call = tree().find(site.place, (ast.Call,)) if used else None
    if not isinstance(call, ast.Call):
        return
    for argument, owner, loading in used:
        given = [*call.args, *(each.value for each in call.keywords)]
        node = given[argument] if argument < len(given) else None
        function = next((up for up in tree().ancestors(call) if isinstance(up, _FUNCTIONS)), None)
        if node is not None and plain_source(node) and isinstance(function, ast.AsyncFunctionDef):
            origin = f"{plain_source(node)}.{loading.attribute}"
            yield Held(
                node, origin, owner, loading, function, scope, site.suite, True, site.awaited
            )


def _given_with_self(
    index: FileIndex, resolver: Resolver, tree: Callable[[], Tree], scope: Scope, site: Site
) -> Iterator[Held]:
    """`self.get_queryset()`, where that method reads `self.request.user.name`."""
    if site.use is not Use.CALL:
        return
    used = attributes_used_of_self(resolver, site.term, where_of(index, scope, site))
    call = tree().find(site.place, (ast.Call,)) if used else None
    if not isinstance(call, ast.Call):
        return
    func = call.func
    method = func.args[0] if isinstance(func, ast.Call) and func.args else func
    function = next((up for up in tree().ancestors(call) if isinstance(up, _FUNCTIONS)), None)
    if not isinstance(method, ast.Attribute) or not isinstance(function, ast.AsyncFunctionDef):
        return
    for owner, loading in used:
        origin = f"{plain_source(method.value)}.request.{loading.attribute}"
        yield Held(
            *(method.value, origin, owner, loading, function, scope, site.suite),
            given=True,
            awaited=site.awaited,
        )


def _variables(tree: Tree, held: Held, function: Scope) -> Iterator[Held]:
    """Uses of a variable that is given the object, and nothing else."""
    assignment = tree.parent(held.node)
    if not isinstance(assignment, ast.Assign) or len(assignment.targets) != 1:
        return
    target = assignment.targets[0]
    if not isinstance(target, ast.Name) or len(function.bindings.get(target.id, ())) != 1:
        return
    for node in walk(held.function):
        if isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load):
            owner = next((up for up in tree.ancestors(node) if isinstance(up, _FUNCTIONS)), None)
            if owner is held.function:
                yield replace(held, node=node, scope=function, suite=0)
