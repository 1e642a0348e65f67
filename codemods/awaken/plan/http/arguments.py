"""The arguments of a request: which the async client takes as they are, and which need another form."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from awaken.plan.fix import Reason
from awaken.plan.http.literals import (
    Sight,
    holds_no_query,
    literal,
    scalar,
    type_name,
    worst,
)
from awaken.plan.http.tables import BODY, BODYLESS, POSITIONAL
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.plan.situation import Situation
from awaken.syntax.positions import Span

_DOUBT = {Sight.DIFFERENT: "different-value", Sight.UNSEEN: "value-type"}
_TEXT = frozenset({"builtins.str", "builtins.bytes"})


@dataclass(slots=True)
class Arguments:
    """How a call is written for the async client.

    Attributes:
        method: the client's method.
        first: an argument put in front, as source text, or empty.
        client: keyword arguments of the client.
        call: keyword arguments appended to the call.
        translations: arguments in another form.
        differences: what would not be the same.
        refusal: why there is no such call at all.
    """

    method: str
    first: str = ""
    client: list[tuple[str, str]] = field(default_factory=list)
    call: list[tuple[str, str]] = field(default_factory=list)
    translations: list[Replacement] = field(default_factory=list)
    differences: list[Reason] = field(default_factory=list)
    refusal: Reason | None = None

    def doubt(self, sight: Sight, name: str) -> None:
        code = _DOUBT.get(sight)
        if code:
            self.differences.append(reason(code, f"`{name}`"))


def translate_arguments(situation: Situation, verb: str) -> Arguments:
    """The arguments of `requests.<verb>(...)`, for a client that is made for this one call."""
    call = situation.call
    arguments = Arguments(verb)
    given = _given(call, verb)
    if given is None:
        arguments.refusal = reason("unknown-arguments")
        return arguments
    for name, node in given.items():
        translate = _TRANSLATIONS.get(name)
        if translate is None:
            arguments.refusal = reason("unsupported-argument", f"`{name}`")
            return arguments
        translate(situation, arguments, node)
    _name_positional(situation, arguments, call, verb)
    _choose_method(arguments, verb, given)
    _spell_defaults(arguments, verb, given)
    if "params" in given and not holds_no_query(situation, given["url"]):
        arguments.differences.append(reason("query-in-url"))
    return arguments


def _given(call: ast.Call, verb: str) -> dict[str, ast.expr] | None:
    """Arguments by name, or None where some are unpacked from a value."""
    names = POSITIONAL[verb]
    if any(isinstance(arg, ast.Starred) for arg in call.args) or len(call.args) > len(names):
        return None
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    given = dict(zip(names, call.args, strict=False))
    given.update((keyword.arg or "", keyword.value) for keyword in call.keywords)
    return given if "url" in given else None


def _name_positional(
    situation: Situation, arguments: Arguments, call: ast.Call, verb: str
) -> None:
    """All but the URL are keyword-only on the other side."""
    for name, node in zip(POSITIONAL[verb], call.args, strict=False):
        if name not in ("url", "method"):
            written = _content_name(situation, name, node)
            arguments.translations.append(
                Replacement(situation.tree.span(node), f"{written}={{}}")
            )


def _choose_method(arguments: Arguments, verb: str, given: dict[str, ast.expr]) -> None:
    if verb in BODYLESS and BODY & given.keys():
        arguments.method = "request"
        arguments.first = f'"{verb.upper()}"'


def _spell_defaults(arguments: Arguments, verb: str, given: dict[str, ast.expr]) -> None:
    """What requests does unasked: follow up to 30 redirects, and wait without a limit."""
    if "allow_redirects" not in given and verb != "head":
        arguments.client.append(("follow_redirects", "True"))
    arguments.client.append(("max_redirects", "30"))
    if "timeout" not in given:
        arguments.call.append(("timeout", "None"))


def _keyword_name(situation: Situation, node: ast.expr) -> Span | None:
    """The range of `name` in `name=value`, for a keyword argument."""
    keyword = situation.tree.parent(node)
    if not isinstance(keyword, ast.keyword) or keyword.arg is None:
        return None
    start = situation.tree.offsets.span(keyword).start
    return Span(start, start + len(keyword.arg))


def _rename(situation: Situation, arguments: Arguments, node: ast.expr, name: str) -> None:
    span = _keyword_name(situation, node)
    if span is not None:
        arguments.translations.append(Replacement(span, name))


def _url(situation: Situation, arguments: Arguments, node: ast.expr) -> None:
    seen = literal(situation, node)
    if type_name(situation, node) == "builtins.bytes" or (
        isinstance(seen, ast.Constant)
        and (not isinstance(seen.value, str) or seen.value.strip() != seen.value)
    ):
        arguments.differences.append(reason("different-value", "`url`"))


def _mapping(situation: Situation, arguments: Arguments, node: ast.expr, name: str) -> None:
    seen = literal(situation, node)
    if isinstance(seen, ast.Constant) and seen.value is None:
        return
    if not isinstance(seen, ast.Dict):
        arguments.doubt(Sight.UNSEEN, name)
        return
    keys = [Sight.UNSEEN if key is None else scalar(situation, key) for key in seen.keys]
    values = [scalar(situation, value) for value in seen.values]
    # An empty mapping erases the query of the URL on one side only.
    arguments.doubt(worst([*keys, *values]) if values else Sight.DIFFERENT, name)


def _params(situation: Situation, arguments: Arguments, node: ast.expr) -> None:
    _mapping(situation, arguments, node, "params")


def _data(situation: Situation, arguments: Arguments, node: ast.expr) -> None:
    if _content_name(situation, "data", node) == "content":
        _rename(situation, arguments, node, "content")
    else:
        _mapping(situation, arguments, node, "data")


def _content_name(situation: Situation, name: str, node: ast.expr) -> str:
    """Text and bytes go by the name `content`; form fields by `data`."""
    if name != "data":
        return name
    text = isinstance(node, ast.JoinedStr) or type_name(situation, node) in _TEXT
    return "content" if text else "data"


def _headers(situation: Situation, arguments: Arguments, node: ast.expr) -> None:
    seen = literal(situation, node)
    if isinstance(seen, ast.Dict):
        constants = [value for value in seen.values if isinstance(value, ast.Constant)]
        if any(not isinstance(value.value, (str, bytes)) for value in constants):
            arguments.differences.append(reason("different-value", "`headers`"))


def _auth(situation: Situation, arguments: Arguments, node: ast.expr) -> None:
    seen = literal(situation, node)
    if isinstance(seen, ast.Constant) and seen.value is None:
        return
    if not isinstance(seen, ast.Tuple) or len(seen.elts) != 2:  # noqa: PLR2004
        arguments.doubt(Sight.UNSEEN, "auth")
        return
    constants = [value.value for value in seen.elts if isinstance(value, ast.Constant)]
    if any(not isinstance(value, str) or not value.isascii() for value in constants):
        arguments.differences.append(reason("different-value", "`auth`"))


def _timeout(situation: Situation, arguments: Arguments, node: ast.expr) -> None:
    seen = literal(situation, node)
    if isinstance(seen, ast.Constant) and isinstance(seen.value, (int, float)) and seen.value <= 0:
        arguments.differences.append(reason("different-value", "`timeout`"))


def _redirects(situation: Situation, arguments: Arguments, node: ast.expr) -> None:
    _rename(situation, arguments, node, "follow_redirects")


def _unchanged(_: Situation, __: Arguments, ___: ast.expr) -> None:
    """Sent alike on both sides."""


_TRANSLATIONS: dict[str, Callable[[Situation, Arguments, ast.expr], None]] = {
    "method": _unchanged,
    "url": _url,
    "params": _params,
    "data": _data,
    "json": _unchanged,
    "headers": _headers,
    "auth": _auth,
    "timeout": _timeout,
    "allow_redirects": _redirects,
}
