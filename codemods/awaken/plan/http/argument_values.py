"""What is known against sending a value in the same form: a reason code, or None."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from awaken.plan.http.literals import Sight, is_text, literal, scalar, type_name, worst
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.plan.http.request import Request
    from awaken.plan.situation import Situation

Doubt: TypeAlias = "str | None"

_DIFFERENT: Doubt = "different-value"
_CODES: dict[Sight, Doubt] = {Sight.DIFFERENT: _DIFFERENT, Sight.UNSEEN: "value-type"}
_PAIR = 2


def _url(request: Request, node: ast.expr) -> Doubt:
    situation = request.situation
    seen = literal(situation, node)
    if isinstance(seen, ast.Constant) and isinstance(seen.value, str):
        plain = seen.value.strip() == seen.value and seen.value.isprintable()
        return None if plain else _DIFFERENT
    return _DIFFERENT if type_name(situation, seen) not in ("", "builtins.str") else None


def _query(request: Request, node: ast.expr) -> Doubt:
    situation = request.situation
    seen = literal(situation, node)
    if isinstance(seen, (ast.List, ast.Tuple)) and seen.elts and all(map(_is_pair, seen.elts)):
        sights = [scalar(situation, pair) for pair in seen.elts]
        # Pairs of one name are put side by side on one side only.
        repeated = len({ast.dump(pair.elts[0]) for pair in _pairs(seen)}) < len(seen.elts)
        return _CODES.get(worst([*sights, *([Sight.DIFFERENT] if repeated else [])]))
    return _mapping_doubt(situation, seen)


def _form(request: Request, node: ast.expr) -> Doubt:
    situation = request.situation
    if is_text(situation, node):
        return None
    return _mapping_doubt(situation, literal(situation, node))


def _cookies(request: Request, node: ast.expr) -> Doubt:
    situation = request.situation
    seen = literal(situation, node)
    if not isinstance(seen, ast.Dict):
        return None
    different = any(_is_constant_other_than(value, str) for value in _leaves(seen))
    return _DIFFERENT if different else None


def _pairs(seen: ast.List | ast.Tuple) -> list[ast.Tuple]:
    return [each for each in seen.elts if isinstance(each, ast.Tuple)]


def _is_pair(node: ast.expr) -> bool:
    return isinstance(node, ast.Tuple) and len(node.elts) == _PAIR


def _mapping_doubt(situation: Situation, seen: ast.expr) -> Doubt:
    if isinstance(seen, ast.Constant) and seen.value is None:
        return None
    if not isinstance(seen, ast.Dict):
        return _CODES[Sight.UNSEEN]
    keys = [Sight.UNSEEN if key is None else scalar(situation, key) for key in seen.keys]
    values = [scalar(situation, value) for value in seen.values]
    return _CODES.get(worst([*keys, *values]))


def _headers(request: Request, node: ast.expr) -> Doubt:
    situation = request.situation
    seen = literal(situation, node)
    if not isinstance(seen, ast.Dict):
        return None
    different = any(
        _is_constant_other_than(value, (str, bytes))
        or (isinstance(value, ast.Constant) and not _is_plain(value.value))
        for value in _leaves(seen)
    )
    return _DIFFERENT if different else None


def _leaves(seen: ast.Dict) -> Iterator[ast.expr]:
    """The values, and both sides of those that a condition chooses."""
    for value in seen.values:
        pending = [value]
        while pending:
            leaf = pending.pop()
            if isinstance(leaf, ast.IfExp):
                pending += (leaf.body, leaf.orelse)
            elif isinstance(leaf, ast.BoolOp):
                pending += leaf.values
            else:
                yield leaf


def _is_constant_other_than(node: ast.expr, kinds: type | tuple[type, ...]) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, kinds)


def _is_plain(value: object) -> bool:
    """Whether text is ASCII: one side sends the rest as Latin-1, the other refuses it."""
    return isinstance(value, bytes) or (isinstance(value, str) and value.isascii())


def _auth(request: Request, node: ast.expr) -> Doubt:
    situation = request.situation
    seen = literal(situation, node)
    if isinstance(seen, ast.Constant) and seen.value is None:
        return None
    elements: list[ast.expr] = []
    if isinstance(seen, ast.Tuple) and len(seen.elts) == _PAIR:
        elements = seen.elts
    elif auth_type(request, node) and isinstance(node, ast.Call):
        elements = [*node.args, *(keyword.value for keyword in node.keywords)]
    else:
        return _CODES[Sight.UNSEEN]
    different = any(
        isinstance(each, ast.Constant)
        and not (isinstance(each.value, str) and each.value.isascii())
        for each in elements
    )
    return _DIFFERENT if different else None


def auth_type(request: Request, node: ast.expr) -> str:
    """The client's name of the authentication that a call makes, or empty."""
    if not isinstance(node, ast.Call):
        return ""
    value = request.situation.value_of(node.func)
    return request.exchange.types.get(value.name, "") if isinstance(value, External) else ""


def _timeout(request: Request, node: ast.expr) -> Doubt:
    situation = request.situation
    seen = literal(situation, node)
    if isinstance(seen, ast.Constant):
        if seen.value is None:
            return None
        number = isinstance(seen.value, (int, float)) and not isinstance(seen.value, bool)
        return None if number and float(str(seen.value)) > 0 else _DIFFERENT
    if isinstance(seen, ast.Call):
        value = situation.value_of(seen.func)
        foreign = isinstance(value, External) and value.name.endswith(".Timeout")
        return _DIFFERENT if foreign else None
    return None


def _own_auth(request: Request, node: ast.expr) -> Doubt:
    """Authentication of the client's own library: another class may be for the sync client only."""
    seen = literal(request.situation, node)
    known = isinstance(seen, ast.Constant) and seen.value is None
    known = known or (isinstance(seen, ast.Tuple) and len(seen.elts) == _PAIR)
    return None if known or auth_type(request, seen) else _CODES[Sight.UNSEEN]


def _content(request: Request, node: ast.expr) -> Doubt:
    """Text: what the sync client iterates over, the async one does not."""
    seen = literal(request.situation, node)
    none = isinstance(seen, ast.Constant) and seen.value is None
    return None if none or is_text(request.situation, node) else _CODES[Sight.UNSEEN]


def _fields(request: Request, node: ast.expr) -> Doubt:
    """The fields of a form, or text."""
    seen = literal(request.situation, node)
    mapping = isinstance(seen, (ast.Dict, ast.DictComp))
    mapping = mapping or type_name(request.situation, seen) == "builtins.dict"
    return None if mapping else _content(request, node)


CHECKS: dict[str, Callable[[Request, ast.expr], Doubt]] = {
    "auth": _auth,
    "content": _content,
    "cookies": _cookies,
    "fields": _fields,
    "form": _form,
    "headers": _headers,
    "own-auth": _own_auth,
    "query": _query,
    "timeout": _timeout,
    "url": _url,
}
"""The ways of looking at a value that `check` names in the catalogue."""
