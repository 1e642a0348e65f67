"""The exceptions around a request: every handler that would catch them must still do so."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.catalogue.exchange import CLIENT
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.resolve.values import Defined, External, Instance, Method
from awaken.syntax.names import is_name, last_name
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from awaken.catalogue.exchange import Caught, Exchange
    from awaken.plan.fix import Reason
    from awaken.plan.http.request import Request
    from awaken.plan.situation import Situation

# `except*` handles the same classes; its node is of Python 3.11.
_TRIES: tuple[type[ast.AST], ...] = tuple(
    kind for name in ("Try", "TryStar") if (kind := getattr(ast, name, None))
)
_RAISING_MEMBERS = frozenset({"raise_for_status", "json"})
_CATCH_ALL = frozenset({"builtins.Exception", "builtins.BaseException"})
_DIFFERENT_ATTRIBUTES = frozenset({
    "response", "request", "errno", "strerror", "filename",
    "code", "status", "reason", "msg", "headers", "hdrs", "info", "url", "geturl", "getcode", "fp", "read",
})  # fmt: skip


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
    request: Request, uses: Sequence[ast.expr], partners: Iterable[ast.AST], response: str
) -> Handlers:
    """Every handler of the coroutine that guards the request, or what its response raises.

    Args:
        request: the request.
        uses: the expressions that stand for the response.
        partners: other requests that are converted together with this one.
        response: the name of the variable that holds the response, or empty.
    """
    found = Handlers()
    if not request.exchange.exceptions:
        return found  # the client raises the same
    situation = request.situation
    own = frozenset({situation.call, *partners})
    raising = [use for use in uses if _raises(situation, use)]
    guards: dict[ast.AST, bool] = {}
    for node in (situation.call, *raising):
        for guard in _guards(situation, node):
            guards[guard] = guards.get(guard, False) or node is situation.call
    for guard, requests in guards.items():
        _translate_guard(request, found, _Guard(guard, requests, own, response))  # type: ignore[arg-type]
    names = {each.rpartition(".")[2] for each in request.exchange.exceptions}
    if any(_is_exception(request, names, node) for node in _named(situation.function())):
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


def _translate_guard(request: Request, found: Handlers, guard: _Guard) -> None:
    """The clauses in their order: what an earlier one has caught, no later one can lose."""
    covered = False
    taken: set[str] = set()
    for handler in guard.node.handlers:
        if handler.type is None:
            return
        kinds = _kinds(handler)
        caught = [_caught(request, kind) for kind in kinds]
        covered = covered or any(each.widest for each in caught if each)
        for kind in kinds:
            difference = _difference(request, kind, guard, covered) or _taken(request, kind, taken)
            if difference is not None:
                found.differences.append(difference)
        taken.update(name for each in caught if each for name in each.besides)
        if handler.name and _looks_inside(request, handler, caught):
            found.differences.append(
                reason("exception-handler", f"`{handler.name}` is looked into")
            )
        elif handler.name and any(caught):
            found.translations.extend(_own_members(request, handler))
        if any(caught):
            found.translations.append(_rewritten(request, handler.type, kinds, guard))


def _caught(request: Request, kind: ast.expr) -> Caught | None:
    """What becomes of a class of the sync library."""
    value = request.situation.value_of(kind)
    return request.exchange.exceptions.get(value.name) if isinstance(value, External) else None


def _difference(request: Request, kind: ast.expr, guard: _Guard, covered: bool) -> Reason | None:
    """What this class would no longer catch, or None."""
    situation, exchange = request.situation, request.exchange
    written = reason("exception-handler", f"`{situation.tree.source(kind)}`")
    value = situation.value_of(kind)
    if isinstance(value, Defined):
        return None
    if not isinstance(value, External):
        return written
    if value.name in exchange.bases | exchange.request_bases:
        lost = not covered and (guard.requests or value.name in exchange.bases)
        return written if lost else None
    gained = not covered and guard.requests and _is_gained(request, value.name, guard)
    lost = exchange.lost(value.name) or _may_be_passed_on(exchange, value.name)
    return written if lost or gained else None


def _is_gained(request: Request, qualified: str, guard: _Guard) -> bool:
    """Whether a class catches what the client raises, and nothing of the library's, unless it stands beside that."""
    if not qualified.startswith(f"{request.client}."):
        return qualified in request.exchange.gained
    kinds = [each for handler in guard.node.handlers for each in _kinds(handler)]
    paired = {name for each in kinds if (caught := _caught(request, each)) for name in caught.names}
    return f"{CLIENT}.{qualified.rpartition('.')[2]}" not in paired


def _kinds(handler: ast.ExceptHandler) -> list[ast.expr]:
    """The classes of a clause."""
    if handler.type is None:
        return []
    return handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]


def _taken(request: Request, kind: ast.expr, taken: set[str]) -> Reason | None:
    """Whether an earlier clause catches what this one was there for."""
    value = request.situation.value_of(kind)
    name = value.name.rpartition(".")[2] if isinstance(value, External) else ""
    written = f"`{request.situation.tree.source(kind)}` behind what catches it"
    return reason("exception-handler", written) if name in taken else None


def _may_be_passed_on(exchange: Exchange, qualified: str) -> bool:
    """Whether a class may be the library's under another name (`requests_async.exceptions.Timeout`)."""
    root, _, name = qualified.partition(".")
    names = {each.rpartition(".")[2] for each in exchange.exceptions}
    kin = any(root.startswith(f"{module}_") for module in exchange.modules)
    return kin and name.rpartition(".")[2] in names


def _rewritten(
    request: Request, written: ast.expr, kinds: list[ast.expr], guard: _Guard
) -> Replacement:
    """The library's own classes are kept where other calls in the block may still raise them."""
    keep = _others_may_raise(request.situation, guard)
    texts: list[str] = []
    for kind in kinds:
        caught = _caught(request, kind)
        if caught is None or keep or not caught.names:
            texts.append(_as_written(request, kind))
        if caught is not None:
            texts.extend(caught.names)
            if caught.decoding and _decodes(guard.node):
                texts.extend(caught.decoding)
    texts = _without_narrower(request.exchange, list(dict.fromkeys(texts)))
    template = texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
    return Replacement(request.situation.tree.span(written), template)


def _as_written(request: Request, kind: ast.expr) -> str:
    """The text of a class that stays, in the form in which new ones are compared with it."""
    value = request.situation.value_of(kind)
    module = f"{request.client}."
    if isinstance(value, External) and value.name.startswith(module):
        return f"{CLIENT}.{value.name.removeprefix(module)}"
    return request.situation.tree.source(kind)


def _without_narrower(exchange: Exchange, texts: list[str]) -> list[str]:
    """Without what the widest class of the client catches anyway."""
    if exchange.widest not in texts:
        return texts
    kept = {exchange.widest, *exchange.beside}
    return [text for text in texts if not text.startswith(CLIENT) or text in kept]


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


def _decodes(guard: ast.Try) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == "json"
        for statement in guard.body
        for node in ast.walk(statement)
    )


def _looks_inside(
    request: Request, handler: ast.ExceptHandler, caught: list[Caught | None]
) -> bool:
    """Whether attributes of the exception are read (`e.response`) that differ."""
    situation, exchange = request.situation, request.exchange
    same = all(each is not None and each.response for each in caught)
    wide = _CATCH_ALL | exchange.bases | exchange.request_bases
    catches = any(caught) or any(
        isinstance(value := situation.value_of(kind), External) and value.name in wide
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
                and not (same and _same_in_error(request, node))
            ):
                return True
    return False


def _same_in_error(request: Request, node: ast.Attribute) -> bool:
    """`e.response.status_code`: both sides have the response in this error, or the error has that itself."""
    parent, exchange = request.situation.tree.parent(node), request.exchange
    return (
        node.attr == "response"
        and isinstance(parent, ast.Attribute)
        and (parent.attr in exchange.error_members or parent.attr in exchange.error_names)
    )


def _own_members(request: Request, handler: ast.ExceptHandler) -> Iterator[Replacement]:
    """`e.response.status_code` to `e.status`."""
    tree, names = request.situation.tree, request.exchange.error_names
    for node in (inner for statement in handler.body for inner in ast.walk(statement)):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr == "response"
            and is_name(node.value.value, handler.name or "")
            and node.attr in names
        ):
            rest = Span(tree.span(node.value.value).end, tree.span(node).end)
            yield Replacement(rest, f".{names[node.attr]}")


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


def _is_exception(request: Request, names: set[str], node: ast.AST) -> bool:
    last = last_name(node)
    if not isinstance(node, ast.expr) or not last:
        return False
    if last not in names and isinstance(node, ast.Attribute):
        return False
    value = request.situation.value_of(node)
    return isinstance(value, External) and value.name in request.exchange.exceptions
