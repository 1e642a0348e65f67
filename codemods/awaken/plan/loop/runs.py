"""What a call that runs a loop is given, and how the same is written behind an `await`.

Reference for the forms: https://docs.python.org/3/library/asyncio-runner.html, the documentation of anyio and asgiref.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.index.expressions import plain_term
from awaken.index.terms import Call, Name
from awaken.plan.call_text import opening_parenthesis
from awaken.plan.fix import Reason
from awaken.plan.loop.awaitable import Certainty, certainty
from awaken.plan.reasons import reason
from awaken.resolve.values import External
from awaken.syntax.names import last_name
from awaken.syntax.positions import Place, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from awaken.plan.recipes import Named, Sibling
    from awaken.plan.situation import Situation
    from awaken.syntax.tree import Tree

_PARTIAL = External("functools.partial")
# Without parentheses these can stand behind `await`.
_PRIMARY = (ast.Attribute, ast.Call, ast.Name, ast.Subscript)


@dataclass(frozen=True, slots=True)
class Given:
    """What a call gives to a loop, as it would be awaited.

    Attributes:
        pieces: ranges of the call that stay, in their order, and the text between them.
        name: the name whose call, or the variable that, is awaited; empty for anything else.
        known: what is known of it.
        kept: the expressions that stay.
    """

    pieces: tuple[str | Span | Named | Sibling, ...]
    name: str
    known: Certainty
    kept: tuple[ast.expr, ...]


def given_to_loop(situation: Situation) -> Given | Reason:
    """What the call of a finding gives to the loop that it runs, or why that cannot be told."""
    reader = _READERS.get(situation.finding.call)
    if reader is None:
        return reason("running-loop")
    given = reader(situation, situation.call)
    if isinstance(given, Reason):
        return given
    if comment_between(situation.tree, situation.call, given.pieces):
        return reason("comment-in-call")
    return reason("not-awaitable") if given.known is Certainty.NEVER else given


def comment_between(
    tree: Tree, node: ast.expr, pieces: tuple[str | Span | Named | Sibling, ...]
) -> bool:
    """Whether a comment stands in what would go of an expression."""
    position, end = tree.span(node)
    for piece in pieces:
        if isinstance(piece, Span):
            if "#" in tree.text[position : piece.start]:
                return True
            position = piece.end
    return "#" in tree.text[position:end]


def coroutine_at(situation: Situation, node: ast.expr) -> Given:
    """An expression that is awaited as it stands."""
    span = situation.tree.span(node)
    primary = isinstance(node, _PRIMARY)
    known = situation.calls.get(Place.of(node)) if isinstance(node, ast.Call) else None
    term = known[1].term if known is not None else plain_term(node)
    return Given(
        (span,) if primary else ("(", span, ")"),
        _name_of(node),
        certainty(situation.resolver, term, situation.where),
        (node,),
    )


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return last_name(node.func)
    return node.id if isinstance(node, ast.Name) else ""


def _coroutine(name: str) -> Callable[[Situation, ast.Call], Given | Reason]:
    """A reader of calls whose first parameter is the coroutine."""

    def read(situation: Situation, call: ast.Call) -> Given | Reason:
        node: ast.expr | None = call.args[0] if call.args else None
        options = call.args[1:]
        for keyword in call.keywords:
            if keyword.arg == name and node is None:
                node = keyword.value
            else:
                options.append(keyword.value)
        if node is None or isinstance(node, ast.Starred):
            return reason("argument-unpacking")
        if not all(map(_is_none, options)):
            return reason("loop-options")
        return coroutine_at(situation, node)

    return read


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _function(situation: Situation, call: ast.Call) -> Given | Reason:
    """`anyio.run(f, x)`: the function, and its positional arguments."""
    if call.keywords:
        return reason("loop-options")
    if not call.args or isinstance(call.args[0], ast.Starred):
        return reason("argument-unpacking")
    function, *arguments = call.args
    if isinstance(function, ast.Call) and situation.callee(function) == _PARTIAL:
        return _partial(situation, function, arguments)
    return called_with(situation, function, arguments, call)


def _partial(situation: Situation, partial: ast.Call, arguments: list[ast.expr]) -> Given | Reason:
    """`anyio.run(partial(f, x, y=1))`, as it is written where keyword arguments are needed."""
    if not partial.args or isinstance(partial.args[0], ast.Starred) or arguments:
        return reason("argument-unpacking")
    return called_with(situation, partial.args[0], partial.args[1:], partial)


def called_with(
    situation: Situation, function: ast.expr, arguments: list[ast.expr], around: ast.Call
) -> Given | Reason:
    """`f(x)` out of `run(f, x)`.

    Args:
        situation: the finding.
        function: the coroutine function.
        arguments: its positional arguments.
        around: the call that is given it first, then those, then the keyword arguments.
    """
    if not isinstance(function, (ast.Attribute, ast.Name)):
        return reason("not-awaitable")
    tree = situation.tree
    name = tree.span(function)
    rest = [*(tree.span(each) for each in arguments), *map(tree.offsets.span, around.keywords)]
    end = tree.span(around).end
    behind: tuple[str | Span, ...] = ("(", Span(min(rest).start, end)) if rest else ("()",)
    return Given(
        (name, *behind),
        last_name(function),
        _called(situation, function),
        (function, *arguments, *(keyword.value for keyword in around.keywords)),
    )


def _called(situation: Situation, function: ast.expr) -> Certainty:
    """What is known of what calling a function gives."""
    return certainty(situation.resolver, Call(plain_term(function)), situation.where)


def _made_sync(situation: Situation, call: ast.Call) -> Given | Reason:
    """`async_to_sync(f)(x)`."""
    maker = call.func
    if isinstance(maker, ast.Name):
        return _named_sync(situation, call, maker)
    if not isinstance(maker, ast.Call):
        return reason("running-loop")
    if len(maker.args) != 1 or isinstance(maker.args[0], ast.Starred) or maker.keywords:
        return reason("loop-options")
    function = maker.args[0]
    if not isinstance(function, (ast.Attribute, ast.Name)):
        return reason("not-awaitable")
    tree = situation.tree
    arguments = Span(opening_parenthesis(tree, call), tree.span(call).end)
    return Given(
        (tree.span(function), arguments),
        last_name(function),
        _called(situation, function),
        (function, *call.args, *(keyword.value for keyword in call.keywords)),
    )


def _named_sync(situation: Situation, call: ast.Call, name: ast.Name) -> Given | Reason:
    """`fetch_sync(x)` behind `fetch_sync = async_to_sync(fetch)` at the top of the file."""
    bindings = situation.index.scopes[0].bindings.get(name.id, ())
    hidden = any(name.id in scope.bindings for scope in situation.index.scopes[1:])
    made = bindings[0].term if len(bindings) == 1 and not hidden else None
    function = made.args[0] if isinstance(made, Call) and len(made.args) == 1 else None
    if not isinstance(function, Name) or not isinstance(made, Call) or made.keywords:
        return reason("running-loop")
    wanted = situation.resolver.module_member(situation.index.path, function.id)
    if not wanted or situation.resolver.lookup(function.id, situation.where) != wanted:
        return reason("running-loop", f"`{function.id}`")
    arguments = Span(opening_parenthesis(situation.tree, call), situation.tree.span(call).end)
    known = certainty(situation.resolver, Call(function), situation.where)
    kept = (*call.args, *(keyword.value for keyword in call.keywords))
    return Given((function.id, arguments), function.id, known, kept)


_READERS: Mapping[str, Callable[[Situation, ast.Call], Given | Reason]] = {
    "anyio.run": _function,
    "asgiref.sync.AsyncToSync.__call__": _made_sync,
    "asyncio.AbstractEventLoop.run_until_complete": _coroutine("future"),
    "asyncio.Runner.run": _coroutine("coro"),
    "asyncio.run": _coroutine("main"),
    "uvloop.run": _coroutine("main"),
}
