"""What a queryset in hand may have become, and what to call its rows."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import sys
from typing import TYPE_CHECKING

from awaken.index.terms import Call, Item, Name, is_slice
from awaken.resolve.models.model_managers import RELATED
from awaken.resolve.values import Bound, Defined, External, Instance, Method

if TYPE_CHECKING:
    from awaken.index.summary import Binding
    from awaken.plan.situation import Situation

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_END = (sys.maxsize, 0)
_ANY_ROW = "row"
_NOT_A_MODEL = External("builtins.object")
_RELATED = External(RELATED)
_PREFETCHED = ("all", "get_queryset")


def may_be_a_list(situation: Situation, node: ast.expr) -> bool:
    """Whether `async for` may meet a list: that is what a slice of an evaluated queryset is."""
    if isinstance(node, ast.IfExp):
        return any(may_be_a_list(situation, part) for part in (node.body, node.orelse))
    if isinstance(node, ast.BoolOp):
        return any(may_be_a_list(situation, part) for part in node.values)
    if isinstance(node, ast.Subscript):
        return not _is_fresh(situation, node)
    if isinstance(node, ast.Name):
        return _name_may_be_a_list(situation, node.id)
    if isinstance(node, ast.Call):
        return _returns_slice(situation, node)
    return isinstance(node, ast.Attribute)


def _is_fresh(situation: Situation, node: ast.Subscript) -> bool:
    """Whether what is sliced here has just been built, or has not been evaluated so far."""
    base = node.value
    if isinstance(base, ast.Call):
        return _builds_anew(situation.value_of(base.func))
    if not isinstance(base, ast.Name):
        return False
    looping = any(isinstance(up, _LOOPS) for up in situation.tree.ancestors(node))
    return _is_lazy(situation, base.id, _END if looping else (node.lineno, node.col_offset))


def _is_lazy(situation: Situation, name: str, until: tuple[int, int]) -> bool:
    """Whether a local queryset is only chained or sliced before a place of the text."""
    bindings = situation.scope.bindings.get(name, ())
    if not bindings or not all(_built_by_django(situation, each, name) for each in bindings):
        return False
    return all(
        _chains(situation, node)
        for node in ast.walk(situation.function())
        if isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Load)
        and (node.lineno, node.col_offset) < until
    )


def _built_by_django(situation: Situation, binding: Binding, name: str) -> bool:
    where = situation.where._replace(scope=binding.scope)
    term = binding.term
    if isinstance(term, Item) and is_slice(term) and term.base == Name(name):
        return True
    return isinstance(term, Call) and all(
        _builds_anew(value) for value in situation.resolver.values(term.func, where)
    )


def _builds_anew(value: object) -> bool:
    """Whether a call gives a queryset without rows; `author.books.all()` may have been prefetched."""
    if not isinstance(value, Method):
        return False
    related = value.receiver is not None and value.receiver.of == _RELATED
    return not related or value.entry.name not in _PREFETCHED


def _chains(situation: Situation, node: ast.Name) -> bool:
    parent = situation.tree.parent(node)
    if isinstance(parent, ast.Subscript):
        return isinstance(parent.slice, ast.Slice)
    return isinstance(parent, ast.Attribute)


def _name_may_be_a_list(
    situation: Situation, name: str, seen: frozenset[str] = frozenset()
) -> bool:
    if name in seen:
        return False
    scope = situation.scope
    while name not in scope.bindings and scope.parent > 0:
        scope = situation.index.scopes[scope.parent]
    bindings = scope.bindings.get(name, ())
    return any(_bound_to_slice(situation, each, seen | {name}) for each in bindings)


def _in_loop(situation: Situation, binding: Binding) -> bool:
    suites = situation.index.scopes[binding.scope].suites
    number = binding.suite
    while number >= 0 and not suites[number].loop:
        number = suites[number].parent
    return number >= 0


def _bound_to_slice(situation: Situation, binding: Binding, seen: frozenset[str]) -> bool:
    """Whether a binding is, or may lead to, a slice of something other than a fresh chain."""
    term = binding.term
    if isinstance(term, Item) and is_slice(term):
        if not isinstance(term.base, Name):
            return not isinstance(term.base, Call)
        until = _END if _in_loop(situation, binding) else (binding.line, binding.column)
        return not _is_lazy(situation, term.base.id, until)
    if isinstance(term, Name):
        return _name_may_be_a_list(situation, term.id, seen)
    if isinstance(term, Call):
        where = situation.where._replace(scope=binding.scope)
        functions = situation.resolver.values(term.func, where)
        return any(_function_slices(situation, each) for each in functions)
    return False


def _returns_slice(situation: Situation, node: ast.Call) -> bool:
    return any(_function_slices(situation, each) for each in situation.values_of(node.func))


def _function_slices(situation: Situation, value: object) -> bool:
    function = value.function if isinstance(value, Bound) else value
    scope = situation.resolver.scope(function) if isinstance(function, Defined) else None
    return scope is not None and any(is_slice(term) for term in scope.returns)


def row_name(situation: Situation, rows: ast.expr) -> str:
    """A name for one row: the model's in lower case, `row` where rows are no instances of it."""
    held = {
        value.element if isinstance(value, Instance) else None
        for value in situation.values_of(rows)
    }
    element = next(iter(held)) if len(held) == 1 else None
    scope = situation.resolver.scope(element) if isinstance(element, Defined) else None
    if scope is not None:
        return _spoken(scope.name)
    if isinstance(element, External) and element != _NOT_A_MODEL:
        return _spoken(element.name.rpartition(".")[2])
    return _ANY_ROW


def _spoken(name: str) -> str:
    """`OrderLine` to `order_line`."""
    spoken = _HUMP.sub("_", name).lower()
    taken = keyword.iskeyword(spoken) or hasattr(builtins, spoken)
    return _ANY_ROW if taken or not spoken.isidentifier() else spoken
