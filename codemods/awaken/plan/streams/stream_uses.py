"""What is done with a response whose body is read later: its chunks and lines, and the body as a whole."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.catalogue.exchange import HELPER
from awaken.plan.await_position import await_position, generator_position
from awaken.plan.blocks.block import in_coroutine
from awaken.plan.http.members import translate_use
from awaken.plan.http.response import ResponseUses
from awaken.plan.http.statement import reading_statement
from awaken.plan.names_in_scope import SCOPES
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.plan.streams.chunk_sizes import only_adds_up
from awaken.resolve.values import External
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.catalogue.exchange import Streamed
    from awaken.plan.fix import Reason
    from awaken.plan.http.request import Request
    from awaken.plan.streams.stream_place import StreamPlace

_ITERATED = "__iter__"
_CHUNKS = ("chunk_size", "decode_unicode")
_LINES = ("chunk_size", "decode_unicode", "delimiter")
_UTF_8 = ("utf-8", "utf8")


@dataclass(frozen=True, slots=True)
class StreamLoop:
    """What is gone through with `async for`.

    Attributes:
        node: what gives the items.
        generator: a generator expression that must become a list.
    """

    node: ast.expr
    generator: ast.expr | None = None


@dataclass(slots=True)
class StreamUses:
    """What becomes of the response of a stream.

    Attributes:
        response: its other uses.
        loops: where its items are gone through.
        reads: statements in front of which its body is read.
        awaited: calls that are awaited, and what they call then.
        reading: every expression that reads from the connection.
        encodings: what `.encoding` is set to.
    """

    response: ResponseUses
    loops: list[StreamLoop] = field(default_factory=list)
    reads: list[ast.stmt] = field(default_factory=list)
    awaited: list[tuple[ast.Call, str]] = field(default_factory=list)
    reading: list[ast.expr] = field(default_factory=list)
    encodings: list[ast.expr] = field(default_factory=list)

    def refuse(self, code: str, detail: str = "") -> None:
        self.response.refusal = self.response.refusal or reason(code, detail)

    @property
    def refusal(self) -> Reason | None:
        return self.response.refusal


def stream_uses(request: Request, place: StreamPlace) -> StreamUses:
    """Look at every place where the response is used, and translate it.

    Args:
        request: the request.
        place: where the response lives.
    """
    found = StreamUses(ResponseUses(name=place.name))
    loads = [*_loads(place), *place.behind]
    found.response.uses.extend(loads)
    found.encodings += (value for each in loads for value in _encodings(request, each))
    for node in loads:
        if found.refusal is not None:
            break
        _use(request, found, node)
    if any(_reads(request, each) for each in place.behind):
        found.refuse("stream-outlives")
    return found


def _reads(request: Request, node: ast.Name) -> bool:
    """Whether more is done with the response than to ask for what came before its body."""
    member = request.situation.tree.parent(node)
    return not isinstance(member, ast.Attribute) or member.attr in request.exchange.streamed


def _loads(place: StreamPlace) -> Iterator[ast.Name]:
    for statement in place.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and node.id == place.name:
                yield node


def _encodings(request: Request, node: ast.Name) -> Iterator[ast.expr]:
    """What `r.encoding = ...` sets."""
    tree = request.situation.tree
    member = tree.parent(node)
    statement = tree.parent(member) if isinstance(member, ast.Attribute) else None
    if isinstance(statement, ast.Assign) and member in statement.targets:
        yield statement.value


def _use(request: Request, found: StreamUses, node: ast.Name) -> None:
    tree = request.situation.tree
    parent = tree.parent(node)
    if any(isinstance(up, SCOPES) for up in _around(request, node)):
        found.refuse("stream-outlives")
    elif isinstance(parent, ast.Attribute):
        streamed = request.exchange.streamed.get(parent.attr)
        if streamed is not None:
            _FORMS[streamed.form](request, found, parent, streamed)
        elif request.exchange.responses or parent.attr in request.exchange.members:
            translate_use(request, found.response, node, named=True)
    elif _is_gone_through(parent, node):
        _iterated(request, found, node)
    else:
        before = len(found.response.differences)
        translate_use(request, found.response, node, named=True)
        if len(found.response.differences) > before:
            found.refuse("response-escapes")


def _around(request: Request, node: ast.AST) -> Iterator[ast.AST]:
    """The nodes around one, up to the coroutine."""
    for up in request.situation.tree.ancestors(node):
        if up is request.situation.function():
            return
        yield up


def _is_gone_through(parent: ast.AST | None, node: ast.expr) -> bool:
    return isinstance(parent, (ast.For, ast.comprehension)) and parent.iter is node


# -- the body as a whole


def _read(request: Request, found: StreamUses, node: ast.Attribute, _: Streamed) -> None:
    """`r.json()`: the body is read in front of the statement, where that is certain to come to it."""
    call = request.situation.tree.parent(node)
    whole = call if isinstance(call, ast.Call) and call.func is node else node
    statement = reading_statement(request.situation, whole)
    if statement is None or not isinstance(node.ctx, ast.Load):
        found.refuse("response-member", f"`.{node.attr}` of a stream")
        return
    if found.encodings and node.attr == "text":
        found.refuse("response-member", "`.text` in an encoding that is set")
        return
    if statement not in found.reads:
        found.reads.append(statement)
    found.reading.append(whole)
    translate_use(request, found.response, node.value, named=True)


def _closed(request: Request, found: StreamUses, node: ast.Attribute, streamed: Streamed) -> None:
    call = request.situation.tree.parent(node)
    statement = request.situation.tree.parent(call) if isinstance(call, ast.Call) else None
    if isinstance(call, ast.Call) and call.func is node and isinstance(statement, ast.Expr):
        found.awaited.append((call, streamed.name))
    else:
        found.refuse("response-member", f"`.{node.attr}` inside an expression")


def _awaited(request: Request, found: StreamUses, node: ast.Attribute, streamed: Streamed) -> None:
    """`r.read()` to `await r.aread()`."""
    situation = request.situation
    call = situation.tree.parent(node)
    if not isinstance(call, ast.Call) or call.func is not node:
        found.refuse("response-member", f"`.{node.attr}` that is not called")
        return
    position = await_position(situation, call)
    if position.refusal is not None or position.generator is not None:
        found.refuse("response-member", f"`.{node.attr}` in a generator")
    found.awaited.append((call, streamed.name))
    found.reading.append(call)


def _same(request: Request, found: StreamUses, node: ast.Attribute, streamed: Streamed) -> None:
    """`r.iter_lines()` to `r.aiter_lines()`, with the same arguments."""
    situation = request.situation
    call = situation.tree.parent(node)
    if not isinstance(call, ast.Call) or call.func is not node:
        found.refuse("response-member", f"`.{node.attr}` that is not called")
        return
    start, end = situation.tree.span(node).end, situation.tree.span(call).end
    arguments = situation.tree.text[start:end]
    _gone_through(
        request, found, call, f"{situation.tree.source(node.value)}.{streamed.name}{arguments}"
    )


def _encoding(request: Request, found: StreamUses, node: ast.Attribute, _: Streamed) -> None:
    """It may be set to what the other side takes for granted."""
    statement = request.situation.tree.parent(node)
    value = statement.value if isinstance(statement, ast.Assign) else None
    known = isinstance(value, ast.Constant) and str(value.value).lower() in _UTF_8
    if not known or isinstance(node.ctx, ast.Load):
        found.refuse("response-member", f"`.{node.attr}`")


# -- chunks and lines


def _chunks(request: Request, found: StreamUses, node: ast.Attribute, streamed: Streamed) -> None:
    call = request.situation.tree.parent(node)
    given = _given(call, node, _CHUNKS)
    if given is None or not isinstance(call, ast.Call) or _decodes(given) is not False:
        found.refuse("response-member", f"these arguments of `.{node.attr}`")
        return
    name = request.situation.tree.source(node.value)
    size = _size(request, streamed, given)
    loop = request.situation.tree.parent(call)
    if (
        isinstance(loop, ast.For)
        and "chunk_size" in given
        and only_adds_up(request.situation, loop)
    ):
        _gone_through(request, found, call, f"{name}.{streamed.name}({size})")
        return
    found.response.helpers.append(streamed.through)
    _gone_through(request, found, call, f"{HELPER}{streamed.through}{HELPER}({name}, {size})")


def _iterated(request: Request, found: StreamUses, node: ast.Name) -> None:
    """`for chunk in r`."""
    streamed = request.exchange.streamed.get(_ITERATED)
    if streamed is None:
        found.refuse("response-member", "iterating the response")
        return
    size = _size(request, streamed, {})
    found.response.helpers.append(streamed.through)
    _gone_through(request, found, node, f"{HELPER}{streamed.through}{HELPER}({node.id}, {size})")


def _lines(request: Request, found: StreamUses, node: ast.Attribute, streamed: Streamed) -> None:
    call = request.situation.tree.parent(node)
    given = _given(call, node, _LINES)
    decodes = _decodes(given) if given is not None else None
    if given is None or not isinstance(call, ast.Call) or decodes is None or _delimited(given):
        found.refuse("response-member", f"these arguments of `.{node.attr}`")
        return
    name = request.situation.tree.source(node.value)
    if decodes and found.encodings:
        if all(_is_set_first(request, each, call) for each in found.encodings):
            _gone_through(request, found, call, f"{name}.{streamed.name}()")
        else:
            found.refuse("response-member", "`.encoding`")
        return
    helper = streamed.text_through if decodes else streamed.through
    size = f", {_size(request, streamed, given)}" if "chunk_size" in given else ""
    found.response.helpers.append(helper)
    _gone_through(request, found, call, f"{HELPER}{helper}{HELPER}({name}{size})")


def _is_set_first(request: Request, value: ast.expr, call: ast.Call) -> bool:
    """Whether the encoding is set in any case in front of a loop over decoded lines."""
    tree = request.situation.tree
    statement = tree.statement(value)
    parent = tree.parent(statement)
    around = parent in (request.situation.function(), *tree.ancestors(call))
    return around and Place.of(statement) < Place.of(call)


def _given(
    call: ast.AST | None, member: ast.Attribute, parameters: tuple[str, ...]
) -> dict[str, ast.expr] | None:
    """The arguments of a call of a member by name; None where it is not called, or they are unpacked."""
    if not isinstance(call, ast.Call) or call.func is not member:
        return None
    named = {each.arg: each.value for each in call.keywords if each.arg is not None}
    given = {**dict(zip(parameters, call.args, strict=False)), **named}
    known = len(given) == len(call.args) + len(call.keywords) and given.keys() <= {*parameters}
    return None if not known or any(isinstance(each, ast.Starred) for each in call.args) else given


def _decodes(given: dict[str, ast.expr]) -> bool | None:
    """Whether text is asked for; None where that cannot be seen."""
    value = given.get("decode_unicode", ast.Constant(False))
    return bool(value.value) if isinstance(value, ast.Constant) else None


def _delimited(given: dict[str, ast.expr]) -> bool:
    value = given.get("delimiter", ast.Constant(None))
    return not isinstance(value, ast.Constant) or value.value is not None


def _size(request: Request, streamed: Streamed, given: dict[str, ast.expr]) -> str:
    if "chunk_size" in given:
        return request.situation.tree.source(given["chunk_size"])
    return str(dict(streamed.arguments)["chunk_size"])


def _gone_through(request: Request, found: StreamUses, node: ast.expr, text: str) -> None:
    """`for x in node`, in a statement or a comprehension, or a call that takes all items at once."""
    situation = request.situation
    parent = situation.tree.parent(node)
    if "#" in situation.tree.source(node):
        found.refuse("comment-in-call")
    elif isinstance(parent, ast.For) and parent.iter is node and in_coroutine(situation, parent):
        found.loops.append(StreamLoop(node))
    elif isinstance(parent, ast.comprehension) and parent.iter is node:
        position = generator_position(situation, node)
        if position.refusal is not None:
            found.response.refusal = position.refusal
        found.loops.append(StreamLoop(node, position.generator))
    elif isinstance(parent, ast.Call) and _is_collected(request, parent, node):
        _collected(request, found, parent, node, text)
        return
    else:
        found.refuse("stream-elsewhere")
    found.reading.append(node)
    found.response.translations.append(Replacement(situation.tree.span(node), text))


def _collected(
    request: Request, found: StreamUses, consumer: ast.Call, node: ast.expr, text: str
) -> None:
    """`list(r.iter_lines())` to a list of the items, which is what other collectors are given."""
    whole = request.situation.callee(consumer) == External("builtins.list")
    span = request.situation.tree.span(consumer if whole else node)
    found.reading.extend((node, consumer))
    found.response.translations.append(Replacement(span, f"[each async for each in {text}]"))


def _is_collected(request: Request, parent: ast.Call, node: ast.expr) -> bool:
    """`b"".join(...)`, `list(...)`: a list of the items does as well."""
    if parent.args != [node] or parent.keywords:
        return False
    position = await_position(request.situation, node)
    if position.refusal is not None or position.generator is not None:
        return False
    func = parent.func
    joins = isinstance(func, ast.Attribute) and func.attr == "join"
    constant = joins and isinstance(func, ast.Attribute) and isinstance(func.value, ast.Constant)
    collectors = (External("builtins.list"), External("builtins.tuple"), External("builtins.set"))
    return constant or request.situation.callee(parent) in collectors


_FORMS: dict[str, Callable[[Request, StreamUses, ast.Attribute, Streamed], None]] = {
    "awaited": _awaited,
    "chunks": _chunks,
    "closed": _closed,
    "encoding": _encoding,
    "lines": _lines,
    "read": _read,
    "same": _same,
}
