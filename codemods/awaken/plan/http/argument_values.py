"""What is known against sending a value in the same form: a reason code, or None."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, TypeAlias

from awaken.index.summary import ScopeKind
from awaken.plan.http.literals import (
    Sight,
    is_text,
    kind_of,
    literal,
    may_be_none,
    scalar,
    type_name,
    worst,
)
from awaken.resolve.values import Bound, Defined, External, Instance, Value
from awaken.syntax.names import is_name, is_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeGuard

    from awaken.plan.http.request import Request
    from awaken.plan.situation import Situation

Doubt: TypeAlias = "str | None"

UNSUPPORTED = "unsupported-argument"
"""What no form of the call would do; anything else is a difference."""

_DIFFERENT: Doubt = "different-value"
_UNSUPPORTED: Doubt = UNSUPPORTED
_CODES: dict[Sight, Doubt] = {Sight.DIFFERENT: _DIFFERENT, Sight.UNSEEN: "value-type"}
_PAIR = 2
# Neither quoted, nor resolved (`..`), nor cut out (user and password) by one side only.
_CLEAN_URL = re.compile(
    r"(?!https?://[^/?#]*@)(?!.*/\.\.?(?:[/?#]|$))[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]*"
)
_FIELD = re.compile(r"\{[^{}]*\}")
_KEPT_OTHERWISE = frozenset(
    {"accept-encoding", "authorization", "connection", "content-type", "cookie", "host"}
)
# What is sent piece by piece, which the async client refuses to read.
_STREAMS = frozenset({"builtins.bytearray", "builtins.generator", "io.BytesIO", "io.StringIO"})
_READING = frozenset({
    "body", "encode", "getvalue", "model_dump", "model_dump_json", "read", "read_bytes", "read_text",
})  # fmt: skip
# What looks like a file and is in memory.
_IN_MEMORY = frozenset({"io.BytesIO", "io.StringIO"})
_READ = frozenset({"builtins.str", "builtins.bytes", "builtins.dict", "builtins.NoneType"})


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


def _plain_headers(request: Request, node: ast.expr) -> Doubt:
    """Those that are seen, and that both sides keep to where they are sent on to another address."""
    seen = literal(request.situation, node)
    if not isinstance(seen, ast.Dict):
        return _CODES[Sight.UNSEEN]
    names = {_text_of(key).lower() for key in seen.keys}
    if "" in names:
        return _CODES[Sight.UNSEEN]
    return _DIFFERENT if any(map(is_kept_otherwise, names)) else _headers(request, node)


def is_kept_otherwise(header: str) -> bool:
    """Whether a header is not what it was any more where it is sent on to another address.

    Args:
        header: its name.
    """
    return header.lower() in _KEPT_OTHERWISE


def _text_of(node: ast.expr | None) -> str:
    """The text that a literal says, empty for anything else."""
    constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if constant else ""  # type: ignore[union-attr]


def _http_url(request: Request, node: ast.expr) -> Doubt:
    """A URL that is seen to be one of HTTP, and in whose visible parts nothing is put in another form."""
    texts = list(_visible_parts(request.situation, node))
    if not texts or not texts[0].lower().startswith(("http://", "https://")):
        return _CODES[Sight.UNSEEN]
    return None if all(map(_CLEAN_URL.fullmatch, texts)) else _DIFFERENT


def _visible_parts(situation: Situation, node: ast.expr) -> Iterator[str]:
    """The literal parts of a text, in their order; the first one is empty where it begins with something else."""
    seen = literal(situation, node)
    if isinstance(seen, ast.Constant):
        yield _text_of(seen)
    elif isinstance(seen, ast.JoinedStr):
        for part in seen.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            yield from _visible_parts(situation, inner)
    elif isinstance(seen, ast.BinOp) and isinstance(seen.op, ast.Add):
        yield from _visible_parts(situation, seen.left)
        yield from _visible_parts(situation, seen.right)
    elif isinstance(seen, ast.BinOp) and isinstance(seen.op, ast.Mod):
        yield from _visible_parts(situation, seen.left)
    elif isinstance(seen, ast.Call) and _is_format(seen.func):
        for text in _visible_parts(situation, seen.func.value):
            yield _FIELD.sub("", text)
    else:
        yield ""


def _is_format(func: ast.expr) -> TypeGuard[ast.Attribute]:
    return isinstance(func, ast.Attribute) and func.attr == "format"


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


def _auth_flow(request: Request, node: ast.expr) -> Doubt:
    """What authenticates with a generator does so for both clients, unless its class has a flow for the sync one."""
    situation = request.situation
    seen = literal(situation, node)
    if isinstance(seen, (ast.Constant, ast.Tuple, ast.Lambda)):
        return None
    if isinstance(seen, ast.Call) and _is_of_client(request, situation.value_of(seen.func)):
        return None
    for value in situation.values_of(seen):
        if isinstance(value, Instance):
            flow = situation.resolver.members.of_instance(value, "sync_auth_flow")
            if any(isinstance(each, Bound) for each in flow):
                return _DIFFERENT
            lineage = situation.resolver.members.lineage(value.of)
            if not any(_is_of_client(request, base) for base in lineage):
                return _CODES[Sight.UNSEEN]
        elif not isinstance(value, Defined):
            return _CODES[Sight.UNSEEN]
    return None


def _is_of_client(request: Request, value: Value) -> bool:
    return isinstance(value, External) and value.name.startswith(f"{request.client}.")


def _read_at_once(request: Request, node: ast.expr) -> Doubt:
    """What an async client sends as it is; files and iterators it would have to be given in another form."""
    situation = request.situation
    seen = literal(situation, node)
    if isinstance(seen, (ast.Dict, ast.DictComp)) or _reads(seen):
        return None
    known = type_name(situation, seen)
    kinds = {known} if known else {kind_of(value) for value in situation.values_of(seen)}
    if "" in kinds or not kinds:
        return _CODES[Sight.UNSEEN]
    return None if kinds <= _READ else _DIFFERENT


def _files(request: Request, node: ast.expr) -> Doubt:
    """Contents that are in memory; a file would be read on the loop while it is sent."""
    pending = [literal(request.situation, node)]
    while pending:
        seen = pending.pop()
        if isinstance(seen, ast.Dict):
            pending += seen.values
        elif isinstance(seen, ast.List):
            pending += seen.elts
        elif isinstance(seen, ast.Tuple) and len(seen.elts) > 1:
            pending.append(seen.elts[1])  # behind the name of the field, or of the file
        elif isinstance(seen, ast.Constant) or type_name(request.situation, seen) in _IN_MEMORY:
            continue
        else:
            doubt = _read_at_once(request, seen)
            if doubt is not None:
                return doubt
    return None


def _reads(node: ast.expr) -> bool:
    """`path.read_bytes()`, `await request.body()`: methods that give text, bytes or a dict, whatever has them."""
    call = node.value if isinstance(node, ast.Await) else node
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in _READING
    )


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
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


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


def _method(request: Request, node: ast.expr) -> Doubt:
    """What the client does with a method, if its name can be seen."""
    seen = literal(request.situation, node)
    if not isinstance(seen, ast.Constant) or not isinstance(seen.value, str):
        return _CODES[Sight.UNSEEN]
    verb = request.exchange.verbs.get(seen.value.lower())
    return verb.difference if verb else _DIFFERENT


def _text_query(request: Request, node: ast.expr) -> Doubt:
    """Names are text, values text or numbers, or lists of them: nothing else is taken."""
    seen = literal(request.situation, node)
    if isinstance(seen, (ast.List, ast.Tuple)) and not seen.elts:
        return None
    return _text_names(request, seen, empty=None)


def _text_fields(request: Request, node: ast.expr) -> Doubt:
    """The same; a form without fields has a type on one side only."""
    if is_text(request.situation, node):
        return None
    return _text_names(request, literal(request.situation, node), empty=_DIFFERENT)


def _text_names(request: Request, seen: ast.expr, *, empty: Doubt) -> Doubt:
    situation = request.situation
    if isinstance(seen, ast.Constant) and seen.value is None:
        return None
    if isinstance(seen, ast.Dict):
        names, values = seen.keys, seen.values
        flat = [each for value in values for each in _items(value)]
    elif isinstance(seen, (ast.List, ast.Tuple)) and seen.elts and all(map(_is_pair, seen.elts)):
        names = [pair.elts[0] for pair in _pairs(seen)]
        flat = [pair.elts[1] for pair in _pairs(seen)]
    else:
        return _CODES[Sight.UNSEEN]
    if not names:
        return empty
    sights = [_name_sight(situation, name) for name in names]
    return _CODES.get(worst([*sights, *(_flat_sight(situation, value) for value in flat)]))


def _items(value: ast.expr) -> list[ast.expr]:
    return value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]


def _name_sight(situation: Situation, name: ast.expr | None) -> Sight:
    if name is None:
        return Sight.UNSEEN
    if isinstance(name, ast.Constant):
        return Sight.SAME if isinstance(name.value, str) else Sight.DIFFERENT
    return Sight.SAME if type_name(situation, name) == "builtins.str" else Sight.UNSEEN


def _flat_sight(situation: Situation, value: ast.expr) -> Sight:
    nested = isinstance(value, (ast.List, ast.Tuple))
    return Sight.DIFFERENT if nested else scalar(situation, value)


def _text_headers(request: Request, node: ast.expr) -> Doubt:
    """Values are ASCII text; what another argument says, too, is said by the header on one side only."""
    seen = literal(request.situation, node)
    if isinstance(seen, ast.Dict):
        if any(_is_constant_other_than(value, str) for value in _leaves(seen)):
            return _DIFFERENT
        constants = [key.value for key in seen.keys if isinstance(key, ast.Constant)]
        names = {str(name).lower() for name in constants}
        given = {keyword.arg for keyword in request.call.keywords}
        if ("authorization" in names and "auth" in given) or (
            "cookie" in names and "cookies" in given
        ):
            return _DIFFERENT
    return _headers(request, node)


CHECKS: dict[str, Callable[[Request, ast.expr], Doubt]] = {
    "absent": _absent,
    "auth": _auth,
    "auth-flow": _auth_flow,
    "cookies": _cookies,
    "files": _files,
    "form": _form,
    "headers": _headers,
    "http-url": _http_url,
    "json": _json,
    "method": _method,
    "plain-headers": _plain_headers,
    "proxies": _proxies,
    "query": _query,
    "read-at-once": _read_at_once,
    "text-fields": _text_fields,
    "text-headers": _text_headers,
    "text-query": _text_query,
    "timeout": _timeout,
    "url": _url,
    "verify": _verify,
}
"""The ways of looking at a value that `check` names in the catalogue."""
