"""The uses of a response: the same on the other side, translated, or in the way."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.catalogue.exchange import HELPER
from awaken.plan.await_position import is_printed
from awaken.plan.http.awaited_members import awaited, spoilt
from awaken.plan.http.closing_elsewhere import is_closed_elsewhere
from awaken.plan.http.encodings import is_known, is_set
from awaken.plan.http.response import ResponseUses, follow_response, in_nested_function
from awaken.plan.names_in_scope import COMPREHENSIONS, FUNCTIONS
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.resolve.values import External
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.catalogue.exchange import Member
    from awaken.plan.fix import Reason
    from awaken.plan.http.request import Request
    from awaken.plan.situation import Situation

_TESTED = (ast.If, ast.While, ast.IfExp, ast.Assert)
# Operators and the like that bind tighter than `not`.
_BINDS_TIGHTER = (
    ast.Compare, ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Subscript, ast.Starred, ast.Await,
)  # fmt: skip
_REPEATING = (ast.For, ast.AsyncFor, ast.While, *FUNCTIONS, *COMPREHENSIONS)
_CONSUMED = (ast.For, ast.AsyncFor, ast.comprehension, ast.withitem, ast.Starred, ast.YieldFrom)


def translate_response(request: Request, *, hoisted: bool) -> ResponseUses:
    """Follow the response of a request through its function, and translate its uses.

    Args:
        request: the request.
        hoisted: whether the request moves in front of its statement, and a name stays in its place.
    """
    if not request.exchange.responses:
        return _of_the_same_class(request)
    found = follow_response(request)
    for node in found.uses:
        if found.refusal is not None:
            break
        before = len(found.translations)
        translate_use(request, found, node, named=hoisted or isinstance(node, ast.Name))
        if len(found.translations) > before and is_printed(request.situation.tree, node):
            found.refusal = reason("debug-fstring")
    if request.exchange.opening.read and found.refusal is None:
        found.refusal = spoilt(request, found) or _given_away(found)
    return found


def _given_away(found: ResponseUses) -> Reason | None:
    """Who else gets a response whose members are awaited would have to await them, too."""
    return next((each for each in found.differences if each.code == "response-escapes"), None)


def _of_the_same_class(request: Request) -> ResponseUses:
    """The response may go wherever it likes; only the members that the catalogue names differ."""
    followed = follow_response(request)
    found = ResponseUses(followed.name)
    other = followed.refusal or (reason("response-escapes") if followed.partners else None)
    for node in followed.uses:
        parent = request.situation.tree.parent(node)
        if isinstance(parent, ast.Attribute) and parent.attr in request.exchange.members:
            _member(request, found, parent)
            # The variable may hold another response by then, which is closed as it was.
            found.refusal = found.refusal or other
        elif _is_closed_around(request.situation, parent):
            found.refusal = reason("response-member", "`contextlib.closing`")
    if _leaves(request, followed) and is_closed_elsewhere(
        request.situation, request.situation.finding.entry.returns or ""
    ):
        found.differences.append(reason("response-escapes"))
    return found


def _leaves(request: Request, followed: ResponseUses) -> bool:
    """Whether somebody else gets at the response."""
    parents = (request.situation.tree.parent(each) for each in followed.uses)
    passed_on = any(not isinstance(each, (ast.Attribute, ast.Expr)) for each in parents)
    return passed_on or bool(followed.differences)


def _is_closed_around(situation: Situation, node: ast.AST | None) -> bool:
    closing = External("contextlib.closing")
    return isinstance(node, ast.Call) and situation.value_of(node.func) == closing


def translate_use(request: Request, found: ResponseUses, node: ast.expr, *, named: bool) -> None:
    """Translate one use of a response.

    Args:
        request: the request.
        found: gets the translation, or what is in the way.
        node: the expression that stands for the response.
        named: whether that is a variable, so that it may be written twice.
    """
    situation = request.situation
    parent = situation.tree.parent(node)
    if isinstance(parent, ast.Attribute):
        _member(request, found, parent)
    elif isinstance(parent, ast.Expr) or _compares_with_none(parent):
        return
    elif isinstance(parent, ast.Call) and (reader := _reader(request, parent, node)) is not None:
        _given_to_reader(request, found, node, parent, reader)
    elif is_tested(situation, node):
        if not request.exchange.error:
            return  # it is true on both sides
        _truth(request, found, node, named=named)
    elif isinstance(parent, _CONSUMED) and not _is_target_or_body(parent, node):
        found.refusal = reason("response-member", "iterating or entering the response")
    elif isinstance(parent, ast.Subscript) and parent.value is node:
        found.refusal = reason("response-member", "`[...]`")
    else:
        found.differences.append(reason("response-escapes"))


def _is_target_or_body(parent: ast.AST, node: ast.expr) -> bool:
    return isinstance(parent, ast.comprehension) and node in parent.ifs


def _compares_with_none(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Compare) and all(
        isinstance(operator, (ast.Is, ast.IsNot)) for operator in node.ops
    )


# -- members


def _member(request: Request, found: ResponseUses, node: ast.Attribute) -> None:
    member = request.exchange.members.get(node.attr)
    stored = not isinstance(node.ctx, ast.Load)
    if member is None or (stored and member.form != "encoded"):
        written = f"`.{node.attr} = ...`" if stored else f"`.{node.attr}`"
        found.refusal = reason("response-member", written)
    elif member.difference is not None:
        found.differences.append(reason(member.difference))
    elif member.form:
        _FORMS[member.form](request, found, node, member)
    elif member.through:
        _through(request.situation, found, node.value, member.through)
    elif member.template:
        span = request.situation.tree.span(node)
        found.translations.append(Replacement(span, member.template))
    else:
        _renamed(request, found, node, member)


def _renamed(request: Request, found: ResponseUses, node: ast.Attribute, member: Member) -> None:
    if member.name != node.attr:
        span = _name_span(request.situation, node)
        found.translations.append(Replacement(span, member.name))


def _through(
    situation: Situation, found: ResponseUses, response: ast.expr, helper: str
) -> Span | None:
    """The response goes through a helper first; gives the range that becomes its argument."""
    span = situation.tree.span(response)
    if isinstance(response, ast.NamedExpr):
        # Where the request moves in front of its statement, these parentheses go.
        span = Span(span.start - 1, span.end + 1)
        if situation.tree.text[span.start] != "(" or situation.tree.text[span.end - 1] != ")":
            found.refusal = reason("response-member", "a member of `:=`")
            return None
    found.helpers.append(helper)
    found.translations.append(Replacement(span, f"{HELPER}{helper}{HELPER}({{}})"))
    return span


def _asked(request: Request, found: ResponseUses, node: ast.Attribute, member: Member) -> None:
    """A helper says what the member did."""
    situation = request.situation
    response = _through(situation, found, node.value, member.through)
    if response is not None:
        rest = Span(response.end, situation.tree.span(node).end)
        found.translations.append(Replacement(rest, ""))


def _item(request: Request, found: ResponseUses, node: ast.Attribute, member: Member) -> None:
    """The same as long as one item is asked for."""
    if not _asks_one_item(request.situation, node):
        _whole(request, found, node, member)
    elif member.several and not _is_single(_key(request.situation, node), member):
        found.differences.append(reason("repeated-item", f"`.{node.attr}`"))


def _whole(request: Request, found: ResponseUses, node: ast.Attribute, member: Member) -> None:
    """All items at once: a helper gives them as they were."""
    parent = request.situation.tree.parent(node)
    passed_on = isinstance(parent, ast.keyword) and parent.arg == node.attr
    if not member.through or passed_on:
        found.differences.append(reason("response-member", f"`.{node.attr}` as a whole"))
    else:
        _asked(request, found, node, member)


def _counted(request: Request, found: ResponseUses, node: ast.Attribute, _: Member) -> None:
    """How many there are is the same on both sides, and whether there are any; not what they are."""
    parent = request.situation.tree.parent(node)
    called = request.situation.value_of(parent.func) if isinstance(parent, ast.Call) else None
    if called != External("builtins.len") and not is_tested(request.situation, node):
        found.differences.append(reason("response-escapes"))


def _encoded(request: Request, found: ResponseUses, node: ast.Attribute, member: Member) -> None:
    """The text, and its encoding: the client's own from where the encoding is set."""
    situation = request.situation
    if not isinstance(node.ctx, ast.Load):
        if not is_known(situation, found.uses, node):
            found.refusal = reason("response-member", f"`.{node.attr} = ...`")
        return
    already = is_set(situation, found.uses, node)
    if already is None:
        found.refusal = reason("response-member", f"`.{node.attr}` of an encoding that may be set")
    elif not already:
        _through(situation, found, node.value, member.through)


def _value(request: Request, found: ResponseUses, node: ast.Attribute, member: Member) -> None:
    """An item holds more than its value there."""
    parent = request.situation.tree.parent(node)
    if isinstance(parent, ast.Subscript) and _asks_one_item(request.situation, node):
        span = request.situation.tree.span(parent)
        found.translations.append(Replacement(span, member.template))
    elif not isinstance(parent, ast.Compare):
        found.refusal = reason("response-member", f"`.{node.attr}` as a whole")
    else:
        _item(request, found, node, member)


def _key(situation: Situation, node: ast.Attribute) -> ast.expr | None:
    """What is asked for in `headers[key]`, `headers.get(key)` and `key in headers`."""
    parent = situation.tree.parent(node)
    if isinstance(parent, ast.Subscript):
        return parent.slice
    if isinstance(parent, ast.Compare):
        return ast.Constant("")  # it is there or not, however often
    call = situation.tree.parent(parent) if parent is not None else None
    return call.args[0] if isinstance(call, ast.Call) and call.args else None


def _is_single(key: ast.expr | None, member: Member) -> bool:
    return (
        isinstance(key, ast.Constant)
        and isinstance(key.value, str)
        and key.value.lower() not in member.several
    )


def _name_span(situation: Situation, node: ast.Attribute) -> Span:
    end = situation.tree.span(node).end
    return Span(end - len(node.attr), end)


def _asks_one_item(situation: Situation, node: ast.Attribute) -> bool:
    parent = situation.tree.parent(node)
    if isinstance(parent, ast.Subscript):
        return parent.value is node and isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Compare):
        return node in parent.comparators and isinstance(parent.ops[-1], (ast.In, ast.NotIn))
    return isinstance(parent, ast.Attribute) and parent.attr == "get"


def _raises(request: Request, found: ResponseUses, node: ast.Attribute, member: Member) -> None:
    """The async client's raises on every status that is not 2xx: it is only called on errors."""
    situation = request.situation
    call = situation.tree.parent(node)
    statement = situation.tree.parent(call) if call is not None else None
    if isinstance(statement, ast.Expr) and isinstance(node.value, ast.Name):
        condition = request.exchange.error.replace("{}", node.value.id)
        found.raises.append((situation.tree.span(statement), condition))
    elif isinstance(call, ast.Call) and call.func is node:
        response = _through(situation, found, node.value, member.through)
        if response is not None:
            rest = Span(response.end, situation.tree.span(call).end)
            found.translations.append(Replacement(rest, ""))
    else:
        found.refusal = reason("response-member", "`.raise_for_status` that is not called")


def _closes(request: Request, found: ResponseUses, node: ast.Attribute, member: Member) -> None:
    """`r.close()`, where an `await` can stand."""
    situation = request.situation
    call = situation.tree.parent(node)
    statement = situation.tree.parent(call) if call is not None else None
    inner = in_nested_function(situation, node, situation.function())
    called = isinstance(call, ast.Call) and call.func is node
    if inner or not called or not isinstance(statement, ast.Expr):
        found.refusal = reason("response-member", "`.close` inside an expression")
        return
    found.translations.append(Replacement(_name_span(situation, node), member.name))
    found.translations.append(Replacement(situation.tree.span(statement), "await {}"))


def _called(request: Request, found: ResponseUses, node: ast.Attribute, member: Member) -> None:
    """A method without arguments that is an attribute there: `r.getcode()`."""
    situation = request.situation
    call = situation.tree.parent(node)
    if not isinstance(call, ast.Call) or call.func is not node or call.args or call.keywords:
        found.refusal = reason("response-member", f"`.{node.attr}`")
        return
    called = situation.tree.span(call)
    span = Span(_name_span(situation, node).start, called.end)
    found.translations.append(Replacement(span, member.name))
    if member.template:
        found.translations.append(Replacement(called, member.template))


def _read(request: Request, found: ResponseUses, node: ast.Attribute, member: Member) -> None:
    """`r.read()`, which gives everything once and nothing from then on."""
    call = request.situation.tree.parent(node)
    if isinstance(call, ast.Call) and _is_read_once(request, found, call):
        _called(request, found, node, member)


def _is_read_once(request: Request, found: ResponseUses, call: ast.Call) -> bool:
    """Whether a call is all that reads the response; if not, that is in the way."""
    tree = request.situation.tree
    loop = next((up for up in tree.ancestors(call) if isinstance(up, _REPEATING)), None)
    if found.covered or (loop is not None and loop not in tree.ancestors(request.call)):
        found.refusal = reason("response-member", "reading the response more than once")
        return False
    found.covered.append(call)
    return True


def _given_to_reader(
    request: Request, found: ResponseUses, node: ast.expr, call: ast.Call, reader: Member
) -> None:
    """`json.load(r)`: what it reads is given to its sister at once."""
    if not isinstance(call.func, ast.Attribute):
        found.differences.append(reason("response-escapes"))
    elif _is_read_once(request, found, call):
        name = _name_span(request.situation, call.func)
        found.translations.append(Replacement(name, reader.name))
        span = request.situation.tree.span(node)
        found.translations.append(Replacement(span, reader.template))


def _reader(request: Request, call: ast.AST | None, node: ast.expr) -> Member | None:
    """What becomes of a function that is given the response, where it reads that to its end."""
    if not isinstance(call, ast.Call) or call.args[:1] != [node]:
        return None
    value = request.situation.value_of(call.func)
    return request.exchange.readers.get(value.name) if isinstance(value, External) else None


def _negated(request: Request, found: ResponseUses, node: ast.Attribute, _: Member) -> None:
    """`r.ok` is `not r.is_error`; `not r.ok` is `r.is_error`."""
    situation = request.situation
    parent = situation.tree.parent(node)
    before, name = request.exchange.error.split("{}.")
    found.translations.append(Replacement(_name_span(situation, node), name))
    span = situation.tree.span(node)
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        removed = _the_not(situation, parent, span)
        if removed is not None:
            found.translations.append(Replacement(removed, before))
            return
    enclosed = isinstance(parent, _BINDS_TIGHTER) and not isinstance(parent, ast.UnaryOp)
    minus = isinstance(parent, ast.UnaryOp) and not isinstance(parent.op, ast.Not)
    template = f"not {before}{{}}"
    found.translations.append(Replacement(span, f"({template})" if enclosed or minus else template))


def _status(request: Request, found: ResponseUses, node: ast.Attribute, member: Member) -> None:
    """The status is the same; `requests.codes.ok` beside it becomes a number."""
    parent = request.situation.tree.parent(node)
    _renamed(request, found, node, member)
    if not isinstance(parent, ast.Compare):
        return
    for side in (parent.left, *parent.comparators):
        for part in side.elts if isinstance(side, (ast.Tuple, ast.List, ast.Set)) else (side,):
            number = _code(request, part)
            if number is not None:
                span = request.situation.tree.span(part)
                found.translations.append(Replacement(span, str(number)))


def _code(request: Request, node: ast.expr) -> int | None:
    """The number that a name of the sync library stands for: `requests.codes.ok`, `codes["gone"]`."""
    name = ""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        name, node = f".{node.slice.value!s}", node.value
    value = request.situation.value_of(node)
    return (
        request.exchange.codes.get(f"{value.name}{name}") if isinstance(value, External) else None
    )


def _the_not(situation: Situation, node: ast.UnaryOp, operand: Span) -> Span | None:
    """The range of `not` in front of an operand, or None where a comment stands in between."""
    start = situation.tree.span(node).start
    text = situation.tree.text[start : operand.start]
    if text.removeprefix("not").strip(" \t(") or "\n" in text:
        return None
    return Span(start, operand.start - len(text.removeprefix("not").lstrip()))


_FORMS: dict[str, Callable[[Request, ResponseUses, ast.Attribute, Member], None]] = {
    "asked": _asked,
    "awaited": awaited,
    "called": _called,
    "closes": _closes,
    "counted": _counted,
    "encoded": _encoded,
    "item": _item,
    "negated": _negated,
    "raises": _raises,
    "read": _read,
    "status": _status,
    "value": _value,
}


# -- the truth of the response itself


def is_tested(situation: Situation, node: ast.expr) -> bool:
    """Whether only the truth of an expression counts, through the `and`, `or`, `not` around it."""
    child = node
    for up in situation.tree.ancestors(node):
        if isinstance(up, ast.UnaryOp) and isinstance(up.op, ast.Not):
            return True
        if isinstance(up, _TESTED):
            return up.test is child
        if isinstance(up, ast.comprehension):
            return child in up.ifs
        if isinstance(up, ast.Call):
            return child is not up.func and _is_bool(situation, up)
        if not isinstance(up, ast.BoolOp):
            return False
        child = up
    return False


def _is_bool(situation: Situation, call: ast.Call) -> bool:
    return situation.value_of(call.func) == External("builtins.bool")


def _truth(request: Request, found: ResponseUses, node: ast.expr, *, named: bool) -> None:
    """A response of requests is true when it is no error; the async client's is always true."""
    situation, error = request.situation, request.exchange.error
    if not named:
        found.refusal = reason("response-member", "the truth of the response")
        return
    parent = situation.tree.parent(node)
    span = situation.tree.span(node)
    name = node.id if isinstance(node, ast.Name) else ""
    if isinstance(parent, ast.UnaryOp):
        removed = _the_not(situation, parent, span)
        if removed is None:
            found.refusal = reason("response-member", "the truth of the response")
            return
        found.translations.append(Replacement(removed, ""))
        negated = error
        if node in found.maybe_none:
            negated = f"{name} is None or {negated}"
            above = situation.tree.parent(parent)
            negated = negated if not isinstance(above, ast.expr) else f"({negated})"
        template = negated
    else:
        template = f"not {error}"
        if node in found.maybe_none:
            template = f"{name} is not None and {template}"
            template = template if _stands_alone(parent) else f"({template})"
    if node in found.maybe_none and not name:
        found.refusal = reason("response-member", "the truth of the response")
        return
    found.translations.append(Replacement(span, template))
    if isinstance(node, ast.NamedExpr):
        found.translations.extend(_without_parentheses(situation, span))


def _without_parentheses(situation: Situation, span: Span) -> list[Replacement]:
    """A walrus that leaves its name behind needs no parentheses any more."""
    text = situation.tree.text
    before = text[: span.start]
    if not before.endswith((" (", "not(")) or text[span.end : span.end + 1] != ")":
        return []
    opening, closing = Span(span.start - 1, span.start), Span(span.end, span.end + 1)
    return [Replacement(opening, ""), Replacement(closing, "")]


def _stands_alone(parent: ast.AST | None) -> bool:
    if isinstance(parent, ast.BoolOp):
        return isinstance(parent.op, ast.And)
    return not isinstance(parent, ast.expr) or isinstance(parent, (ast.IfExp, ast.Call))
