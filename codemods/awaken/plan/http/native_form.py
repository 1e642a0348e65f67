"""One request as a request of the client: its arguments, its response, and the exceptions around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.http.arguments import translate_arguments
from awaken.plan.http.awaited_members import awaited_name
from awaken.plan.http.handlers import translate_handlers
from awaken.plan.http.helpers import definition_of
from awaken.plan.http.members import translate_response
from awaken.plan.reasons import reason
from awaken.plan.recipes import NativeRequest

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

    from awaken.plan.definition import Definition
    from awaken.plan.fix import Reason
    from awaken.plan.http.request import Request


@dataclass(frozen=True, slots=True)
class Candidate:
    """The native form of a request, before its partners are known.

    Attributes:
        recipe: the request in its new form.
        differences: what would not be the same.
    """

    recipe: NativeRequest
    differences: tuple[Reason, ...]


def native_form(
    request: Request, *, hoist: bool, own: Sequence[ast.Call] = ()
) -> Candidate | Reason:
    """The request in its new form, or why it has none.

    Args:
        request: the request.
        hoist: whether it moves in front of its statement.
        own: other requests that are made with the client then, too.
    """
    situation = request.situation
    arguments = translate_arguments(request)
    if arguments.refusal is not None:
        return arguments.refusal
    uses = translate_response(request, hoisted=hoist)
    if uses.refusal is not None:
        return uses.refusal
    handlers = translate_handlers(request, uses.uses, [*uses.partners, *own], uses.name)
    recipe = NativeRequest(
        target=situation.target(),
        client=request.client,
        opening=request.exchange.opening,
        context=arguments.context,
        bundle=request.exchange.bundle,
        method=arguments.method,
        first=arguments.first,
        client_arguments=tuple(arguments.client),
        call_arguments=tuple(arguments.call),
        translations=(*arguments.translations, *uses.translations, *handlers.translations),
        raises=tuple(uses.raises),
        hoist=hoist,
        partners=uses.partner_places(),
        name=uses.name,
        helpers=_helpers(request, (*arguments.helpers, *uses.helpers)),
        awaited=tuple(filter(None, (awaited_name(request.exchange.opening.read), *uses.awaited))),
    )
    found = (*arguments.differences, *uses.differences, *handlers.differences)
    return Candidate(recipe, (*found, *_elsewhere(request)))


def _helpers(request: Request, names: Sequence[str]) -> tuple[tuple[str, Definition], ...]:
    return tuple((name, definition_of(request, name)) for name in dict.fromkeys(names))


def _elsewhere(request: Request) -> Iterator[Reason]:
    """What the rest of the project expects of the request."""
    exchange = request.exchange
    if exchange.exceptions and request.situation.handled_by_callers(exchange):
        yield reason("caller-handles")
    for word in exchange.altered_by:
        if request.situation.surroundings.mentions(word):
            yield reason("altered-everywhere", f"`{word}`")
    replaced = request.situation.replaced_in_tests()
    if replaced is not None:
        yield replaced
