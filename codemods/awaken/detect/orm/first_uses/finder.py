"""The first uses of what is fetched when it is first used; behind them it is there."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Entry
from awaken.detect.finding import Finding, Link, Shape
from awaken.detect.loop_context import home_of
from awaken.detect.orm.first_uses.forcing import Effect, effect_of, signs
from awaken.detect.orm.first_uses.held import held_objects, plain_source
from awaken.resolve.values import UNKNOWN
from awaken.syntax.evaluated_before import is_before
from awaken.syntax.positions import Place
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from awaken.detect.orm.first_uses.held import Held
    from awaken.index.summary import FileIndex
    from awaken.resolve.resolver import Resolver
    from awaken.syntax.tree import Tree

_RULE = "django"


@dataclass(frozen=True, slots=True)
class FirstUses:
    """What a file does with such objects.

    Attributes:
        findings: their first uses.
        settled: places of uses that others report, and that block no more: the object is there.
    """

    findings: tuple[Finding, ...] = ()
    settled: frozenset[Place] = frozenset()


def first_uses(
    index: FileIndex, resolver: Resolver, tree: Callable[[], Tree], reported: frozenset[Place]
) -> FirstUses:
    """Look at every coroutine of a file.

    Args:
        index: the file's summary.
        resolver: knows the project.
        tree: gives the parsed file.
        reported: what blocks for other reasons, and goes to a thread as a whole.
    """
    by_object: dict[tuple[int, str], list[Held]] = {}
    for held in held_objects(index, resolver, tree):
        by_object.setdefault((id(held.function), held.origin), []).append(held)
    findings: list[Finding] = []
    settled: set[Place] = set()
    for places in by_object.values():
        for held, is_first in _uses(tree(), resolver, index, places, reported):
            if not is_first:
                settled.add(_reported_elsewhere(tree(), held))
            elif not _is_reported(tree(), held):
                # `session["n"] += 1` is found by what it sets as well
                settled.update((Place.of(held.node), _reported_elsewhere(tree(), held)))
                findings.append(_finding(index, held))
    return FirstUses(tuple(findings), frozenset(settled))


def _uses(
    tree: Tree,
    resolver: Resolver,
    index: FileIndex,
    places: Sequence[Held],
    reported: frozenset[Place],
) -> Iterator[tuple[Held, bool]]:
    """The uses that fetch the object, each with whether it may be the first one."""
    effects = [(each, effect_of(tree, resolver, index.path, each)) for each in places]
    known: list[ast.expr] = [each.node for each, effect in effects if effect is not Effect.NOTHING]
    known += _awaited_lambdas(places[0])
    for each, effect in effects:
        if effect is Effect.FETCHES and not (each.given and _goes_along(tree, each, reported)):
            before = (other for other in known if other is not each.node)
            set_before = _is_set_before(tree, each) or _is_signed_before(
                tree, resolver, index.path, each
            )
            yield (
                each,
                not set_before and not any(is_before(tree, other, each.node) for other in before),
            )


def _goes_along(tree: Tree, held: Held, reported: frozenset[Place]) -> bool:
    """Whether the call that is given the holder is reported itself."""
    call = next((up for up in tree.ancestors(held.node) if isinstance(up, ast.Call)), None)
    return call is not None and Place.of(call) in reported


def _awaited_lambdas(held: Held) -> Iterator[ast.Await]:
    """`await sync_to_async(lambda: request.user.name)()`, which fetches it as well."""
    for node in walk(held.function):
        if isinstance(node, ast.Await) and any(
            isinstance(each, (ast.Attribute, ast.Name)) and plain_source(each) == held.origin
            for function in walk(node.value)
            if isinstance(function, ast.Lambda)
            for each in walk(function)
        ):
            yield node


def _is_set_before(tree: Tree, held: Held) -> bool:
    """`request.user = user` in the same function."""
    return any(
        ast.unparse(target) == held.origin and is_before(tree, target, held.node)
        for node in walk(held.function)
        if isinstance(node, ast.Assign)
        for target in node.targets
    )


def _is_signed_before(tree: Tree, resolver: Resolver, path: str, held: Held) -> bool:
    """`logout(request)`: it gives the request a user, and has read the session."""
    return any(
        isinstance(node, ast.Call)
        and signs(resolver, path, node, held)
        and is_before(tree, node, held.node)
        for node in walk(held.function)
    )


def _reported_elsewhere(tree: Tree, held: Held) -> Place:
    """The place at which a use is found by what it calls: `request.session.get("cart")`."""
    parent = tree.parent(held.node)
    if held.given:
        return Place.of(held.node)
    if isinstance(parent, ast.Attribute):
        parent = tree.parent(parent) if held.loading.members else None
    return (
        Place.of(parent) if isinstance(parent, (ast.Call, ast.Subscript)) else Place.of(held.node)
    )


def _is_reported(tree: Tree, held: Held) -> bool:
    """Whether the first use is a finding by what it calls, or by what it reads an item of."""
    parent = tree.parent(held.node)
    if not held.loading.members or held.given:
        return False
    if isinstance(parent, ast.Subscript):
        return isinstance(parent.ctx, ast.Load)
    return isinstance(parent, ast.Attribute)


def _finding(index: FileIndex, held: Held) -> Finding:
    loading, place = held.loading, Place.of(held.node)
    home = home_of(index, held.scope).qualname
    function = ".".join(part for part in (index.module, home) if part)
    call = f"{held.owner}.{loading.attribute}"
    return Finding(
        rule=_RULE,
        path=index.path,
        place=place,
        shape=Shape.LOAD,
        function=function,
        scope=held.scope.number,
        suite=held.suite,
        call=call,
        entry=Entry(
            name=loading.attribute,
            rule=_RULE,
            severity=loading.severity,
            native=loading.native,
            strategies=("native", "sync_to_async"),
        ),
        value=UNKNOWN,
        message=f"the first use of `{held.origin}` asks the database inside `{home}`",
        chain=(Link(index.path, place.line, function),),
    )
