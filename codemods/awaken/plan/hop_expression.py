"""From a lazy result to the expression that consumes it, so that both go into the same thread."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.detect.blocking import callable_entry
from awaken.plan.await_position import rest_is_plain
from awaken.plan.blocks.gone_through import goes_through_unknown
from awaken.plan.names_in_scope import COMPREHENSIONS
from awaken.plan.reasons import reason
from awaken.plan.threads.project_calls import blocks_below, runs_elsewhere
from awaken.plan.walk import steers_walk
from awaken.resolve.values import External, Instance, Method, Value
from awaken.syntax.names import is_own_super

if TYPE_CHECKING:
    from awaken.catalogue.schema import Entry
    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

_COLLECTORS = frozenset(
    f"builtins.{name}"
    for name in (
        "list",
        "tuple",
        "set",
        "frozenset",
        "sorted",
        "sum",
        "min",
        "max",
        "any",
        "all",
        "dict",
    )
)
_LAZY_WRAPPERS = frozenset(f"builtins.{name}" for name in ("enumerate", "reversed"))
# Builtins that neither block nor care which thread they run in.
_ANYWHERE = (
    _COLLECTORS
    | _LAZY_WRAPPERS
    | frozenset(
        f"builtins.{name}"
        for name in (
            "len",
            "str",
            "int",
            "float",
            "bool",
            "repr",
            "range",
            "isinstance",
            "round",
            "abs",
        )
    )
)
_TEXT = (External("builtins.str"), External("builtins.bytes"))
_NOT_MOVABLE = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.AsyncFor, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Consumption:
    """The expression that finishes a lazy result.

    Attributes:
        node: the expression.
        materialise: whether it must be wrapped in `list`.
    """

    node: ast.expr
    materialise: bool


def consuming_expression(situation: Situation) -> Consumption | Reason:
    """The smallest expression around a lazy call whose value is finished."""
    current: ast.expr = situation.node
    handle = situation.finding.entry.result.stays_open
    refusal = reason("open-handle" if handle else "lazy-result")
    while True:
        parent = situation.tree.parent(current)
        if _is_iterable_of(parent, current):
            return _iterated(situation, current, handle)
        call = _method_call(situation, current, parent)
        if call is not None:
            entry = callable_entry(situation.resolver, situation.value_of(call.func))
            finished = entry is not None and entry.entry.result is Result.VALUE
            if entry is not None and _gives_feed(situation, entry.entry):
                return refusal
            return Consumption(call, materialise=False) if finished else refusal
        if not isinstance(parent, ast.Call) or current not in parent.args:
            return refusal
        consumer = situation.value_of(parent.func)
        result = _result_of(situation, consumer)
        if result is Result.VALUE and takes_all(consumer):
            if runs_anywhere(situation, parent):
                return Consumption(parent, materialise=False)
            plain = rest_is_plain(parent, current)
            return Consumption(current, materialise=True) if plain else refusal
        if result is Result.VALUE:
            return Consumption(parent, materialise=False)
        if result is None:
            return refusal
        current = parent


def _gives_feed(situation: Situation, entry: Entry) -> bool:
    """Whether a method gives something that reads when it is gone through (`iter_lines`)."""
    iterated = situation.resolver.catalogue.member(entry.returns or "", "__iter__")
    return iterated is not None and iterated.result is Result.FEED


def _method_call(
    situation: Situation, current: ast.expr, parent: ast.AST | None
) -> ast.Call | None:
    if isinstance(parent, ast.Attribute) and parent.value is current:
        call = situation.tree.parent(parent)
        if isinstance(call, ast.Call) and call.func is parent:
            return call
    return None


def _result_of(situation: Situation, value: Value) -> Result | None:
    """What calling `value` with a lazy argument gives, or None where that is not known."""
    if takes_all(value):
        return Result.VALUE
    if isinstance(value, External) and value.name in _LAZY_WRAPPERS:
        return Result.ITERATOR
    found = callable_entry(situation.resolver, value)
    return found.entry.result if found else None


def takes_all(value: Value) -> bool:
    """A builtin that takes its elements at once; a list gives it the same."""
    return isinstance(value, External) and value.name in _COLLECTORS


def _is_iterable_of(parent: ast.AST | None, current: ast.expr) -> bool:
    """Whether a value is iterated to its end where it stands: in a loop, by `*` or by unpacking."""
    if isinstance(parent, (ast.For, ast.comprehension)):
        return parent.iter is current
    if isinstance(parent, ast.Assign):
        return all(isinstance(target, (ast.Tuple, ast.List)) for target in parent.targets)
    return isinstance(parent, ast.Starred)


def _iterated(situation: Situation, current: ast.expr, handle: bool) -> Consumption | Reason:
    parent = situation.tree.parent(current)
    if isinstance(parent, ast.For):
        if steers_walk(situation, parent):
            return reason("pruned-walk")
        if handle and any(isinstance(node, (ast.Break, ast.Return)) for node in ast.walk(parent)):
            return reason("open-handle")
    elif _is_kept_generator(situation, parent):
        return reason("open-handle" if handle else "lazy-result")
    return Consumption(current, materialise=True)


def _is_kept_generator(situation: Situation, parent: ast.AST | None) -> bool:
    """Whether a comprehension is a generator expression that nothing consumes where it stands."""
    owner = situation.tree.parent(parent) if parent is not None else None
    if not isinstance(owner, ast.GeneratorExp):
        return False
    consumer = situation.tree.parent(owner)
    return not isinstance(consumer, (ast.Call, ast.For, ast.comprehension))


def runs_anywhere(situation: Situation, node: ast.expr) -> bool:
    """Whether an expression may run in another thread as a whole.

    It must hold no `await`, `yield` or binding, and every call in it must be known.
    """
    for inner in ast.walk(node):
        if isinstance(inner, _NOT_MOVABLE) or getattr(inner, "is_async", False):
            return False
        if isinstance(inner, ast.Call) and (
            is_own_super(inner) or not _known_call(situation, inner)
        ):
            return False
    return True


def whole_comprehension(situation: Situation) -> ast.expr | None:
    """The comprehension that makes the finding's call once for each element, if it may run in a thread as one."""
    tree, node = situation.tree, situation.node
    found: ast.expr | None = None
    child: ast.AST = node
    for up in tree.ancestors(node):
        if isinstance(up, ast.stmt):
            break
        if isinstance(up, COMPREHENSIONS) and child is not up.generators[0]:
            found = _consumer_of(situation, up)
        child = up
    if found is None or not runs_anywhere(situation, found):
        return None
    alone = ast.Module([ast.Expr(found)], [])
    unknown = any(goes_through_unknown(situation, each, alone) for each in ast.walk(found))
    return None if unknown else found


def collecting_expression(situation: Situation) -> ast.expr | None:
    """The comprehension that goes through the finding's value at once, with the builtin that it is given to.

    None where there is no such, or it may not run in a thread as one.
    """
    generator = situation.tree.parent(situation.node)
    owner = situation.tree.parent(generator) if generator is not None else None
    if not isinstance(owner, COMPREHENSIONS) or owner.generators[0] is not generator:
        return None
    found = _consumer_of(situation, owner)
    return found if found is not None and runs_anywhere(situation, found) else None


def comprehension_over(situation: Situation, iterable: ast.expr) -> ast.expr | None:
    """The comprehension that goes through an iterable first of all, with the builtin it is given to, if it may move."""
    generator = situation.tree.parent(iterable)
    owner = situation.tree.parent(generator) if generator is not None else None
    first = isinstance(owner, COMPREHENSIONS) and owner.generators[0].iter is iterable
    found = _consumer_of(situation, owner) if first and isinstance(owner, ast.expr) else None
    return found if found is not None and runs_anywhere(situation, found) else None


def _consumer_of(situation: Situation, node: ast.expr) -> ast.expr | None:
    """The comprehension itself, or the builtin that a generator expression is given to."""
    if not isinstance(node, ast.GeneratorExp):
        return node
    parent = situation.tree.parent(node)
    if isinstance(parent, ast.Call) and parent.args == [node] and not parent.keywords:
        return parent if takes_all(situation.value_of(parent.func)) else None
    return None


def blocks_in(situation: Situation, node: ast.expr) -> bool:
    """Whether an expression makes a blocking call, so that it would take a hop of its own."""
    found = (
        callable_entry(situation.resolver, situation.value_of(inner.func))
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call)
    )
    return any(each is not None and each.entry.blocks for each in found) or any(
        isinstance(inner, ast.Call) and blocks_below(situation, inner) for inner in ast.walk(node)
    )


def _known_call(situation: Situation, call: ast.Call) -> bool:
    value = situation.value_of(call.func)
    if isinstance(value, External) and value.name in _ANYWHERE:
        return all(_known_key(situation, keyword) for keyword in call.keywords)
    if isinstance(value, Method) and value.native:
        return False
    found = callable_entry(situation.resolver, value)
    if found is not None:
        # The planner has looked at the finding itself.
        return found.entry.refuse is None or call is situation.node
    if isinstance(call.func, ast.Attribute) and _is_text(situation, call.func.value):
        return True
    return runs_elsewhere(situation, call)


def _is_text(situation: Situation, node: ast.expr) -> bool:
    """Whether an expression is known to be a str or bytes, whose methods run anywhere."""
    value = situation.value_of(node)
    return isinstance(value, Instance) and value.of in _TEXT


def _known_key(situation: Situation, keyword: ast.keyword) -> bool:
    """`sorted(..., key=f)` calls `f` in the thread, too."""
    if keyword.arg != "key":
        return keyword.arg is not None
    value = situation.value_of(keyword.value)
    found = callable_entry(situation.resolver, value)
    plain = isinstance(value, External) and value.name in _ANYWHERE
    return plain or (found is not None and found.entry.refuse is None)
