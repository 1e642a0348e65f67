"""What a handler does with the exception it caught: the response in it, and what else differs."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.http.members import is_tested, translate_use
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.resolve.values import External
from awaken.syntax.names import is_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.handlers.caught import Kind
    from awaken.plan.http.request import Request
    from awaken.plan.http.response import ResponseUses
    from awaken.plan.situation import Situation

_DIFFERENT_ATTRIBUTES = frozenset({
    "args", "errno", "filename", "request", "strerror",
    "code", "status", "reason", "msg", "headers", "hdrs", "info", "url", "geturl", "getcode", "fp", "read",
})  # fmt: skip
_GETATTR = External("builtins.getattr")
_TEXTS = (External("builtins.str"), External("builtins.repr"))
_SEARCHES = frozenset(
    {"count", "endswith", "find", "index", "match", "search", "split", "startswith"}
)


def follow_error(
    request: Request,
    uses: ResponseUses,
    handler: ast.ExceptHandler,
    kinds: Sequence[Kind],
    *,
    keep: bool,
) -> None:
    """Translate what a handler reads of the exception.

    Args:
        request: the request.
        uses: gets the translations and the differences.
        handler: the clause, which gives the exception a name.
        kinds: the classes that it catches.
        keep: whether it may still catch exceptions of the sync library.
    """
    name = handler.name or ""
    always = all(kind.caught is not None and kind.caught.response for kind in kinds)
    inside = (node for each in handler.body for node in ast.walk(each))
    for node in (node for node in inside if isinstance(node, ast.expr)):
        if _is_response(request.situation, node, name):
            _response(request, uses, _Held(node, name, always), keep=keep)
        elif isinstance(node, ast.Attribute) and is_name(node.value, name):
            if node.attr in _DIFFERENT_ATTRIBUTES:
                uses.differences.append(
                    reason("exception-handler", f"`{name}.{node.attr}` is looked into")
                )
        elif _is_class_of(request.situation, node, name):
            uses.differences.append(
                reason("exception-handler", f"the class of `{name}` is looked into")
            )
        elif isinstance(node, ast.Call) and _is_searched(request, node, name):
            uses.differences.append(
                reason("exception-handler", f"the text of `{name}` is looked into")
            )


@dataclass(frozen=True, slots=True)
class _Held:
    """The response in an exception.

    Attributes:
        node: the expression that gives it.
        error: the name of the exception.
        always: whether it is there for certain.
    """

    node: ast.expr
    error: str
    always: bool


def _is_response(situation: Situation, node: ast.expr, name: str) -> bool:
    """`error.response`, or `getattr(error, "response", None)`."""
    if isinstance(node, ast.Attribute):
        return node.attr == "response" and is_name(node.value, name)
    if not isinstance(node, ast.Call) or situation.value_of(node.func) != _GETATTR:
        return False
    member = node.args[1] if len(node.args) > 1 and is_name(node.args[0], name) else None
    return isinstance(member, ast.Constant) and member.value == "response"


def _response(request: Request, uses: ResponseUses, held: _Held, *, keep: bool) -> None:
    """Errors of requests all have a `response`, which may be None; of the client's, only those of a status have one."""
    situation = request.situation
    span, text = situation.tree.span(held.node), situation.tree.source(held.node)
    parent = situation.tree.parent(held.node)
    member = parent.attr if isinstance(parent, ast.Attribute) else ""
    names = request.exchange.error_names
    if isinstance(parent, ast.Attribute) and member in names and held.always and not keep:
        whole = situation.tree.span(parent)
        uses.translations.append(Replacement(whole, f"{held.error}.{names[member]}"))
        return
    if names or (keep and member not in request.exchange.error_members):
        uses.differences.append(reason("exception-handler", f"`{text}` is looked into"))
        return
    found = f'getattr({held.error}, "response", None)'
    if is_tested(situation, held.node):
        there = f"{held.error}.response" if held.always else found
        error = request.exchange.error.replace("{}", f"{held.error}.response")
        uses.translations.append(Replacement(span, f"({there} is not None and not {error})"))
        return
    translate_use(request, uses, held.node, named=True)
    if isinstance(held.node, ast.Attribute) and not held.always and not member:
        uses.translations.append(Replacement(span, found))


def _is_class_of(situation: Situation, node: ast.expr, name: str) -> bool:
    """`type(error).__name__ == "Timeout"`, `error.__class__ is requests.Timeout`."""
    kind: ast.expr | None = node if isinstance(node, (ast.Attribute, ast.Call)) else None
    if isinstance(kind, ast.Attribute):
        kind = kind if kind.attr == "__class__" and is_name(kind.value, name) else None
    elif isinstance(kind, ast.Call):
        asked = situation.value_of(kind.func) == External("builtins.type")
        kind = kind if asked and len(kind.args) == 1 and is_name(kind.args[0], name) else None
    if kind is None:
        return False
    parent = situation.tree.parent(kind)
    if isinstance(parent, ast.Attribute):
        parent = situation.tree.parent(parent)
    return isinstance(parent, (ast.Compare, ast.Subscript, ast.Match))


def _is_searched(request: Request, node: ast.Call, name: str) -> bool:
    """`"404" in str(error)`, `str(error).lower().startswith("404")`."""
    situation = request.situation
    if situation.value_of(node.func) not in _TEXTS or not any(is_name(a, name) for a in node.args):
        return False
    for text in _texts(request, node):
        parent = situation.tree.parent(text)
        member = parent.attr if isinstance(parent, ast.Attribute) else ""
        if isinstance(parent, ast.Compare) or member in _SEARCHES:
            return True
    return False


def _texts(request: Request, node: ast.expr) -> Iterator[ast.expr]:
    """A text, and what its methods make of it: `str(error).lower()`."""
    tree = request.situation.tree
    yield node
    parent = tree.parent(node)
    while isinstance(parent, ast.Attribute):
        call = tree.parent(parent)
        if not isinstance(call, ast.Call):
            return
        yield call
        node, parent = call, tree.parent(call)


def is_asked(situation: Situation, call: ast.Call, name: str) -> bool:
    """`isinstance(error, requests.Timeout)`."""
    return (
        situation.value_of(call.func) == External("builtins.isinstance")
        and len(call.args) == 2  # noqa: PLR2004
        and is_name(call.args[0], name)
    )
