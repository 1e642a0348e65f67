"""What is known against sending a value in the same form: a reason code, or None."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from awaken.index.summary import ScopeKind
from awaken.plan.http.literals import Sight, is_text, literal, may_be_none, scalar, type_name, worst
from awaken.resolve.values import Bound, Defined, External, Instance
from awaken.syntax.names import is_name, is_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.plan.http.request import Request
    from awaken.plan.situation import Situation

Doubt: TypeAlias = "str | None"

UNSUPPORTED = "unsupported-argument"
"""What no form of the call would do; anything else is a difference."""

_DIFFERENT: Doubt = "different-value"
_UNSUPPORTED: Doubt = UNSUPPORTED
_CODES: dict[Sight, Doubt] = {Sight.DIFFERENT: _DIFFERENT, Sight.UNSEEN: "value-type"}
_PAIR = 2
# What is sent piece by piece, which the async client refuses to read.
_STREAMS = frozenset({"builtins.bytearray", "builtins.generator", "io.BytesIO", "io.StringIO"})


def _url(request: Request, node: ast.expr) -> Doubt:
    situation = request.situation
    seen = literal(situation, node)
    if isinstance(seen, ast.Constant) and isinstance(seen.value, str):
        plain = seen.value.strip() == seen.value and seen.value.isprintable()
        return None if plain else _DIFFERENT
    return _DIFFERENT if type_name(situation, seen) == "builtins.bytes" else None


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
    seen = literal(situation, node)
    lazy = isinstance(seen, (ast.GeneratorExp, ast.List, ast.Tuple))
    if lazy or type_name(situation, seen) in _STREAMS:
        return _UNSUPPORTED
    return _mapping_doubt(situation, seen)


def _json(request: Request, node: ast.expr) -> Doubt:
    """The bytes differ, which somebody sees who signs what he dumps himself: `hmac.new(key, json.dumps(body))`."""
    situation = request.situation
    if not isinstance(node, ast.Name):
        return None
    for call in ast.walk(situation.function()):
        if isinstance(call, ast.Call) and call is not request.call:
            dumped = situation.value_of(call.func) == External("json.dumps")
            if dumped and any(is_name(each, node.id) for each in call.args):
                return _DIFFERENT if _signs(situation) else None
    return None


def _signs(situation: Situation) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id in ("hmac", "hashlib")
        for node in ast.walk(situation.function())
    )


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
        or may_be_none(situation, value)
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
    if isinstance(seen, ast.Tuple) and len(seen.elts) == _PAIR:
        elements = seen.elts
    elif auth_type(request, seen) and isinstance(seen, ast.Call):
        elements = [*seen.args, *(keyword.value for keyword in seen.keywords)]
    else:
        return _UNSUPPORTED if _is_object(situation, seen) else _CODES[Sight.UNSEEN]
    different = any(
        (
            isinstance(each, ast.Constant)
            and not (isinstance(each.value, str) and each.value.isascii())
        )
        or may_be_none(situation, each)
        for each in elements
    )
    return _DIFFERENT if different else None


def _is_object(situation: Situation, node: ast.expr) -> bool:
    """Whether a value is an object of a class that the client knows nothing of."""
    if isinstance(node, ast.Lambda):
        return True
    if isinstance(node, ast.Call):
        made = situation.value_of(node.func)
        scope = situation.resolver.scope(made) if isinstance(made, Defined) else None
        if scope is not None and scope.kind is ScopeKind.CLASS:
            return True
        if isinstance(made, External) and made.name.rpartition(".")[2][:1].isupper():
            return True
    values = situation.values_of(node)
    return any(isinstance(value, (Instance, Defined, Bound)) for value in values)


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
        return _UNSUPPORTED if foreign else None
    return None


def _verify(request: Request, node: ast.expr) -> Doubt:
    """True and False, and the path of a bundle that is known when the module is imported."""
    seen = literal(request.situation, node)
    if isinstance(seen, ast.Constant):
        return "read-at-import" if isinstance(seen.value, str) else None
    return _UNSUPPORTED


def _proxies(request: Request, node: ast.expr) -> Doubt:
    """One proxy for both schemes is one of the client; another kind than HTTP would need more to be installed."""
    seen = literal(request.situation, node)
    if isinstance(seen, ast.Constant) and seen.value is None:
        return None
    if not isinstance(seen, ast.Dict) or {_text(key) for key in seen.keys} != {"http", "https"}:
        return _UNSUPPORTED
    one, other = seen.values
    proxy = literal(request.situation, one)
    first = proxy.values[0] if isinstance(proxy, ast.JoinedStr) and proxy.values else proxy
    same = ast.dump(one) == ast.dump(other) and is_plain_path(one)
    return None if same and _text(first).startswith(("http://", "https://")) else _UNSUPPORTED


def _text(node: ast.expr | None) -> str:
    known = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if known else ""  # type: ignore[union-attr, return-value]


def is_plain_path(node: ast.expr) -> bool:
    """A value that may be written elsewhere: a constant, a name, text made of them."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    values = [part.value if isinstance(part, ast.FormattedValue) else part for part in parts]
    return all(isinstance(value, ast.Constant) or is_path(value) for value in values)


def _absent(request: Request, node: ast.expr) -> Doubt:
    """Only what says that there is nothing."""
    seen = literal(request.situation, node)
    nothing = isinstance(seen, ast.Constant) and not seen.value
    empty = isinstance(seen, (ast.Dict, ast.List, ast.Tuple)) and not ast.unparse(seen).strip(
        "{}[]()"
    )
    return None if nothing or empty else _UNSUPPORTED


CHECKS: dict[str, Callable[[Request, ast.expr], Doubt]] = {
    "absent": _absent,
    "auth": _auth,
    "cookies": _cookies,
    "form": _form,
    "headers": _headers,
    "json": _json,
    "proxies": _proxies,
    "query": _query,
    "timeout": _timeout,
    "url": _url,
    "verify": _verify,
}
"""The ways of looking at a value that `check` names in the catalogue."""
