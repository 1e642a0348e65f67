"""Objects that make requests as async clients: all that is done with one changes together, or nothing does."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from awaken.plan.clients.annotations import annotated
from awaken.plan.clients.converted import Converted, Kind
from awaken.plan.clients.flow import Flow, Follower, first_line, is_tested
from awaken.plan.clients.holders import Attribute, Variable
from awaken.plan.clients.lifetime import cannot_enter, differences_in_life, enclosed_by
from awaken.plan.clients.members import convert_member
from awaken.plan.clients.opening import opened_clients
from awaken.plan.clients.options import made_clients
from awaken.plan.clients.requests import convert_request, strangers, with_one_handler
from awaken.plan.clients.scopes import FileScopes
from awaken.plan.clients.situations import situation_at, unseen_requests
from awaken.plan.fix import Fix, Reason, Strategy
from awaken.plan.names_elsewhere import scope_of
from awaken.plan.reasons import foremost, reason
from awaken.plan.recipes import SwapClient, Target
from awaken.plan.windows.differences import difference_around
from awaken.resolve.values import External
from awaken.syntax.names import last_name
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.catalogue.exchange import Exchange
    from awaken.plan.situation import Situation

_VERIFY = "verify"


def plan_objects(situations: Sequence[Situation]) -> dict[Place, Fix | Reason]:
    """The fix of every request of an object that can change as a whole, or why it cannot.

    Args:
        situations: the findings of the rule `http` in one file.
    """
    found: dict[Place, Fix | Reason] = {}
    kinds = _kinds(situations)
    if not kinds:
        return found
    scopes = FileScopes(situations[0])
    # What stands in the cells of a notebook stands in no coroutine.
    situations = [each for each in situations if not each.in_cell]
    by_place = {each.finding.place: each for each in situations}
    done: set[ast.AST] = set()
    for call, kind in _made(scopes, kinds):
        if call not in done:
            flow = Follower(scopes, partial(_makes, scopes, kind)).follow(call)
            done.update(flow.made)
            found.update(_planned(flow, Converted(scopes, kind, by_place)))
    return found


# -- which objects there are


def _kinds(situations: Sequence[Situation]) -> list[Kind]:
    """The classes whose methods the findings call, with the client that takes the place of their objects."""
    found: dict[str, Kind] = {}
    for each in situations:
        owner = each.finding.call.rpartition(".")[0]
        exchange = each.exchange()
        if exchange is None or exchange.object is None or _is_unwanted(each, exchange):
            continue
        client = exchange.client(each.settings.http_client)
        if client:
            found.setdefault(owner, Kind(exchange, exchange.object, client))
    return list(found.values())


def _is_unwanted(situation: Situation, exchange: Exchange) -> bool:
    """Whether requests stay in threads: the configuration asks for that, or no client can be used."""
    settings = situation.settings
    configured = settings.no_http_client == "client-configured"
    return settings.http_client == "thread" and (configured or not exchange.own)


def _made(scopes: FileScopes, kinds: Sequence[Kind]) -> Iterator[tuple[ast.Call, Kind]]:
    """The calls that make such objects, whatever the file calls what makes them."""
    words = {each.rpartition(".")[2] for kind in kinds for each in kind.object.makes}
    words |= {
        each.asname
        for each in scopes.tree.nodes
        if isinstance(each, ast.alias) and each.asname and each.name.rpartition(".")[2] in words
    }
    for node in scopes.tree.nodes:
        if isinstance(node, ast.Call) and last_name(node.func) in words:
            for kind in kinds:
                if _makes(scopes, kind, node):
                    yield node, kind


def _makes(scopes: FileScopes, kind: Kind, call: ast.Call) -> bool:
    value = scopes.value(call.func)
    return isinstance(value, External) and value.name in kind.object.makes


# -- one of them


def _planned(flow: Flow, converted: Converted) -> dict[Place, Fix | Reason]:
    own = tuple(_requests(flow, converted))
    places = [place for each in own if (place := Place.of(each)) in converted.situations]
    staying = converted.scopes.situation.staying
    if not places or not staying.isdisjoint(places):
        return {}
    converted = replace(
        converted,
        own=own,
        calls=(*flow.made, *_calls(flow, converted)),
        kind=replace(converted.kind, is_shared=_is_shared(flow, converted)),
        situations={**unseen_requests(converted, own), **converted.situations},
    )
    option = flow.refusal or _fix(flow, converted)
    if isinstance(option, Fix):
        places += [
            place for each in converted.closed if (place := Place.of(each)) in converted.situations
        ]
    return dict.fromkeys(places, option)


def _requests(flow: Flow, converted: Converted) -> Iterator[ast.Call]:
    """The calls of the object's methods that make requests."""
    for node in flow.uses:
        member = converted.scopes.tree.parent(node)
        call = converted.scopes.tree.parent(member) if isinstance(member, ast.Attribute) else None
        called = isinstance(call, ast.Call) and call.func is member
        if called and getattr(member, "attr", "") in converted.kind.object.verbs:
            yield call  # type: ignore[misc]


def _calls(flow: Flow, converted: Converted) -> Iterator[ast.Call]:
    """The calls of the object's methods, and of what its attributes are."""
    tree = converted.scopes.tree
    for node in flow.uses:
        child: ast.AST = node
        for up in tree.ancestors(node):
            if isinstance(up, ast.Call) and up.func is child:
                yield up
            if not isinstance(up, (ast.Attribute, ast.Call)):
                break
            child = up


def _is_shared(flow: Flow, converted: Converted) -> bool:
    """Whether several tasks may use one object at a time."""
    functions = {converted.scopes.around(each) for each in flow.uses}
    module = converted.scopes.tree.module
    kept = any(
        isinstance(each, Attribute) or (isinstance(each, Variable) and each.of is module)
        for each in flow.holders
    )
    return kept or len(functions) > 1


def _fix(flow: Flow, converted: Converted) -> Fix | Reason:
    refusal = _uses(flow, converted) or cannot_enter(flow, converted)
    if refusal is not None:
        return refusal
    if strangers(converted):
        return reason("response-escapes")
    recipe = _recipe(flow, converted)
    if isinstance(recipe, Reason):
        return recipe
    differences = [
        *converted.differences,
        *differences_in_life(flow, converted),
        *_around(converted),
    ]
    name = f"{converted.kind.client}.{recipe.made[0].name.rpartition('.')[2]}"
    description = f"make it a `{name}`, with everything that is done with it"
    return Fix(Strategy.NATIVE, description, recipe, foremost(differences))


def _around(converted: Converted) -> Iterator[Reason]:
    """What changes because other tasks may run during a request, and while it is closed."""
    for call in (*converted.own, *converted.closed):
        known = converted.situations.get(Place.of(call))
        situation = known or situation_at(converted, call)
        difference = difference_around(situation) if situation is not None else None
        if difference is not None:
            yield difference


def _uses(flow: Flow, converted: Converted) -> Reason | None:
    """Looks at all uses; what sets something for all requests comes first."""
    own = {call.func: call for call in converted.own}
    tree = converted.scopes.tree
    for node in flow.uses:
        member = tree.parent(node)
        if member not in own:
            refusal = _other_use(converted, node, member)
            if refusal is not None:
                return refusal
    for call in converted.own:
        refusal = convert_request(converted, call)
        if refusal is not None:
            return refusal
    return None


def _other_use(converted: Converted, node: ast.expr, member: ast.AST | None) -> Reason | None:
    tree = converted.scopes.tree
    if isinstance(member, ast.Attribute):
        return convert_member(converted, member)
    compared = isinstance(member, ast.Compare) and all(
        isinstance(each, (ast.Is, ast.IsNot)) for each in member.ops
    )
    if compared or isinstance(member, ast.Expr) or is_tested(tree, node):
        return None
    return reason("client-elsewhere", f"`{first_line(tree, node)}`")


# -- its new form


def _recipe(flow: Flow, converted: Converted) -> SwapClient | Reason:
    made = made_clients(flow, converted)
    if isinstance(made, Reason):
        return made
    opened = opened_clients(flow, converted)
    if isinstance(opened, Reason):
        return opened
    annotations = annotated(flow, converted)
    if isinstance(annotations, Reason):
        return annotations
    contexts = {(each.request.context, each.request.verified) for each in converted.requests}
    if len(contexts) > 1 or _is_verified_in_two_ways(converted):
        return reason("unsupported-argument", f"`{_VERIFY}`")
    ((context, verified),) = contexts
    enclosing = bool(flow.entered or opened)
    if enclosing and not enclosed_by(flow, converted, list(opened.values())):
        converted.differences.append(reason("used-when-closed"))
    closes = converted.kind.object.members.get("close")
    exchange = converted.kind.exchange
    return SwapClient(
        target=_target(converted, flow.made[0]),
        client=converted.kind.client,
        opening=exchange.opening,
        context=context,
        bundle=exchange.bundle,
        made=made,
        requests=with_one_handler(converted.requests),
        entered=tuple(map(Place.of, flow.entered)),
        closed=tuple(map(Place.of, converted.closed)),
        closes=closes.name if closes else "",
        translations=(*converted.translations, *annotations),
        removed=tuple(map(Place.of, converted.removed)),
        opened=tuple(opened),
        verified=verified,
    )


def _is_verified_in_two_ways(converted: Converted) -> bool:
    """Whether the object says which certificates to trust, and one of its requests says it, too."""
    said = any(each.arg == _VERIFY for call in converted.own for each in call.keywords)
    return said and _VERIFY in converted.options


def _target(converted: Converted, call: ast.Call) -> Target:
    function = converted.scopes.around(call)
    index = converted.scopes.situation.index
    return Target(Place.of(call), scope_of(index, function) if function is not None else 0, 0)
