"""The exceptions around a request: every handler that would catch them must still do so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from awaken.plan.fix import Reason
from awaken.plan.http.tables import CATCH_ALL, EXCEPTIONS, LOST_BASES, exception_name
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.plan.situation import Situation
from awaken.resolve.values import Defined, External

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(slots=True)
class Handlers:
    """What becomes of the `except` clauses around a request.

    Attributes:
        translations: exception types in their new form; those of requests stay beside them.
        needs_json: whether `json.JSONDecodeError` is named.
        differences: what would not be caught any more.
    """

    translations: list[Replacement] = field(default_factory=list)
    needs_json: bool = False
    differences: list[Reason] = field(default_factory=list)


def translate_handlers(situation: Situation, client: str) -> Handlers:
    """Every handler of the coroutine that guards the request.

    Args:
        situation: the request.
        client: the text by which the file calls the client's module.
    """
    found = Handlers()
    translated: set[ast.AST] = set()
    child: ast.AST = situation.call
    for up in situation.tree.ancestors(situation.call):
        if isinstance(up, _FUNCTIONS):
            break
        if isinstance(up, ast.Try) and child in up.body:
            for handler in up.handlers:
                if _translate(situation, found, up, handler, client):
                    translated.update(ast.walk(handler.type or handler))
        child = up
    if _names_exceptions(situation, translated):
        found.differences.append(reason("exceptions-elsewhere"))
    return found


def _translate(
    situation: Situation, found: Handlers, guard: ast.Try, handler: ast.ExceptHandler, client: str
) -> bool:
    if handler.type is None:
        return False
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names: list[str] = []
    for kind in kinds:
        translated = _translate_kind(situation, found, kind, client)
        names.extend(translated)
    if not names:
        return False
    if "json.JSONDecodeError" in names or (
        _decodes_json(guard) and any(name.endswith(".HTTPError") for name in names)
    ):
        found.needs_json = True
        names = [*(name for name in names if name != "json.JSONDecodeError"), "json.JSONDecodeError"]
    if handler.name and _looks_inside(handler):
        found.differences.append(reason("exception-handler", f"`{handler.name}` is looked into"))
    _write(situation, found, handler.type, kinds, names, guard)
    return True


def _translate_kind(
    situation: Situation, found: Handlers, kind: ast.expr, client: str
) -> list[str]:
    value = situation.value_of(kind)
    if isinstance(value, Defined) or (isinstance(value, External) and value.name in CATCH_ALL):
        return []
    if not isinstance(value, External) or value.name in LOST_BASES:
        found.differences.append(reason("exception-handler", f"`{situation.tree.source(kind)}`"))
        return []
    name = exception_name(value.name)
    if name is None:
        return []
    if not EXCEPTIONS[name]:
        found.differences.append(reason("exception-handler", f"`{name}`"))
    return [each.format(client) for each in EXCEPTIONS[name]]


def _write(
    situation: Situation,
    found: Handlers,
    written: ast.expr,
    kinds: list[ast.expr],
    names: list[str],
    guard: ast.Try,
) -> None:
    """Requests' own classes are kept where other calls in the block may still raise them."""
    others = [kind for kind in kinds if _keeps(situation, kind, guard)]
    texts = list(dict.fromkeys([*(situation.tree.source(kind) for kind in others), *names]))
    template = texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
    found.translations.append(Replacement(situation.tree.span(written), template))


def _keeps(situation: Situation, kind: ast.expr, guard: ast.Try) -> bool:
    value = situation.value_of(kind)
    if isinstance(value, External) and exception_name(value.name):
        return _others_may_raise(situation, guard)
    return True


def _others_may_raise(situation: Situation, guard: ast.Try) -> bool:
    """Whether something else in the guarded block might raise requests' exceptions."""
    for statement in guard.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and node is not situation.call:
                value = situation.value_of(node.func)
                foreign = isinstance(value, External) and not value.name.startswith("requests.")
                if not foreign and not _is_chained(situation, node):
                    return True
    return False


def _is_chained(situation: Situation, node: ast.Call) -> bool:
    """`<the request>.json()` and `response.json()`: members of a response, not calls of their own."""
    func = node.func
    return isinstance(func, ast.Attribute) and func.attr in ("json", "raise_for_status", "get")


def _decodes_json(guard: ast.Try) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == "json"
        for statement in guard.body
        for node in ast.walk(statement)
    )


def _looks_inside(handler: ast.ExceptHandler) -> bool:
    """Whether attributes of the exception are read (`e.response`), which differ."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == handler.name
        for statement in handler.body
        for node in ast.walk(statement)
    )


def _names_exceptions(situation: Situation, translated: set[ast.AST]) -> bool:
    """Whether the coroutine names requests' exceptions elsewhere: in a decorator, a tuple, a `raise`."""
    return any(
        node not in translated and _is_exception(situation, node)
        for node in _named(situation.function())
    )


def _named(function: ast.AsyncFunctionDef) -> Iterator[ast.expr]:
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
    last = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    if last not in EXCEPTIONS or not isinstance(node, ast.expr):
        return False
    value = situation.value_of(node)
    return isinstance(value, External) and exception_name(value.name) is not None
