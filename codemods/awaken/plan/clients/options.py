"""How the client is made: what the object was given, what it does unasked, and what was set right behind."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.clients.closing import suite_of
from awaken.plan.clients.members import request_at
from awaken.plan.http.argument_values import CHECKS
from awaken.plan.reasons import reason
from awaken.plan.recipes import MadeClient, Replacement
from awaken.resolve.values import External
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from awaken.catalogue.exchange import Argument
    from awaken.plan.clients.converted import Converted
    from awaken.plan.clients.flow import Flow
    from awaken.plan.fix import Reason

_VERIFY, _TRUST_ENV = "verify", "trust_env"


def made_clients(flow: Flow, converted: Converted) -> tuple[MadeClient, ...] | Reason:
    """The calls that make the client; a reason where one cannot be written.

    Args:
        flow: the object.
        converted: gets what is translated in the calls.
    """
    if converted.removed and not _follow_directly(flow, converted):
        return reason("client-member", f"`.{next(iter(converted.options))} = ...`")
    for call in flow.made:
        refusal = _given(converted, call)
        if refusal is not None:
            return refusal
    kind = converted.kind.object
    options = {name: text for name, text in converted.options.items() if text != "True"}
    if _TRUST_ENV in options and options.get(_VERIFY) != "False":
        # Then the certificates would not come from the environment.
        converted.differences.append(reason("different-value", "`.trust_env`"))
    arguments = [*options.items(), *((each.name, each.text) for each in kind.defaults)]
    return tuple(
        MadeClient(Place.of(call), kind.client, tuple(arguments), _is_certified(converted, call))
        for call in flow.made
    )


def _is_certified(converted: Converted, call: ast.Call) -> bool:
    """Whether the client is given the certificates of the module; one that is made but once reads its own."""
    given = {each.arg for each in call.keywords} | converted.options.keys()
    another_library = bool(converted.kind.exchange.responses)
    wanted = another_library or converted.scopes.in_coroutine(call)
    return wanted and not given & converted.kind.object.certificates_unless


def _follow_directly(flow: Flow, converted: Converted) -> bool:
    """Whether what becomes an argument is set in the block that makes the object, in front of every request."""
    if len(flow.made) != 1:
        return False
    statement = converted.scopes.tree.statement(flow.made[0])
    if isinstance(statement, ast.With):
        behind = statement.body
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
        suite = list(suite_of(converted.scopes.tree, statement))
        behind = suite[suite.index(statement) + 1 :]
    else:
        return False
    last = max((behind.index(each) for each in converted.removed if each in behind), default=-1)
    if not all(each in behind for each in converted.removed):
        return False
    between = {node for each in behind[: last + 1] for node in ast.walk(each)}
    return not any(call in between for call in converted.own)


def _given(converted: Converted, call: ast.Call) -> Reason | None:
    """What the object is made with."""
    options = converted.kind.object.options
    if call.args or any(each.arg is None for each in call.keywords):
        return reason("unknown-arguments")
    for keyword in call.keywords:
        option = options.get(keyword.arg or "")
        if option is None:
            return reason("unsupported-argument", f"`{keyword.arg}`")
        refusal = _option(converted, option, keyword.value)
        if refusal is not None:
            return refusal
    return None


def _option(converted: Converted, option: Argument, value: ast.expr) -> Reason | None:
    check = CHECKS.get(option.check)
    code = check(request_at(converted, value), value) if check else None
    if code is not None:
        converted.differences.append(reason(code, f"`{option.name}`"))
    return _transport(converted, option, value) if option.form == "transport" else None


def _transport(converted: Converted, option: Argument, value: ast.expr) -> Reason | None:
    """What sends the requests: it has a twin for the client, or none at all."""
    if isinstance(value, ast.Constant) and value.value is None:
        return None
    if isinstance(value, ast.Dict):
        found = (_transport(converted, option, each) for each in value.values)
        return next((each for each in found if each is not None), None)
    made = converted.scopes.value(value.func) if isinstance(value, ast.Call) else None
    name = converted.kind.exchange.types.get(made.name) if isinstance(made, External) else None
    if name is None or not isinstance(value, ast.Call):
        return reason("unsupported-argument", f"`{option.name}`")
    span = converted.scopes.tree.span(value.func)
    converted.translations.append(Replacement(span, name))
    return None
