"""The exceptions around a request: every clause that would catch them must still do so."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.catalogue.exchange import CLIENT, Caught
from awaken.plan.handlers.caught import CATCH_ALL, Kind, difference_of, kinds_of, new_names
from awaken.plan.handlers.caught_errors import follow_error, is_asked
from awaken.plan.handlers.guards import Clause, Guard, guards_of
from awaken.plan.handlers.other_raisers import other_raiser
from awaken.plan.http.literals import has_fixed_host
from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.resolve.values import External, Instance, Method
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.catalogue.exchange import Exchange
    from awaken.plan.fix import Reason
    from awaken.plan.http.request import Request
    from awaken.plan.http.response import ResponseUses
    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Span

_NOTHING = Caught(())
_RAISING_MEMBERS = frozenset({"raise_for_status", "json"})


@dataclass(slots=True)
class Handlers:
    """What becomes of the clauses around a request.

    Attributes:
        translations: exception types in their new form; those of requests stay beside them where
            something else in the block may raise them.
        differences: what would not be caught any more.
    """

    translations: list[Replacement] = field(default_factory=list)
    differences: list[Reason] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Inside:
    """What the statements of a guard do.

    Attributes:
        keep: whether something else in them may raise the sync library's exceptions.
        decodes: whether a response is decoded.
        widen: whether a URL may turn out to be none, which Python's ValueError catches.
        other: what else in them may raise the client's exceptions, or empty.
    """

    keep: bool
    decodes: bool
    widen: bool
    other: str


def translate_handlers(
    request: Request, uses: ResponseUses, partners: Sequence[ast.Call], url: ast.expr
) -> Handlers:
    """Every clause of the coroutine that guards the request, or what its response raises.

    Args:
        request: the request.
        uses: where its response goes; gets what becomes of that in an exception.
        partners: other requests that are converted together with this one.
        url: the URL that is asked for.
    """
    found = Handlers()
    if not request.exchange.exceptions:
        return found  # the client raises the same
    situation = request.situation
    raising = [use for use in uses.uses if use in uses.followed or _raises(request, use)]
    fixed = has_fixed_host(situation, url)
    own = {request.call, *partners}
    for guard in guards_of(situation, uses.results, raising):
        other = other_raiser(request, guard, own)
        inside = _Inside(
            keep=_others_may_raise(request, uses, own, guard.body),
            decodes=_decodes(uses, guard.body),
            widen=guard.requests and not fixed,
            other=situation.tree.source(other.func) if other is not None else "",
        )
        _translate_guard(request, found, uses, guard, inside)
    handled = {each.span for each in found.translations}
    functions = (situation.function(), *uses.functions)
    names = (node for function in functions for node in _names(function))
    if any(_is_named_elsewhere(request, node, handled) for node in names):
        found.differences.append(reason("exceptions-elsewhere"))
    return found


def _raises(request: Request, use: ast.expr) -> bool:
    """Whether what is done with the response may fail, as reading its body later may in any form."""
    parent = request.situation.tree.parent(use)
    if isinstance(parent, ast.Attribute) and parent.attr in _RAISING_MEMBERS:
        return True
    if not request.streams:
        return False
    return not isinstance(parent, ast.Attribute) or parent.attr in request.exchange.streamed


def _translate_guard(
    request: Request, found: Handlers, uses: ResponseUses, guard: Guard, inside: _Inside
) -> None:
    """The clauses in their order: what an earlier one has caught, no later one can lose."""
    covered = False
    beside: set[str] = set()
    taken: set[str] = set()
    for clause in guard.clauses:
        if clause.written is None:
            return
        kinds = kinds_of(request, clause.written)
        beside |= {kind.last for kind in kinds if kind.caught}
        caught_before = covered
        covered = covered or any(kind.caught and kind.caught.widest for kind in kinds)
        for kind in kinds:
            difference = difference_of(
                request, kind, beside, requests=guard.requests, covered=covered
            )
            difference = (
                difference or _gained(request, kind, guard, covered) or _taken(request, kind, taken)
            )
            if difference is not None:
                found.differences.append(difference)
        taken.update(name for kind in kinds if kind.caught for name in kind.caught.besides)
        if clause.handler is not None and clause.handler.name and _may_be_ours(request, kinds):
            follow_error(request, uses, clause.handler, kinds, keep=inside.keep)
            _translate_questions(request, found, clause.handler, inside)
        if any(kind.caught or (kind.added and not covered) for kind in kinds):
            found.translations += _rewritten(request, clause, kinds, inside)
            if inside.other and not _catches_already(request, kinds):
                found.differences.append(reason("catches-more", f"`{inside.other}`"))
        covered = covered or caught_before or any(kind.name in CATCH_ALL for kind in kinds)


def _may_be_ours(request: Request, kinds: list[Kind]) -> bool:
    """Whether a clause may catch what a request raises."""
    wide = CATCH_ALL | request.exchange.bases | request.exchange.request_bases
    return any(kind.caught or kind.name in wide for kind in kinds)


def _gained(request: Request, kind: Kind, guard: Guard, covered: bool) -> Reason | None:
    """Whether a class catches what the client raises, and nothing of the library's, unless it stands beside that."""
    if covered or not guard.requests:
        return None
    gained = kind.name in request.exchange.gained
    if kind.name.startswith(f"{request.client}."):
        gained = f"{CLIENT}.{kind.last}" not in _paired(request, guard)
    written = f"`{request.situation.tree.source(kind.node)}`"
    return reason("exception-handler", written) if gained else None


def _paired(request: Request, guard: Guard) -> set[str]:
    """The classes of the client that clauses catch in the place of the library's."""
    written = (clause.written for clause in guard.clauses if clause.written is not None)
    kinds = (kind for each in written for kind in kinds_of(request, each))
    return {name for kind in kinds if kind.caught for name in kind.caught.names}


def _taken(request: Request, kind: Kind, taken: set[str]) -> Reason | None:
    """Whether an earlier clause catches what this one was there for."""
    if not kind.caught or kind.last not in taken:
        return None
    written = f"`{request.situation.tree.source(kind.node)}` behind what catches it"
    return reason("exception-handler", written)


def _rewritten(
    request: Request, clause: Clause, kinds: list[Kind], inside: _Inside
) -> Iterator[Replacement]:
    """The library's own classes are kept where other calls in the block may still raise them."""
    if clause.written is None:
        return
    text = request.situation.tree.source
    written: list[str] = []
    widens = [
        kind
        for kind in kinds
        if kind.added and (inside.widen or kind.name in request.exchange.bases)
    ]
    kept = [kind for kind in kinds if kind not in widens]
    for each in (
        *new_names(kept, keep=inside.keep, decodes=inside.decodes, widen=False),
        *new_names(widens, keep=inside.keep, decodes=inside.decodes, widen=True),
    ):
        if isinstance(each, str):
            written.append(each)
        else:
            star = "*" if each.unpacked else ""
            written.append(f"{star}{_as_written(request, each)}")
    names = _without_narrower(request.exchange, list(dict.fromkeys(written)))
    bare = len(names) == 1 and not names[0].startswith("*")
    template = ", ".join(names) if bare or clause.listed else f"({', '.join(names)})"
    if template != text(clause.written):
        yield Replacement(request.situation.tree.span(clause.written), template)


def _as_written(request: Request, kind: Kind) -> str:
    """The text of a class that stays, in the form in which new ones are compared with it."""
    module = f"{request.client}."
    if kind.name.startswith(module) and not kind.unpacked:
        return f"{CLIENT}.{kind.name.removeprefix(module)}"
    return request.situation.tree.source(kind.node)


def _without_narrower(exchange: Exchange, texts: list[str]) -> list[str]:
    """Without what the widest class of the client catches anyway."""
    if exchange.widest not in texts:
        return texts
    kept = {exchange.widest, *exchange.beside}
    return [text for text in texts if not text.startswith(CLIENT) or text in kept]


def _translate_questions(
    request: Request, found: Handlers, handler: ast.ExceptHandler, inside: _Inside
) -> None:
    """`isinstance(error, requests.Timeout)` in a clause that catches more."""
    for call in (node for each in handler.body for node in ast.walk(each)):
        if isinstance(call, ast.Call) and is_asked(request.situation, call, handler.name or ""):
            clause = Clause(call.args[1])
            kinds = kinds_of(request, call.args[1])
            lost = (
                difference_of(request, kind, set(), requests=True, covered=False) for kind in kinds
            )
            found.differences += [each for each in lost if each is not None]
            if any(kind.caught for kind in kinds):
                found.translations += _rewritten(request, clause, kinds, inside)


# -- what else the guarded statements do


def _others_may_raise(
    request: Request, uses: ResponseUses, own: set[ast.Call], block: Sequence[ast.stmt]
) -> bool:
    """Whether something besides a response might raise requests' exceptions in a block."""
    for node in _run_in(uses, block):
        if isinstance(node, ast.Raise) and node.exc and _is_exception(request, node.exc):
            return True
        if isinstance(node, ast.Call) and not (
            node in own
            or _is_member(node, own, uses)
            or _followed(node, uses)
            or _is_foreign(request.situation, node)
        ):
            return True
    return False


def _catches_already(request: Request, kinds: list[Kind]) -> bool:
    """Whether a clause names what would be put beside its classes."""
    names = {kind.name for kind in kinds}
    added = {name for kind in kinds for name in (kind.caught or kind.added or _NOTHING).names}
    new = {name.replace(CLIENT, request.client) for name in added}
    return request.exchange.widest.replace(CLIENT, request.client) in names or new <= names


def _decodes(uses: ResponseUses, block: Sequence[ast.stmt]) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == "json" for node in _run_in(uses, block)
    )


def _run_in(uses: ResponseUses, block: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Everything in a block, and in the functions in view that it hands responses to or gets them from."""
    pending = [block]
    seen: set[ast.AST] = set()
    while pending:
        for node in (node for statement in pending.pop() for node in ast.walk(statement)):
            yield node
            function = _followed(node, uses) if isinstance(node, ast.Call) else None
            if function is not None and function not in seen:
                seen.add(function)
                pending.append(function.body)


def _followed(node: ast.Call, uses: ResponseUses) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function that the response goes to, or comes from: everything in it is in view."""
    name = last_name(node.func)
    found = (each for each in uses.functions if getattr(each, "name", "") == name)
    function = next(found, None)
    known = isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
    return function if known else None  # type: ignore[return-value]


def _is_member(node: ast.Call, own: set[ast.Call], uses: ResponseUses) -> bool:
    """`<the request>.json()`, `response.headers.get(...)`: calls on the client's response."""
    func: ast.expr = node.func
    if isinstance(func, ast.Name):
        return False
    while isinstance(func, (ast.Attribute, ast.Subscript, ast.Call)) and func not in own:
        func = func.func if isinstance(func, ast.Call) else func.value
    if isinstance(func, ast.NamedExpr):
        func = func.value
    held = isinstance(func, ast.Name) and func.id == uses.name
    return held or func in own or func in uses.uses


def _is_foreign(situation: Situation, node: ast.Call) -> bool:
    """A call of the standard library; of any other library we do not know what it raises."""
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr == "get" and _is_key(node):
        return True
    value = situation.value_of(func)
    if isinstance(value, Instance):
        value = value.of
    name = getattr(value, "name", "") if isinstance(value, External) else ""
    if isinstance(value, Method):
        name = value.owner
    return name.partition(".")[0] in sys.stdlib_module_names | {"builtins"}


def _is_key(node: ast.Call) -> bool:
    """`.get("name")` of a mapping; a session would be given a URL."""
    key = node.args[0] if node.args else None
    return isinstance(key, ast.Constant) and isinstance(key.value, str) and "/" not in key.value


# -- exceptions that are named elsewhere


def _names(function: ast.AST) -> Iterator[ast.expr]:
    """Names in the coroutine, those of its `except` clauses and of what it raises apart.

    What it raises is still requests' own, which every handler in view keeps.
    """
    apart: set[ast.AST] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            apart.update(ast.walk(node.type))
        elif isinstance(node, ast.Raise) and node.exc is not None:
            apart.update(ast.walk(node.exc))
    for node in ast.walk(function):
        if isinstance(node, (ast.Name, ast.Attribute)) and node not in apart:
            yield node


def _is_named_elsewhere(request: Request, node: ast.expr, handled: set[Span]) -> bool:
    span = request.situation.tree.span(node)
    return not any(each.contains(span) for each in handled) and _is_exception(request, node)


def _is_exception(request: Request, node: ast.expr) -> bool:
    """Whether a name, or what is made of it, is an exception of the sync library."""
    if isinstance(node, ast.Call):
        node = node.func
    names = {each.rpartition(".")[2] for each in request.exchange.exceptions}
    last = last_name(node)
    if not last or (last not in names and isinstance(node, ast.Attribute)):
        return False
    value = request.situation.value_of(node)
    return isinstance(value, External) and value.name in request.exchange.exceptions
