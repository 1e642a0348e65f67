"""An object of a sync library as the object of an async one, in all of its uses: `smtplib` to `aiosmtplib`.

What does the same there is data (`[[client]]` in the catalogue). The object must live in one `with` and be used for
nothing but calls that the catalogue knows; the call that makes it and all of those change together.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.await_position import await_position
from awaken.plan.blocks.block import in_coroutine
from awaken.plan.call_text import comment_in_callee
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.native.client_errors import translate_errors
from awaken.plan.native.passing import passing
from awaken.plan.reasons import reason
from awaken.plan.recipes import ClientCall, EnterClient, Target
from awaken.plan.runners.foreign_loop import EventLoop, event_loop
from awaken.resolve.values import External
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.schema import Client, Native
    from awaken.plan.situation import Situation

# What is done in here is not done where the object's own `with` stands.
_APART = (ast.With, ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A client that a `with` opens.

    Attributes:
        client: what the catalogue knows of it.
        statement: the `with`.
        made: the call that makes the object.
        name: what the object is called inside.
    """

    client: Client
    statement: ast.With
    made: ast.Call
    name: str


def plan_client(situation: Situation) -> Fix | Reason | None:
    """The async library's client, for the call that makes an object or for one of its methods.

    Every finding about the same object gets the same fix. None where the catalogue knows no such client, or
    nobody asks for it: the configuration, or a project that depends on the library.

    Args:
        situation: the finding.
    """
    client = _client(situation)
    if client is None or not _is_asked_for(situation, client):
        return None
    opened = _opened(situation, client)
    if isinstance(opened, Reason):
        return opened
    if event_loop(situation) is not EventLoop.ASYNCIO:
        return reason("foreign-loop")
    return _translated(situation, opened)


def _client(situation: Situation) -> Client | None:
    """What the catalogue knows of the object that the finding makes, or whose method it calls."""
    owner = situation.finding.call.rpartition(".")[0]
    returns = situation.finding.entry.returns
    catalogue = situation.resolver.catalogue
    return catalogue.client(owner) or (catalogue.client(returns) if returns else None)


def _is_asked_for(situation: Situation, client: Client) -> bool:
    settings = situation.settings
    return Strategy.NATIVE.value in settings.strategies or (
        not settings.strategies and client.distribution in settings.asked_for
    )


# -- where the object lives


def _opened(situation: Situation, client: Client) -> _Opened | Reason:
    statement = _with_around(situation)
    if statement is None:
        return reason("client-not-entered")
    item = statement.items[0]
    made, target = item.context_expr, item.optional_vars
    if len(statement.items) > 1 or not isinstance(made, ast.Call):
        return reason("client-not-entered")
    if target is not None and not isinstance(target, ast.Name):
        return reason("client-not-entered")
    if not in_coroutine(situation, statement):
        return reason("client-not-entered")
    return _Opened(client, statement, made, target.id if target else "")


def _with_around(situation: Situation) -> ast.With | None:
    """The `with` that opens the object of the finding."""
    node = situation.node
    root = node.func.value if _calls_member(node) else None  # type: ignore[attr-defined]
    for up in situation.tree.ancestors(node):
        if isinstance(up, (ast.AsyncFunctionDef, ast.FunctionDef, ast.Lambda)):
            return None
        if isinstance(up, ast.With):
            first = up.items[0]
            target = first.optional_vars
            same = isinstance(target, ast.Name) and isinstance(root, ast.Name)
            if first.context_expr is node or (same and target.id == root.id):  # type: ignore[union-attr]
                return up
    return None


def _calls_member(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


# -- what is done with it


def _translated(situation: Situation, opened: _Opened) -> Fix | Reason:
    calls = _calls(situation, opened)
    if isinstance(calls, Reason):
        return calls
    made = _made(situation, opened)
    if isinstance(made, Reason):
        return made
    errors = translate_errors(
        situation, opened.client, [opened.made, *(each.node for each in calls)]
    )
    if errors.refusal is not None:
        return errors.refusal
    recipe = EnterClient(
        target=_target(situation, opened.made),
        statement=Place.of(opened.statement),
        made=made.call,
        calls=tuple(each.call for each in calls),
        translations=tuple(errors.translations),
    )
    differences = (made.difference, *(each.difference for each in calls), errors.difference)
    difference = next((each for each in differences if each is not None), None)
    name = opened.client.name
    return Fix(Strategy.NATIVE, f"enter `{name}` and await its methods", recipe, difference)


def _target(situation: Situation, made: ast.Call) -> Target:
    """The same for every finding about the object, wherever its method is called."""
    place = Place.of(made)
    known = situation.calls.get(place)
    scope, suite = (known[0], known[1].suite) if known else (situation.finding.scope, 0)
    return Target(place, scope, suite)


@dataclass(frozen=True, slots=True)
class _Translated:
    node: ast.Call
    call: ClientCall
    difference: Reason | None


def _made(situation: Situation, opened: _Opened) -> _Translated | Reason:
    value = situation.callee(opened.made)
    form = opened.client.constructors.get(value.name) if isinstance(value, External) else None
    if form is None:
        return reason("client-member", "the call that makes it")
    return _call(situation, opened.made, form)


def _calls(situation: Situation, opened: _Opened) -> list[_Translated] | Reason:
    """The calls of the object's methods; a reason where anything else is done with it."""
    found: list[_Translated] = []
    inside = set(ast.walk(opened.statement))
    for node in ast.walk(situation.function()):
        if not _names(node, opened.name) or node is opened.statement.items[0].optional_vars:
            continue
        if node not in inside and _belongs_to_another_with(situation, node, opened.name):
            continue
        if node not in inside or not isinstance(node, ast.Name):
            return reason("client-member", f"`{opened.name}` stands for something else, too")
        used = _used(situation, opened, node)
        if isinstance(used, Reason):
            return used
        found.append(used)
    return found


def _names(node: ast.AST, name: str) -> bool:
    """Whether a node reads or binds a name."""
    return bool(name) and (
        (isinstance(node, ast.Name) and node.id == name)
        or (isinstance(node, ast.arg) and node.arg == name)
        or (isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names)
        or (isinstance(node, ast.ExceptHandler) and node.name == name)
    )


def _belongs_to_another_with(situation: Situation, node: ast.AST, name: str) -> bool:
    return any(
        isinstance(up, ast.With)
        and any(
            isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name
            for item in up.items
        )
        for up in situation.tree.ancestors(node)
    )


def _used(situation: Situation, opened: _Opened, node: ast.Name) -> _Translated | Reason:
    member = situation.tree.parent(node)
    call = situation.tree.parent(member) if isinstance(member, ast.Attribute) else None
    if (
        not isinstance(member, ast.Attribute)
        or not isinstance(call, ast.Call)
        or call.func is not member
    ):
        return reason("client-member", f"`{opened.name}` as a value")
    form = opened.client.members.get(member.attr)
    if form is None:
        return reason("client-member", f"`.{member.attr}`")
    if not form.value and not isinstance(situation.tree.parent(call), ast.Expr):
        return reason("client-member", f"the result of `.{member.attr}`")
    refusal = _apart(situation, opened, call) or (
        _cannot_be_awaited(situation, call) if form.awaits else None
    )
    return refusal or _call(situation, call, form)


def _apart(situation: Situation, opened: _Opened, call: ast.Call) -> Reason | None:
    """Whether something stands around a call that does not stand around the object's own `with`."""
    if any(isinstance(up, _APART) for up in _between(situation, opened.statement, call)):
        return reason("client-member", "inside another block")
    lines = range(call.lineno, (call.end_lineno or call.lineno) + 1)
    if any(line in situation.index.suppressed for line in lines):
        return reason("client-member", "on a line that is to stay")
    return None


def _cannot_be_awaited(situation: Situation, call: ast.Call) -> Reason | None:
    position = await_position(situation, call)
    if position.generator is not None or position.short_circuit is not None:
        return reason("generator-expression")
    return position.refusal


def _between(situation: Situation, outer: ast.AST, node: ast.AST) -> Iterator[ast.AST]:
    for up in situation.tree.ancestors(node):
        if up is outer:
            return
        yield up


def _call(situation: Situation, node: ast.Call, form: Native) -> _Translated | Reason:
    if comment_in_callee(situation.tree, node):
        return reason("comment-in-call")
    given = passing(situation, node, form)
    if isinstance(given, Reason):
        return given
    call = ClientCall(Place.of(node), form.name, given.passed, form.awaits)
    return _Translated(node, call, given.difference)
