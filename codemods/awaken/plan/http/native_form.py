"""One request as a request of the client: its arguments, its response, and the exceptions around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.http.arguments import translate_arguments
from awaken.plan.http.handlers import translate_handlers
from awaken.plan.http.helpers import definition_of
from awaken.plan.http.members import translate_response
from awaken.plan.reasons import reason
from awaken.plan.recipes import NativeRequest

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

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
        client=situation.settings.http_client,
        method=arguments.method,
        first=arguments.first,
        client_arguments=tuple(arguments.client),
        call_arguments=tuple(arguments.call),
        translations=(*arguments.translations, *uses.translations, *handlers.translations),
        raises=tuple(uses.raises),
        hoist=hoist,
        partners=uses.partner_places(),
        name=uses.name,
        helpers=tuple((name, definition_of(request, name)) for name in dict.fromkeys(uses.helpers)),
    )
    found = (*arguments.differences, *uses.differences, *handlers.differences)
    return Candidate(recipe, (*found, *_elsewhere(request)))


def _elsewhere(request: Request) -> Iterator[Reason]:
    """What the rest of the project expects of the request."""
    if request.situation.handled_by_callers(request.exchange):
        yield reason("caller-handles")
    if request.situation.is_patched():
        yield reason("patched-in-tests")
