"""How single arguments of a request are written for the client: the forms that the catalogue names."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.catalogue.exchange import CLIENT, HELPER
from awaken.plan.http.argument_values import auth_type
from awaken.plan.http.literals import has_query, is_text, literal, type_name
from awaken.plan.http.removal import removable
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.resolve.values import External, Instance
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.catalogue.exchange import Argument
    from awaken.plan.fix import Reason
    from awaken.plan.http.request import Request
    from awaken.plan.situation import Situation

_PAIR = 2
# What a URL may be for all that is known: bytes are told of elsewhere, and None is an error on both sides.
_TEXTS = frozenset({"", "builtins.str", "builtins.bytes", "builtins.NoneType"})


@dataclass(slots=True)
class Arguments:
    """How a call is written for the async client.

    Attributes:
        method: the client's method.
        given: the arguments of the call, by the sync library's names.
        first: an argument put in front, as source text, or empty.
        client: keyword arguments of the client.
        call: keyword arguments appended to the call.
        helpers: the helpers that translations mention.
        context: what makes the SSL context of the client; empty where it is given another one.
        verified: whether that context verifies anything.
        translations: arguments in another form.
        differences: what would not be the same.
        refusal: why there is no such call at all.
    """

    method: str
    given: dict[str, ast.expr] = field(default_factory=dict)
    first: str = ""
    client: list[tuple[str, str]] = field(default_factory=list)
    call: list[tuple[str, str]] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    context: str = ""
    verified: bool = True
    translations: list[Replacement] = field(default_factory=list)
    differences: list[Reason] = field(default_factory=list)
    refusal: Reason | None = None


def named(request: Request, arguments: Arguments, node: ast.expr, name: str) -> None:
    """Give an argument the name that it has on the other side, where it is not passed by position there.

    Args:
        request: the request.
        arguments: gets the change.
        node: the value of the argument.
        name: what the other side calls it.
    """
    span = _keyword_name(request.situation, node)
    if span is not None:
        if request.situation.tree.text[span.start : span.end] != name:
            arguments.translations.append(Replacement(span, name))
    elif name not in ("url", "method"):
        whole = _with_parentheses(request.situation, node)
        arguments.translations.append(Replacement(whole, f"{name}={{}}"))


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


def _keyword_name(situation: Situation, node: ast.expr) -> Span | None:
    """The range of `name` in `name=value`, for a keyword argument."""
    keyword = situation.tree.parent(node)
    if not isinstance(keyword, ast.keyword) or keyword.arg is None:
        return None
    start = situation.tree.offsets.span(keyword).start
    return Span(start, start + len(keyword.arg))


def left_out(request: Request, arguments: Arguments, node: ast.expr, known: Argument) -> None:
    """Leave out an argument that says what the client does unasked; any other value refuses.

    Args:
        request: the request.
        arguments: gets the change.
        node: the value of the argument.
        known: what becomes of it.
    """
    tree = request.situation.tree
    wanted = ast.parse(known.only, mode="eval").body
    call = next(up for up in tree.ancestors(node) if isinstance(up, ast.Call))
    span = removable(tree, call, node)
    if span is None or ast.dump(node) != ast.dump(wanted):
        arguments.refusal = reason("unsupported-argument", f"`{known.name}`")
    elif tree.span(request.call).contains(span):
        arguments.translations.append(Replacement(span, ""))


def _body(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """Text is `content` there, and the fields of a form are `data`."""
    if not is_text(request.situation, node):
        return
    name = _keyword_name(request.situation, node)
    if name is not None:
        arguments.translations.append(Replacement(name, "content"))
        return
    span = _with_parentheses(request.situation, node)
    others = [each for each in arguments.translations if each.span != span]
    arguments.translations[:] = [*others, Replacement(span, "content={}")]


def _auth(request: Request, arguments: Arguments, node: ast.expr) -> None:
    name = auth_type(request, node)
    if name and isinstance(node, ast.Call):
        span = request.situation.tree.span(node.func)
        arguments.translations.append(Replacement(span, name))
        return
    name = auth_type(request, literal(request.situation, node))
    if name and isinstance(node, ast.Name):
        same = f"{name}({node.id}.username, {node.id}.password)"
        arguments.translations.append(Replacement(request.situation.tree.span(node), same))


def _text(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """A URL may be an object, whose text is sent; the client takes its own only."""
    if _is_object(request.situation, node):
        span = request.situation.tree.span(node)
        arguments.translations.append(Replacement(span, "str({})"))


def _is_object(situation: Situation, node: ast.expr) -> bool:
    """Whether something speaks for a URL that is no text: `request.url`, `URL(base) / "items"`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return True
    if isinstance(node, ast.Attribute):
        owner = situation.value_of(node.value)
        if isinstance(owner, Instance) and isinstance(owner.of, External):
            return not owner.of.name.startswith("builtins.")
    seen = literal(situation, node)
    kinds = (value.of for value in situation.values_of(seen) if isinstance(value, Instance))
    made = any(not isinstance(kind, External) or kind.name not in _TEXTS for kind in kinds)
    return made or type_name(situation, seen) not in _TEXTS


def _certificates(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """The client is given a context, which the module makes once."""
    known = request.exchange.arguments["verify"]
    seen = literal(request.situation, node)
    if isinstance(seen, ast.Constant) and (seen.value is False or isinstance(seen.value, str)):
        arguments.context = known.context.replace("{}", _quoted(seen.value))
        arguments.verified = seen.value is not False
    _left_out(request, arguments, node)


def _quoted(value: object) -> str:
    text = repr(value)
    plain = isinstance(value, str) and not {'"', "\\"} & set(text)
    return f'"{value}"' if plain else text


def _proxy(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """One proxy for every scheme is the client's."""
    seen = literal(request.situation, node)
    if isinstance(seen, ast.Dict) and seen.values:
        arguments.client.append(("proxy", request.situation.tree.source(seen.values[0])))
    _left_out(request, arguments, node)


def _left_out(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """What the client's method does not take, or the client is given."""
    tree = request.situation.tree
    span = removable(tree, request.call, node)
    if span is None:
        arguments.refusal = reason("unsupported-argument", "the first argument")
        return
    kept = [each for each in arguments.translations if not span.overlaps(each.span)]
    arguments.translations[:] = [*kept, Replacement(span, "")]


def _query(request: Request, arguments: Arguments, params: ast.expr) -> None:
    """Where the URL may hold a query, `params` are added to it, as requests does."""
    situation, url = request.situation, arguments.given["url"]
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
    whole = situation.tree.span(url)
    text = next((each.template for each in kept if each.span == whole), "{}")
    merged = f"{CLIENT}.URL({text}).copy_merge_params({situation.tree.source(params)})"
    arguments.translations[:] = [
        *(each for each in kept if each.span != whole),
        Replacement(whole, merged),
        Replacement(span, ""),
    ]


def _cookies(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """Cookies are the client's: with a request of its own they would be deprecated."""
    if not _is_none(node):
        _client(request, arguments, node)


def _client(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """An argument of the client, which is evaluated before those of the request."""
    situation = request.situation
    name = next(name for name, given in arguments.given.items() if given is node)
    span = removable(situation.tree, situation.call, node)
    others = [given for given in arguments.given.values() if given is not node]
    known = request.exchange.arguments[name]
    reordered = _has_effects(node) and any(map(_has_effects, others))
    unseen = known.context and not isinstance(node, ast.Constant)
    if span is None or reordered or unseen:
        arguments.refusal = reason("unsupported-argument", f"`{name}`")
        return
    source = situation.tree.source(node)
    kept = [each for each in arguments.translations if not span.overlaps(each.span)]
    arguments.translations[:] = [*kept, Replacement(span, "")]
    arguments.client.append((known.name, source))
    if known.context and arguments.context:
        arguments.context = known.context.replace("{}", source)


def _has_effects(node: ast.expr) -> bool:
    effects = (ast.Call, ast.Await, ast.NamedExpr)
    return any(isinstance(inner, effects) for inner in ast.walk(node))


def _verify(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """Whether certificates are verified, or a context; of a path one is made, which takes long."""
    seen = literal(request.situation, node)
    _client(request, arguments, node)
    if isinstance(seen, ast.Constant) and seen.value is True:
        arguments.client.pop()
        return
    arguments.context = ""
    without = isinstance(seen, ast.Constant) and seen.value is False
    made = type_name(request.situation, seen) == "ssl.SSLContext" and not isinstance(node, ast.Call)
    if not without and not made:
        arguments.differences.append(reason("value-type", "`verify`"))


def _limits(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """One limit for connecting and for each read, or one for either: what cannot be seen, a helper looks at."""
    situation = request.situation
    known = request.exchange.arguments["timeout"]
    span, source = situation.tree.span(node), situation.tree.source(node)
    if isinstance(node, ast.Tuple) and len(node.elts) == _PAIR:
        template = _filled(known.template, *map(situation.tree.source, node.elts))
    elif isinstance(node, (ast.Constant, ast.Name)) and _is_limit(literal(situation, node)):
        template = _filled(known.template, source, source)
    else:
        arguments.helpers.append(known.helper)
        template = f"{HELPER}{known.helper}{HELPER}({{}})"
    arguments.translations.append(Replacement(span, template))


def _filled(template: str, connect: str, read: str) -> str:
    return template.replace("{connect}", connect).replace("{read}", read)


def _is_limit(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float, type(None)))


def _login(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """A pair is not enough: it must be an object of the client's own class."""
    situation = request.situation
    template = request.exchange.arguments["auth"].template
    span, source = situation.tree.span(node), situation.tree.source(node)
    if isinstance(node, ast.Tuple):
        bare = template if not source.startswith("(") else template.replace("({})", "{}")
        arguments.translations.append(Replacement(span, bare))
    elif isinstance(literal(situation, node), ast.Tuple):
        arguments.translations.append(Replacement(span, template.replace("{}", "*{}")))
    elif auth_type(request, node) and isinstance(node, ast.Call) and not node.keywords:
        _auth(request, arguments, node)
    elif not _is_none(node):
        arguments.refusal = reason("unsupported-argument", "`auth`")


def _untyped_body(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """Text has no type of its own for requests; and it takes the fields of a form for the body, JSON or not."""
    json = arguments.given.get("json")
    if json is not None and not _is_none(json):
        if not _is_none(node):
            arguments.refusal = reason("unsupported-argument", "`data` beside `json`")
    elif is_text(request.situation, node) or _is_none(node):
        default = next(each for each in request.exchange.call_defaults if "data" in each.unless)
        arguments.call.append((default.name, default.text))


def _stream(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """Whether the body is read later is no argument there, but another method."""
    situation = request.situation
    span = removable(situation.tree, situation.call, node)
    if span is None or not isinstance(node, ast.Constant):
        arguments.refusal = reason("unsupported-argument", "`stream`")
        return
    arguments.translations.append(Replacement(span, ""))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _session_auth(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """No authentication of its own is that of the session, but none at all for the client."""
    if not _is_none(node):
        _auth(request, arguments, node)
        return
    span = removable(request.situation.tree, request.call, node)
    if span is None:
        arguments.refusal = reason("unsupported-argument", "`auth=None`")
        return
    kept = [each for each in arguments.translations if not span.overlaps(each.span)]
    arguments.translations[:] = [*kept, Replacement(span, "")]


def _session_timeout(request: Request, arguments: Arguments, node: ast.expr) -> None:
    """A session opens as many connections as are needed: nobody waits for one."""
    if not _is_none(node) and not isinstance(node, ast.Tuple):
        span = request.situation.tree.span(node)
        arguments.translations.append(Replacement(span, f"{CLIENT}.Timeout({{}}, pool=None)"))


FORMS: dict[str, Callable[[Request, Arguments, ast.expr], None]] = {
    "auth": _auth,
    "body": _body,
    "certificates": _certificates,
    "client": _client,
    "cookies": _cookies,
    "left-out": _left_out,
    "limits": _limits,
    "login": _login,
    "proxy": _proxy,
    "query": _query,
    "session-auth": _session_auth,
    "session-timeout": _session_timeout,
    "text": _text,
    "stream": _stream,
    "untyped-body": _untyped_body,
    "verify": _verify,
}
"""The ways of writing an argument that `form` names in the catalogue."""
