"""The arguments of a request: taken as they are, put in another form, or in the way."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.http.argument_forms import (
    FORMS,
    Arguments,
    left_out,
    named,
)
from awaken.plan.http.argument_values import CHECKS, UNSUPPORTED, is_kept_otherwise
from awaken.plan.http.wrapped import unwrapped, wrapped_in
from awaken.plan.reasons import reason

if TYPE_CHECKING:
    from awaken.catalogue.exchange import Spelled
    from awaken.plan.http.request import Request


def translate_arguments(request: Request) -> Arguments:
    """The arguments of `requests.<verb>(...)`, for a client that is made for this one call.

    Args:
        request: the request.
    """
    method = request.verb.method or request.name
    arguments = Arguments(method, context=request.exchange.context)
    given = given_arguments(request)
    if given is None or "url" not in given:
        arguments.refusal = reason("unknown-arguments")
        return arguments
    arguments.given.update(given)
    known = request.exchange.arguments
    unknown = next((name for name in given if name not in known), None)
    if unknown is not None:
        arguments.refusal = reason("unsupported-argument", f"`{unknown}`")
        return arguments
    _unwrap(request, arguments)
    if request.verb.difference is not None:
        arguments.differences.append(reason(request.verb.difference, f"`{request.name}`"))
    _look_at_values(request, arguments)
    if arguments.refusal is not None:
        return arguments
    _write_values(request, arguments)
    _choose_method(request, arguments)
    _spell_defaults(request, arguments)
    return arguments


def _unwrap(request: Request, arguments: Arguments) -> None:
    wrapped = wrapped_in(request)
    if wrapped is None:
        return
    arguments.translations += unwrapped(request, wrapped)
    if not arguments.translations:
        arguments.refusal = reason("comment-in-call")
    for name in filter(is_kept_otherwise, wrapped.added):
        arguments.differences.append(reason("different-value", f"`{name}`"))


def _look_at_values(request: Request, arguments: Arguments) -> None:
    for name, node in arguments.given.items():
        check = CHECKS.get(request.exchange.arguments[name].check)
        code = check(request, node) if check else None
        if code == UNSUPPORTED:
            arguments.refusal = reason(code, f"`{name}`")
        elif code is not None:
            arguments.differences.append(reason(code, f"`{name}`"))


def _write_values(request: Request, arguments: Arguments) -> None:
    """By the names that they have on the other side, and in another form where one is needed."""
    known = request.exchange.arguments
    call = set(ast.walk(request.call))
    for name, node in arguments.given.items():
        if known[name].only:
            left_out(request, arguments, node, known[name])
        elif node in call:
            named(request, arguments, node, known[name].name)
    for name, node in arguments.given.items():
        if known[name].form and node in call:
            FORMS[known[name].form](request, arguments, node)


def given_arguments(request: Request) -> dict[str, ast.expr] | None:
    """Arguments by name, or None where some are unpacked from a value."""
    call, names = request.call, request.verb.parameters
    if any(isinstance(arg, ast.Starred) for arg in call.args) or len(call.args) > len(names):
        return None
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    given = dict(zip(names, call.args, strict=False))
    given.update((keyword.arg or "", keyword.value) for keyword in call.keywords)
    wrapped = wrapped_in(request)
    if wrapped is None:
        return given
    within = wrapped.arguments()
    del given["url"]
    return None if within is None or given.keys() & within.keys() else {**within, **given}


def _choose_method(request: Request, arguments: Arguments) -> None:
    """Methods that take no body on the other side are called by their name there, and so are all for a stream."""
    if request.streams:
        arguments.method = "stream"
        arguments.first = "" if "method" in arguments.given else f'"{request.name.upper()}"'
        return
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
