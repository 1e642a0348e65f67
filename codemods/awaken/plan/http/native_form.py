"""One request as a request of the client: its arguments, its response, and the exceptions around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.handlers.handlers import translate_handlers
from awaken.plan.http.arguments import translate_arguments
from awaken.plan.http.awaited_members import awaited_name
from awaken.plan.http.beyond import is_handled_beyond
from awaken.plan.http.helpers import definition_of
from awaken.plan.http.members import translate_response
from awaken.plan.http.optional_import import is_optional
from awaken.plan.http.statement import is_entered
from awaken.plan.reasons import reason
from awaken.plan.recipes import NativeRequest
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator, Sequence

    from awaken.plan.definition import Definition
    from awaken.plan.fix import Reason
    from awaken.plan.http.request import Request
    from awaken.plan.http.response import ResponseUses


@dataclass(frozen=True, slots=True)
class Candidate:
    """The native form of a request, before its partners are known.

    Attributes:
        recipe: the form.
        differences: what would not be the same.
        note: why its client does not live as long as the configuration asks for.
    """

    recipe: NativeRequest
    differences: tuple[Reason, ...]
    note: Reason | None = None


def native_form(request: Request, *, hoist: bool, others: Iterable[ast.Call]) -> Candidate | Reason:
    """The request in its new form, or why it has none.

    Args:
        request: the request.
        hoist: whether it moves in front of its statement.
        others: requests that are converted with it: an exception that they raised is nobody's any more.
    """
    situation = request.situation
    arguments = translate_arguments(request)
    if arguments.refusal is not None:
        return arguments.refusal
    uses = translate_response(request, hoisted=hoist)
    if uses.refusal is not None:
        return uses.refusal
    partners = (*uses.partners, *others)
    handlers = translate_handlers(request, uses, partners, arguments.given["url"])
    if uses.refusal is not None:
        return uses.refusal
    helpers = (*arguments.helpers, *uses.helpers, request.exchange.opening.helper)
    recipe = NativeRequest(
        target=situation.target(),
        client=request.client,
        opening=request.exchange.opening,
        context=arguments.context,
        verified=arguments.verified,
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
        helpers=helpers_of(request, helpers),
        awaited=tuple(filter(None, (awaited_name(request.exchange.opening.read), *uses.awaited))),
        entered=bool(request.exchange.responses) and is_entered(situation),
        checked=request.exchange.raises,
        covered=tuple(Place.of(each) for each in uses.covered),
    )
    found = (*arguments.differences, *uses.differences, *handlers.differences)
    return Candidate(recipe, (*found, *expected_elsewhere(request, uses)))


def helpers_of(request: Request, names: Sequence[str]) -> tuple[tuple[str, Definition], ...]:
    """The helpers that templates mention, by their names in them."""
    return tuple((name, definition_of(request, name)) for name in dict.fromkeys(names) if name)


def expected_elsewhere(request: Request, uses: ResponseUses) -> Iterator[Reason]:
    """What the rest of the project expects of the request.

    Args:
        request: the request.
        uses: where its response goes.
    """
    exchange = request.exchange
    raised = exchange.exceptions or exchange.bases
    if raised and is_handled_beyond(request, uses):
        yield reason("caller-handles")
    for word in exchange.altered_by:
        if request.situation.surroundings.mentions(word):
            yield reason("altered-everywhere", f"`{word}`")
    if not exchange.own and is_optional(request.client, request.situation.tree):
        yield reason("client-optional", f"`{request.client}`")
    replaced = request.situation.replaced_in_tests()
    if replaced is not None:
        yield replaced
