"""What nothing may be awaited in: held locks, transactions, redirections of the whole process."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Result
from awaken.detect.blocking import callable_entry
from awaken.detect.loop_context import scopes_of, where_of
from awaken.index.summary import Use
from awaken.index.terms import Attr, Call
from awaken.plan.reasons import reason
from awaken.resolve.values import External, Instance, Value
from awaken.syntax.names import last_name
from awaken.syntax.positions import Place
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from awaken.index.summary import Site
    from awaken.index.terms import Term
    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

_DECORATOR = "atomic"
_LOCK_NAME = re.compile(r"(?i:(^|_)(r?lock|mutex|semaphore)s?(_|$))|(?<=[a-z])Lock$")
# What the catalogue says of a type, in the words that fit a `with` around something else.
_AROUND = {"process-wide": "process-wide-state", "thread-local": "thread-local-state"}


def held_around(situation: Situation) -> Reason | None:
    """Why nothing may be awaited where a finding stands, or None.

    A lock whose type is not known is refused only where its name, or its use, says that it is one.
    """
    child: ast.AST = situation.node
    for up in situation.tree.ancestors(situation.node):
        if isinstance(up, ast.Lambda):
            return None
        if isinstance(up, (ast.AsyncFunctionDef, ast.FunctionDef)) and child in up.body:
            return _held_by_decorator(situation, up) or _held_by_hand(situation, up)
        if isinstance(up, ast.With):
            for expression in _entered_before(up, child):
                freed = Place.of(expression) in situation.freed
                held = None if freed else _held(situation, expression)
                if held is not None:
                    return held
        child = up
    return None


def _held_by_decorator(
    situation: Situation, function: ast.AsyncFunctionDef | ast.FunctionDef
) -> Reason | None:
    """`@transaction.atomic`, which is meant to hold while the coroutine runs."""
    for decorator in function.decorator_list if _DECORATOR in situation.tree.text else ():
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        found = callable_entry(situation.resolver, situation.value_of(called))
        entered = found is not None and found.entry.result is Result.CONTEXT
        if found is not None and entered and found.entry.returns:
            code = _held_code(situation, frozenset((Instance(External(found.entry.returns)),)))
            if code:
                return reason(code)
    return None


def _entered_before(statement: ast.With, child: ast.AST) -> list[ast.expr]:
    """The context managers that are already entered where `child` runs."""
    expressions = [item.context_expr for item in statement.items]
    if isinstance(child, ast.withitem):
        return expressions[: statement.items.index(child)]
    return expressions


def _held(situation: Situation, expression: ast.expr) -> Reason | None:
    values = situation.values_of(expression)
    code = _held_code(situation, values) or _held_below(situation, values)
    if code:
        return reason(code)
    known = any(isinstance(value, Instance) for value in values)
    if not known and _LOCK_NAME.search(_lock_name(expression)):
        return reason("lock-held")
    return None


def _held_below(situation: Situation, values: frozenset[Value]) -> str | None:
    """The same for a context manager of the project that holds a lock: `with self.guard():`."""
    targets = [target for value in values for target in situation.graph.callees.entered(value)]
    for function, *_ in situation.graph.closure(targets):
        index = situation.resolver.file(function.path)
        for scope in scopes_of(index, function.scope) if index else ():
            for site in scope.sites:
                held = _entered_by(site)
                if held is not None and index is not None:
                    where = where_of(index, scope, site)
                    code = _held_code(situation, situation.resolver.values(held, where))
                    if code:
                        return code
    return None


def _entered_by(site: Site) -> Term | None:
    """The lock in `with lock:` and in `lock.acquire()`, if it is one."""
    if site.use is Use.ENTER:
        return site.term
    func = site.term.func if isinstance(site.term, Call) else None
    return func.base if isinstance(func, Attr) and func.name == "acquire" else None


def _held_code(situation: Situation, values: frozenset[Value]) -> str | None:
    for value in values:
        if isinstance(value, Instance):
            for base in situation.resolver.members.ancestry(value.of):
                name = base.name if isinstance(base, External) else ""
                known = situation.resolver.catalogue.type(name) if name else None
                if known is not None and known.holds:
                    return _AROUND.get(known.holds, known.holds)
    return None


def _lock_name(expression: ast.expr) -> str:
    node = expression.func if isinstance(expression, ast.Call) else expression
    if isinstance(node, ast.Subscript):
        node = node.value
    return last_name(node)


def _held_by_hand(
    situation: Situation, function: ast.AsyncFunctionDef | ast.FunctionDef
) -> Reason | None:
    """`lock.acquire()` before the finding and `lock.release()` behind it."""
    if "release" not in situation.tree.text:
        return None
    here = situation.tree.span(situation.node).start
    released = {
        ast.dump(owner)
        for call, owner in _calls_of(function, "release")
        if not call.args and situation.tree.span(call).start > here
    }
    for call, owner in _calls_of(function, "acquire"):
        before = situation.tree.span(call).end <= here
        awaited = Place.of(call) in situation.freed or _is_awaited(situation, call)
        if before and ast.dump(owner) in released and not awaited:
            values = situation.values_of(owner)
            code = _held_code(situation, values)
            if code or not any(isinstance(value, Instance) for value in values):
                return reason(code or "lock-held")
    return None


@lru_cache(maxsize=16)  # every finding of a function asks for the same
def _calls_of(function: ast.AST, method: str) -> tuple[tuple[ast.Call, ast.expr], ...]:
    return tuple(
        (node, node.func.value)
        for node in walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == method
    )


def _is_awaited(situation: Situation, call: ast.Call) -> bool:
    """Whether a call is awaited, itself or through `wait_for` and the like: asyncio's locks are."""
    for up in situation.tree.ancestors(call):
        if isinstance(up, ast.stmt):
            return False
        if isinstance(up, ast.Await):
            return True
    return False
