"""The arguments of a request: taken as they are, put in another form, or in the way."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.http.argument_forms import FORMS, Arguments, named
from awaken.plan.http.argument_values import CHECKS
from awaken.plan.reasons import reason

if TYPE_CHECKING:
    from awaken.catalogue.exchange import Spelled
    from awaken.plan.http.request import Request


def translate_arguments(request: Request) -> Arguments:
    """The arguments of `requests.<verb>(...)`, for a client that is made for this one call.

    Args:
        request: the request.
    """
    arguments = Arguments(request.name, context=request.exchange.context)
    given = given_arguments(request)
    if given is None:
        arguments.refusal = reason("unknown-arguments")
        return arguments
    arguments.given.update(given)
    known = request.exchange.arguments
    unknown = next((name for name in given if name not in known), None)
    if unknown is not None:
        arguments.refusal = reason("unsupported-argument", f"`{unknown}`")
        return arguments
    if request.verb.difference is not None:
        arguments.differences.append(reason(request.verb.difference, f"`{request.name}`"))
    for name, node in given.items():
        check = CHECKS.get(known[name].check)
        code = check(request, node) if check else None
        if code is not None:
            arguments.differences.append(reason(code, f"`{name}`"))
    for name, node in given.items():
        named(request, arguments, node, known[name].name)
    for name, node in given.items():
        if known[name].form:
            FORMS[known[name].form](request, arguments, node)
    _choose_method(request, arguments)
    _spell_defaults(request, arguments)
    return arguments


def given_arguments(request: Request) -> dict[str, ast.expr] | None:
    """Arguments by name, or None where some are unpacked from a value."""
    call, names = request.call, request.verb.parameters
    if any(isinstance(arg, ast.Starred) for arg in call.args) or len(call.args) > len(names):
        return None
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    given = dict(zip(names, call.args, strict=False))
    given.update((keyword.arg or "", keyword.value) for keyword in call.keywords)
    return given if "url" in given else None


def _choose_method(request: Request, arguments: Arguments) -> None:
    """Methods that take no body on the other side are called by their name there."""
    if not request.verb.body and {"data", "json"} & arguments.given.keys():
        arguments.method = "request"
        arguments.first = f'"{request.name.upper()}"'


def _spell_defaults(request: Request, arguments: Arguments) -> None:
    """What the sync library does unasked: requests follows up to 30 redirects, and waits without a limit."""
    arguments.client += _spelled(request, arguments, request.exchange.client_defaults)
    arguments.call += _spelled(request, arguments, request.exchange.call_defaults)


def _spelled(
    request: Request, arguments: Arguments, defaults: tuple[Spelled, ...]
) -> list[tuple[str, str]]:
    return [
        (each.name, each.text)
        for each in defaults
        if not arguments.given.keys() & set(each.unless) and each.name not in request.verb.without
    ]
