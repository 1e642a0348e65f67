"""Requests of one coroutine that one client may make: neighbours, one after the other, nothing kept in between."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, takewhile
from typing import TYPE_CHECKING

from awaken.plan.http.client_arguments import has_usual_client, may_go_without, spelled_out
from awaken.plan.http.requests import native_with
from awaken.plan.http.statement import begins_line, ends_line
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.plan.recipes import (
    AwaitMember,
    CollectAsync,
    HopCall,
    HopExpression,
    IterateAsync,
    NativeCall,
    NativeRequest,
    SharedClient,
    SwapCall,
    Target,
)
from awaken.syntax.suites import place_of, suites_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.catalogue.exchange import Exchange
    from awaken.plan.fix import Fix, PlannedFinding
    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Place

# Lines between two requests that are not worth moving in for the sake of one client.
_FAR = 10
# What changes inside of a line only, wherever that line is moved.
_INLINE = (SwapCall, NativeCall, HopCall, HopExpression, AwaitMember, CollectAsync, IterateAsync)
# The client asks for proxies when it is made.
_ENVIRONMENT = frozenset({"environ", "putenv", "unsetenv", "load_dotenv"})


@dataclass(frozen=True, slots=True)
class _Member:
    """A request with a client of its own, so far.

    Attributes:
        number: of the finding.
        situation: where it stands.
        fix: what is planned for it.
        recipe: the recipe of that.
        statement: the statement that it stands in.
        function: the function that it stands in.
    """

    number: int
    situation: Situation
    fix: Fix
    recipe: NativeRequest
    statement: ast.stmt
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def share_clients(
    situations: Sequence[Situation], planned: Sequence[PlannedFinding]
) -> list[PlannedFinding]:
    """The plan with one client for neighbouring requests, where that is the same and no longer.

    A client of its own forgets the cookies that a response sets. One that is shared is made to: requests of
    one coroutine never run at the same time. It keeps no connection, either.

    Args:
        situations: the findings of one file.
        planned: what is planned for each of them.
    """
    settled = list(planned)
    members = sorted(
        _members(situations, planned), key=lambda each: each.situation.tree.span(each.statement)
    )
    by_function = sorted(members, key=lambda each: each.situation.tree.span(each.function))
    for _, found in groupby(by_function, key=lambda each: each.function):
        for group in _groups(list(found), planned):
            recipe = _shared(group)
            if recipe is not None:
                for member in group:
                    whole = _with_recipe(settled[member.number], member.fix, recipe)
                    settled[member.number] = whole
    return settled


def _members(
    situations: Sequence[Situation], planned: Sequence[PlannedFinding]
) -> Iterator[_Member]:
    for number, (situation, each) in enumerate(zip(situations, planned, strict=True)):
        for fix in (each.safe, each.unsafe):
            if fix is None or not isinstance(fix.recipe, NativeRequest):
                continue
            if fix.recipe.owner is None and not fix.recipe.entered and not fix.recipe.covered:
                statement = situation.tree.statement(situation.node)
                ancestors = situation.tree.ancestors(situation.node)
                function = next(up for up in ancestors if isinstance(up, FUNCTIONS))
                yield _Member(number, situation, fix, fix.recipe, statement, function)


def _with_recipe(planned: PlannedFinding, fix: Fix, recipe: SharedClient) -> PlannedFinding:
    first = recipe.requests[0]
    name = f"{first.client}.{first.opening.name}"
    description = f"await a request of one `{name}` for {len(recipe.requests)}"
    shared = replace(fix, recipe=recipe, description=description)
    if planned.safe is fix:
        return replace(planned, safe=shared)
    return replace(planned, unsafe=shared)


def _groups(members: list[_Member], planned: Sequence[PlannedFinding]) -> Iterator[list[_Member]]:
    """Neighbours in the text, as many together as can be."""
    while members:
        group = [members.pop(0)]
        while more := _next(group, members):
            if not _may_join(group, more, planned):
                break
            group += more
            del members[: len(more)]
        if len(group) > 1:
            yield group


def _next(group: list[_Member], members: list[_Member]) -> list[_Member]:
    """The next request, and those behind it that stand in the same statement of the block."""
    stretch = _stretch([*group, members[0]]) if members else []
    if not stretch:
        return []
    tree = group[0].situation.tree
    end = tree.span(stretch[-1]).end
    return list(takewhile(lambda each: tree.span(each.statement).start < end, members))


def _may_join(group: list[_Member], more: list[_Member], planned: Sequence[PlannedFinding]) -> bool:
    together = [*group, *more]
    stretch = _stretch(together)
    # What is safe stays selected without what is not.
    alike = len({each.fix.difference is None for each in together}) == 1
    if not alike or not stretch or _arguments(together) is None:
        return False
    tree = group[0].situation.tree
    if not begins_line(tree, stretch[0]) or not ends_line(tree, stretch[-1]):
        return False
    near = all(_lines_between(*pair) <= _FAR for pair in pairwise([group[-1], *more]))
    if not near or not all(map(_is_harmless, stretch)):
        return False
    place = place_of(stretch)
    mine = {each.number for each in together}
    others = (each for number, each in enumerate(planned) if number not in mine)
    return not any(_is_in_the_way(each, place) for each in others)


def _stretch(group: list[_Member]) -> list[ast.stmt]:
    """The statements from the first request to the last, in the block of the first one; none where that ends before.

    The first request stands in no block of its own: where the client is made, it would have been made, too.
    """
    tree = group[0].situation.tree
    parent = tree.parent(group[0].statement)
    suites = suites_of(parent) if parent is not None else ()
    suite = next((each for each in suites if group[0].statement in each), [])
    last = [group[-1].statement, *tree.ancestors(group[-1].statement)]
    ends = [number for number, each in enumerate(suite) if each in last]
    return suite[suite.index(group[0].statement) : ends[0] + 1] if ends else []


def _lines_between(one: _Member, other: _Member) -> int:
    return other.statement.lineno - (one.statement.end_lineno or one.statement.lineno) - 1


def _is_harmless(statement: ast.stmt) -> bool:
    """Whether a statement may stand in a longer `async with`: no consumer may leave it open, no proxy be changed."""
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return False
        if isinstance(node, ast.Name) and node.id in _ENVIRONMENT:
            return False
        if isinstance(node, ast.Attribute) and node.attr in _ENVIRONMENT:
            return False
        if not isinstance(node, FUNCTIONS):
            pending.extend(ast.iter_child_nodes(node))
    return True


def _is_in_the_way(planned: PlannedFinding, stretch: Place) -> bool:
    """Whether something else is planned that moves lines of the stretch, or makes a client in it."""
    return any(
        not isinstance(fix.recipe, _INLINE)
        and any(
            _overlap(stretch, place) for place in (planned.finding.place, fix.recipe.target.place)
        )
        for fix in (planned.safe, planned.unsafe)
        if fix is not None
    )


def _overlap(one: Place, other: Place) -> bool:
    return one[:2] < other[2:] and other[:2] < one[2:]


# -- the client


def _shared(group: list[_Member]) -> SharedClient | None:
    """The recipe for a group: its requests are planned anew, as all of them change or none."""
    arguments = _arguments(group)
    exchange = group[0].situation.exchange()
    if arguments is None or exchange is None or exchange.sharing is None:
        return None
    calls = [each.situation.call for each in group]
    requests = [native_with(each.situation, calls) for each in group]
    if not all(isinstance(each, NativeRequest) for each in requests):
        return None
    first = group[0]
    scope, suite = first.recipe.target.scope, first.recipe.target.suite
    return SharedClient(
        target=Target(place_of(_stretch(group)), scope, suite),
        arguments=tuple(arguments.items()),
        constants=tuple(
            (each.name, f"_{each.name.upper()}", each.text) for each in exchange.sharing.client
        ),
        between=exchange.sharing.between,
        requests=tuple(
            spelled_out(request, member.situation.call, exchange, arguments)
            for member, request in zip(group, requests, strict=True)
            if isinstance(request, NativeRequest)
        ),
    )


def _arguments(group: list[_Member]) -> dict[str, str] | None:
    """The arguments of a client for all of them, or None where one of them needs another client."""
    exchange = group[0].situation.exchange()
    if exchange is None or exchange.sharing is None:
        return None
    found: dict[str, str] = {}
    usual = {each.name: each.text for each in exchange.client_defaults}
    for member in group:
        if _kind(member) != _kind(group[0]) or not has_usual_client(member.recipe, exchange):
            return None
        found.update(member.recipe.client_arguments)
    common = {name: text for name, text in usual.items() if name in found}
    if not all(may_go_without(each.recipe, exchange, common) for each in group):
        return None
    return common


def _kind(member: _Member) -> tuple[Exchange | None, str, str]:
    """What two requests must agree on: how they are made, the library of the client, and its certificates."""
    return member.situation.exchange(), member.recipe.client, member.recipe.context
