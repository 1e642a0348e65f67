"""The arguments of a request: taken as they are, put in another form, or in the way."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.plan.http.argument_values import (
    Doubt,
    auth_doubt,
    auth_type,
    cookies_doubt,
    data_doubt,
    headers_doubt,
    params_doubt,
    timeout_doubt,
    url_doubt,
)
from awaken.plan.http.literals import has_query, is_text, literal
from awaken.plan.http.removal import removable
from awaken.plan.http.tables import BODY, BODYLESS, CLIENT, POSITIONAL
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation


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


def translate_arguments(situation: Situation, verb: str) -> Arguments:
    """The arguments of `requests.<verb>(...)`, for a client that is made for this one call."""
    call = situation.call
    arguments = Arguments(verb)
    given = _given(call, verb)
    if given is None:
        arguments.refusal = reason("unknown-arguments")
        return arguments
    unknown = next((name for name in given if name not in _DOUBTS), None)
    if unknown is not None:
        arguments.refusal = reason("unsupported-argument", f"`{unknown}`")
        return arguments
    for name, node in given.items():
        code = _DOUBTS[name](situation, node)
        if code is not None:
            arguments.differences.append(reason(code, f"`{name}`"))
    _name_positional(situation, arguments, call, verb)
    _translate_values(situation, arguments, given)
    _choose_method(arguments, verb, given)
    _spell_defaults(arguments, verb, given)
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


def _name_positional(situation: Situation, arguments: Arguments, call: ast.Call, verb: str) -> None:
    """All but the URL are keyword-only on the other side."""
    for name, node in zip(POSITIONAL[verb], call.args, strict=False):
        if name not in ("url", "method"):
            written = "content" if name == "data" and is_text(situation, node) else name
            arguments.translations.append(
                Replacement(_with_parentheses(situation, node), f"{written}={{}}")
            )


def _with_parentheses(situation: Situation, node: ast.expr) -> Span:
    """The range of a positional argument, the parentheses around it included."""
    text = situation.tree.text
    start, end = situation.tree.span(node)
    while True:
        before = len(text[:start].rstrip())
        after = len(text) - len(text[end:].lstrip())
        # The opening parenthesis of the call itself has a name or a bracket in front of it.
        if text[before - 1 : before] != "(" or text[after : after + 1] != ")":
            return Span(start, end)
        start, end = before - 1, after + 1


def _translate_values(
    situation: Situation, arguments: Arguments, given: dict[str, ast.expr]
) -> None:
    renames = {"allow_redirects": "follow_redirects"}
    if "data" in given and is_text(situation, given["data"]):
        renames["data"] = "content"
    for name, written in renames.items():
        span = _keyword_name(situation, given[name]) if name in given else None
        if span is not None:
            arguments.translations.append(Replacement(span, written))
    if "auth" in given:
        _auth(situation, arguments, given["auth"])
    if "params" in given:
        _query(situation, arguments, given["url"], given["params"])
    if "cookies" in given:
        _cookies(situation, arguments, given["cookies"])


def _auth(situation: Situation, arguments: Arguments, node: ast.expr) -> None:
    name = auth_type(situation, node)
    if name and isinstance(node, ast.Call):
        arguments.translations.append(Replacement(situation.tree.span(node.func), name))


def _query(situation: Situation, arguments: Arguments, url: ast.expr, params: ast.expr) -> None:
    """Where the URL may hold a query, `params` are added to it, as requests does."""
    queried = has_query(situation, url)
    if queried is False or _is_none(literal(situation, params)):
        return
    if queried:
        arguments.differences.append(reason("query-in-url"))
    span = removable(situation.tree, situation.call, params)
    if span is None or situation.tree.span(params).start < situation.tree.span(url).start:
        arguments.differences.append(reason("query-in-url"))
        return
    kept = [each for each in arguments.translations if not span.overlaps(each.span)]
    merged = f"{CLIENT}.URL({{}}).copy_merge_params({situation.tree.source(params)})"
    arguments.translations[:] = [
        *kept,
        Replacement(situation.tree.span(url), merged),
        Replacement(span, ""),
    ]


def _cookies(situation: Situation, arguments: Arguments, node: ast.expr) -> None:
    """Cookies are the client's: with a request of its own they would be deprecated."""
    if _is_none(node):
        return
    span = removable(situation.tree, situation.call, node)
    effects = any(
        isinstance(inner, (ast.Call, ast.Await, ast.NamedExpr)) for inner in ast.walk(node)
    )
    if span is None or effects:
        arguments.refusal = reason("unsupported-argument", "`cookies`")
        return
    arguments.translations.append(Replacement(span, ""))
    arguments.client.append(("cookies", situation.tree.source(node)))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


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


def _none(_: Situation, __: ast.expr) -> Doubt:
    """Sent alike on both sides."""
    return None


_DOUBTS: dict[str, Callable[[Situation, ast.expr], Doubt]] = {
    "method": _none,
    "url": url_doubt,
    "params": params_doubt,
    "data": data_doubt,
    "json": _none,
    "headers": headers_doubt,
    "auth": auth_doubt,
    "cookies": cookies_doubt,
    "timeout": timeout_doubt,
    "allow_redirects": _none,
}
