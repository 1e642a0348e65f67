"""The exceptions around a request: every handler that would catch them must still do so."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.plan.http.tables import (
    CATCH_ALL,
    CLIENT,
    EXCEPTIONS,
    JSON,
    LOST_BASES,
    OS_ERRORS,
    SAME_IN_ERRORS,
    exception_name,
    may_be_passed_on,
)
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.resolve.values import Defined, External, Instance, Method
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

# `except*` handles the same classes; its node is of Python 3.11.
_TRIES: tuple[type[ast.AST], ...] = tuple(
    kind for name in ("Try", "TryStar") if (kind := getattr(ast, name, None))
)
_RAISING_MEMBERS = frozenset({"raise_for_status", "json"})
_DIFFERENT_ATTRIBUTES = frozenset({"response", "request", "errno", "strerror", "filename"})


@dataclass(slots=True)
class Handlers:
    """What becomes of the `except` clauses around a request.

    Attributes:
        translations: exception types in their new form; those of requests stay beside them where
            something else in the block may raise them.
        differences: what would not be caught any more.
    """

    translations: list[Replacement] = field(default_factory=list)
    differences: list[Reason] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Guard:
    """A `try` around the request, or around what its response raises.

    Attributes:
        node: the statement.
        requests: whether the request itself is inside, besides what is done with its response.
        own: the calls that will no longer raise requests' exceptions.
        response: the name of the response, or empty.
    """

    node: ast.Try
    requests: bool
    own: frozenset[ast.AST]
    response: str


def translate_handlers(
    situation: Situation, uses: Sequence[ast.expr], partners: Iterable[ast.AST], response: str
) -> Handlers:
    """Every handler of the coroutine that guards the request, or what its response raises.

    Args:
        situation: the request.
        uses: the expressions that stand for the response.
        partners: other requests that are converted together with this one.
        response: the name of the variable that holds the response, or empty.
    """
    found = Handlers()
    own = frozenset({situation.call, *partners})
    raising = [use for use in uses if _raises(situation, use)]
    guards: dict[ast.AST, bool] = {}
    for node in (situation.call, *raising):
        for guard in _guards(situation, node):
            guards[guard] = guards.get(guard, False) or node is situation.call
    for guard, requests in guards.items():
        _translate_guard(situation, found, _Guard(guard, requests, own, response))  # type: ignore[arg-type]
    if any(_is_exception(situation, node) for node in _named(situation.function())):
        found.differences.append(reason("exceptions-elsewhere"))
    return found


def _raises(situation: Situation, use: ast.expr) -> bool:
    parent = situation.tree.parent(use)
    return isinstance(parent, ast.Attribute) and parent.attr in _RAISING_MEMBERS


def _guards(situation: Situation, node: ast.AST) -> Iterator[ast.AST]:
    child = node
    for up in situation.tree.ancestors(node):
        if isinstance(up, FUNCTIONS):
            return
        if isinstance(up, _TRIES) and child in getattr(up, "body", ()):
            yield up
        child = up


def _translate_guard(situation: Situation, found: Handlers, guard: _Guard) -> None:
    """The clauses in their order: what an earlier one has caught, no later one can lose."""
    covered = False
    for handler in guard.node.handlers:
        if handler.type is None:
            return
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = {_requests_name(situation, kind) for kind in kinds}
        covered = covered or "RequestException" in names
        for kind in kinds:
            difference = _difference(situation, kind, guard, covered)
            if difference is not None:
                found.differences.append(difference)
        if handler.name and _looks_inside(situation, handler, names):
            found.differences.append(
                reason("exception-handler", f"`{handler.name}` is looked into")
            )
        if names - {None}:
            found.translations.append(_rewritten(situation, handler.type, kinds, guard))


def _requests_name(situation: Situation, kind: ast.expr) -> str | None:
    value = situation.value_of(kind)
    return exception_name(value.name) if isinstance(value, External) else None


def _difference(
    situation: Situation, kind: ast.expr, guard: _Guard, covered: bool
) -> Reason | None:
    """What this class would no longer catch, or None."""
    written = reason("exception-handler", f"`{situation.tree.source(kind)}`")
    value = situation.value_of(kind)
    if isinstance(value, Defined):
        return None
    if not isinstance(value, External):
        return written
    if value.name in LOST_BASES:
        lost = not covered and (guard.requests or value.name in OS_ERRORS)
        return written if lost else None
    name = exception_name(value.name)
    lost = not EXCEPTIONS[name] if name is not None else may_be_passed_on(value.name)
    return written if lost else None


def _rewritten(
    situation: Situation, written: ast.expr, kinds: list[ast.expr], guard: _Guard
) -> Replacement:
    """Requests' own classes are kept where other calls in the block may still raise them."""
    keep = _others_may_raise(situation, guard)
    texts: list[str] = []
    for kind in kinds:
        name = _requests_name(situation, kind)
        if name is None or keep or not EXCEPTIONS[name]:
            texts.append(_as_written(situation, kind))
        if name is not None:
            texts.extend(EXCEPTIONS[name])
        if name == "RequestException" and _decodes_json(guard.node):
            texts.append(f"{JSON}.JSONDecodeError")
    texts = _without_narrower(list(dict.fromkeys(texts)))
    template = texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
    return Replacement(situation.tree.span(written), template)


def _as_written(situation: Situation, kind: ast.expr) -> str:
    """The text of a class that stays, in the form in which new ones are compared with it."""
    value = situation.value_of(kind)
    module = f"{situation.settings.http_client}."
    if isinstance(value, External) and value.name.startswith(module):
        return f"{CLIENT}.{value.name.removeprefix(module)}"
    return situation.tree.source(kind)


def _without_narrower(texts: list[str]) -> list[str]:
    """`HTTPError` is the base of everything but these three."""
    if f"{CLIENT}.HTTPError" not in texts:
        return texts
    beside = ("HTTPError", "InvalidURL", "StreamError", "StreamConsumed")
    wider = {f"{CLIENT}.{name}" for name in beside}
    return [text for text in texts if not text.startswith(CLIENT) or text in wider]


def _others_may_raise(situation: Situation, guard: _Guard) -> bool:
    """Whether something else in the guarded block might raise requests' exceptions."""
    return any(
        isinstance(node, ast.Call)
        and node not in guard.own
        and not _is_member(node, guard)
        and not _is_foreign(situation, node)
        for statement in guard.node.body
        for node in ast.walk(statement)
    )


def _is_member(node: ast.Call, guard: _Guard) -> bool:
    """`<the request>.json()`, `response.headers.get(...)`: calls on the client's response."""
    func: ast.expr = node.func
    if isinstance(func, ast.Name):
        return False
    while isinstance(func, (ast.Attribute, ast.Subscript, ast.Call)) and func not in guard.own:
        func = func.func if isinstance(func, ast.Call) else func.value
    if isinstance(func, ast.NamedExpr):
        func = func.value
    return func in guard.own or (isinstance(func, ast.Name) and func.id == guard.response)


def _is_foreign(situation: Situation, node: ast.Call) -> bool:
    """A call of the standard library; of any other library we do not know what it raises."""
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr == "get" and _is_key(node):
        return True
    value = situation.value_of(func)
    if isinstance(value, Instance):
        value = value.of
    name = getattr(value, "name", "") if isinstance(value, External) else ""
    if isinstance(value, Method):
        name = value.owner
    return name.partition(".")[0] in sys.stdlib_module_names | {"builtins"}


def _is_key(node: ast.Call) -> bool:
    """`.get("name")` of a mapping; a session would be given a URL."""
    key = node.args[0] if node.args else None
    return isinstance(key, ast.Constant) and isinstance(key.value, str) and "/" not in key.value


def _decodes_json(guard: ast.Try) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == "json"
        for statement in guard.body
        for node in ast.walk(statement)
    )


def _looks_inside(situation: Situation, handler: ast.ExceptHandler, names: set[str | None]) -> bool:
    """Whether attributes of the exception are read (`e.response`) that differ."""
    catches = names - {None} or any(
        isinstance(value := situation.value_of(kind), External)
        and value.name in CATCH_ALL | LOST_BASES
        for kind in ([handler.type] if handler.type else [])
    )
    if not catches:
        return False
    for statement in handler.body:
        for node in ast.walk(statement):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == handler.name
                and node.attr in _DIFFERENT_ATTRIBUTES
                and not (names == {"HTTPError"} and _same_in_error(situation, node))
            ):
                return True
    return False


def _same_in_error(situation: Situation, node: ast.Attribute) -> bool:
    """`e.response.status_code`: both sides have the response in this error."""
    parent = situation.tree.parent(node)
    return (
        node.attr == "response"
        and isinstance(parent, ast.Attribute)
        and parent.attr in SAME_IN_ERRORS
    )


def _named(function: ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """Names in the coroutine, those of its `except` clauses apart (decorators, `raise`)."""
    handled = {
        inner
        for node in ast.walk(function)
        if isinstance(node, ast.ExceptHandler) and node.type is not None
        for inner in ast.walk(node.type)
    }
    for node in ast.walk(function):
        if isinstance(node, (ast.Name, ast.Attribute)) and node not in handled:
            yield node


def _is_exception(situation: Situation, node: ast.AST) -> bool:
    last = last_name(node)
    if not isinstance(node, ast.expr) or not last:
        return False
    if last not in EXCEPTIONS and isinstance(node, ast.Attribute):
        return False
    value = situation.value_of(node)
    return isinstance(value, External) and exception_name(value.name) is not None
