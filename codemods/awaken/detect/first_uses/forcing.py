"""What is done with an object that is fetched when it is first used: does it come to that here?"""

from __future__ import annotations

import ast
from enum import Enum
from typing import TYPE_CHECKING

from awaken.detect.blocking import callable_entry
from awaken.detect.first_uses.held import plain_source
from awaken.index.expressions import plain_term
from awaken.index.terms import Attr, Call, Name
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Bound, Defined, External, Method
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.detect.first_uses.held import Held
    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value
    from awaken.syntax.tree import Tree

# They ask their argument something there and then.
_ASKING = frozenset(
    f"builtins.{name}"
    for name in (
        *("bool", "dir", "format", "getattr", "hasattr", "hash", "int", "isinstance", "len"),
        *("list", "print", "repr", "setattr", "str", "tuple"),
    )
)
_FILTERS = ("django.db.models.Q", "django.db.models.query_utils.Q")
# What is handed over is asked there, for all that can be told.
_THREADS = ("run_in_threadpool", "run_sync", "to_thread")
_MODEL = "django.db.models.base.Model"
_TESTS = (ast.If, ast.While, ast.Assert, ast.IfExp)
_SIGNING = frozenset(
    f"django.contrib.auth.{name}" for name in ("alogin", "alogout", "login", "logout")
)


class Effect(Enum):
    """What one place does."""

    NOTHING = "nothing"
    """It hands the object on."""
    FETCHES = "fetches"
    """The loop waits for the object here, unless somebody has fetched it before."""
    FETCHED = "fetched"
    """It is fetched elsewhere, and here is waited for that."""


def effect_of(tree: Tree, resolver: Resolver, path: str, held: Held) -> Effect:
    """What a place does with its object.

    Args:
        tree: the file.
        resolver: knows the project.
        path: the file's path.
        held: the place.
    """
    if held.given:
        return Effect.FETCHED if held.awaited else Effect.FETCHES
    if _is_awaited_for(tree, held):
        return Effect.FETCHED
    fetches = (
        _by_member(tree, held) if held.loading.members else _by_any_use(tree, resolver, path, held)
    )
    return Effect.FETCHES if fetches else Effect.NOTHING


def _is_awaited_for(tree: Tree, held: Held) -> bool:
    """`await sync_to_async(bool)(request.user)`, `await request.session.aget("cart")`."""
    for up in tree.ancestors(held.node):
        if isinstance(up, ast.Await):
            call = up.value
            return isinstance(call, ast.Call) and _fetches_elsewhere(tree, call, held)
        if isinstance(up, ast.stmt):
            break
    return False


def _fetches_elsewhere(tree: Tree, call: ast.Call, held: Held) -> bool:
    parent = tree.parent(held.node)
    curried = isinstance(call.func, ast.Call)
    if held.node in call.args:
        return curried or last_name(call.func) in _THREADS
    if not isinstance(parent, ast.Attribute) or not held.loading.members:
        return False
    if parent is call.func:
        return parent.attr.startswith("a")
    return curried and isinstance(call.func, ast.Call) and parent in call.func.args


def _by_member(tree: Tree, held: Held) -> bool:
    """By its items, and by members that are known to fetch it."""
    parent = tree.parent(held.node)
    if isinstance(parent, ast.Subscript) and parent.value is held.node:
        return True
    if isinstance(parent, ast.Compare):
        return _is_searched(parent, held.node)
    if isinstance(parent, ast.Attribute) and parent.attr in held.loading.members:
        call = tree.parent(parent)
        return isinstance(call, ast.Call) and call.func is parent
    return False


def _is_searched(compare: ast.Compare, node: ast.expr) -> bool:
    pairs = zip(compare.ops, compare.comparators, strict=True)
    return any(right is node and isinstance(op, (ast.In, ast.NotIn)) for op, right in pairs)


def _by_any_use(tree: Tree, resolver: Resolver, path: str, held: Held) -> bool:
    node, parent = held.node, tree.parent(held.node)
    if isinstance(parent, (ast.Attribute, ast.Subscript)):
        return parent.value is node
    if isinstance(parent, ast.Compare):
        return not all(isinstance(op, (ast.Is, ast.IsNot)) for op in parent.ops)
    if isinstance(parent, (ast.FormattedValue, ast.UnaryOp, ast.BinOp)):
        return True
    if isinstance(parent, ast.BoolOp):
        return parent.values[-1] is not node or _is_tested(tree, parent)
    if isinstance(parent, (*_TESTS, ast.comprehension)):
        return _is_tested(tree, node)
    call = tree.parent(parent) if isinstance(parent, ast.keyword) else parent
    if isinstance(call, ast.Call) and call.func is not node:
        return any(
            _asks(resolver, each, call, held) for each in _called(resolver, path, call, held)
        )
    return False


def _is_tested(tree: Tree, node: ast.expr) -> bool:
    up = tree.parent(node)
    if isinstance(up, ast.UnaryOp):
        return True
    if isinstance(up, ast.BoolOp):
        return up.values[-1] is not node or _is_tested(tree, up)
    return (isinstance(up, _TESTS) and up.test is node) or (
        isinstance(up, ast.comprehension) and node in up.ifs
    )


def _called(resolver: Resolver, path: str, call: ast.Call, held: Held) -> Iterator[Value]:
    where = Where(path, held.scope.number, call.lineno, call.col_offset, held.suite)
    yield from resolver.values(plain_term(call.func), where)


def _asks(resolver: Resolver, value: Value, call: ast.Call, held: Held) -> bool:
    """Whether calling something with the object asks it something on the loop."""
    entry = callable_entry(resolver, value)
    if entry is not None and entry.entry.blocks:
        return False  # that goes to another thread as a whole
    if isinstance(value, External):
        return value.name in (*_ASKING, *_FILTERS)
    if isinstance(value, Method):
        return value.owner.startswith("django.db.models.") and not value.native
    if isinstance(value, (Bound, Defined)):
        return _is_made_of(resolver, value) or _asks_inside(resolver, value, call, held)
    return False


def signs(resolver: Resolver, path: str, call: ast.Call, held: Held) -> bool:
    """Whether a call signs somebody in or out whose request has the object; `sync_to_async(login)(...)` does."""
    holder = held.origin.rpartition(".")[0]
    if not call.args or plain_source(call.args[0]) != holder:
        return False
    run = call.func.args[:1] if isinstance(call.func, ast.Call) else [call.func]
    where = Where(path, held.scope.number, call.lineno, call.col_offset, held.suite)
    found = [value for each in run for value in resolver.values(plain_term(each), where)]
    return bool(found) and all(
        isinstance(each, External) and each.name in _SIGNING for each in found
    )


def _is_made_of(resolver: Resolver, value: Bound | Defined) -> bool:
    """Whether a model is made, whose foreign keys look at what they are given."""
    if not isinstance(value, Defined) or not resolver.is_class(value):
        return False
    return any(
        known.name == _MODEL
        for base in resolver.members.ancestry(value)
        if isinstance(base, External)
        for known in resolver.catalogue.ancestry(base.name)
    )


def _asks_inside(resolver: Resolver, value: Bound | Defined, call: ast.Call, held: Held) -> bool:
    """Whether a function of the project reads attributes of the parameter that is the object."""
    function = value.function if isinstance(value, Bound) else value
    scope = resolver.scope(function)
    if scope is None or scope.yields or resolver.is_class(function):
        return False
    named = next((each.arg for each in call.keywords if each.value is held.node), None)
    if named is None:
        number = call.args.index(held.node) if held.node in call.args else -1
        number += isinstance(value, Bound)
        named = scope.parameters[number] if 0 <= number < len(scope.parameters) else None
    return named is not None and any(_reads(site.term, named) for site in scope.sites)


def _reads(term: Term, name: str) -> bool:
    """`user.name`, `user.save()`."""
    term = term.func if isinstance(term, Call) else term
    return isinstance(term, Attr) and term.base == Name(name)
