"""`file-io = "aiofiles"`: a `with` on an open file as an `async with` on the library's own.

Each method is a hop of its own there, so a loop over the lines of a file takes several hundred times as long as one hop
for the whole block does: it is done where the project asks for it.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan.await_position import await_position, generator_position
from awaken.plan.fix import Fix, PlannedFinding, Strategy
from awaken.plan.handles.async_file_apis import ASYNC_FILE_APIS, OPENERS, AsyncFileApi
from awaken.plan.handles.opening import Opening, is_bound_once, is_left, opening_of
from awaken.plan.handles.uses import is_kept, is_tested, loads_of
from awaken.plan.names_in_scope import SCOPES, free_reads
from awaken.plan.reasons import reason
from awaken.plan.recipes import AsyncFile, AwaitMember, IterateAsync, Target
from awaken.plan.runners.foreign_loop import EventLoop, event_loop
from awaken.plan.windows.critical_section import held_around
from awaken.plan.windows.differences import difference_around
from awaken.syntax.positions import Place
from awaken.syntax.walking import walk
from awaken.syntax.with_header import header_gaps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

_LISTED = (ast.ListComp, ast.SetComp, ast.DictComp)


def use_async_files(
    situations: Sequence[Situation], planned: Sequence[PlannedFinding]
) -> list[PlannedFinding]:
    """Give each `with open(...)` the form of the library that the project asks for, where it has one.

    Args:
        situations: the findings of one file.
        planned: what would be done about each otherwise.
    """
    found = list(planned)
    api = ASYNC_FILE_APIS.get(situations[0].settings.file_io) if situations else None
    if api is None or not _asks_for_native(situations[0]):
        return found
    for number, (situation, each) in enumerate(zip(situations, planned, strict=True)):
        opens = situation.finding.call in OPENERS and (each.best is not None or is_left(each))
        opening = opening_of(situation) if opens else None
        if opening is None or not isinstance(opening.statement, ast.With) or opening.item:
            continue
        fix = _translated(opening, api, situations)
        if fix is None:
            why = reason("no-async-file", f"`{api.name}`")
            found[number] = replace(found[number], reason=found[number].reason or why)
            continue
        for other, use in enumerate(situations):
            if _belongs_to(use.node, opening.statement, fix):
                found[other] = _answered(found[other], fix)
    return found


def _asks_for_native(situation: Situation) -> bool:
    asked = situation.settings.strategies
    return not asked or Strategy.NATIVE.value in asked


def _answered(planned: PlannedFinding, fix: Fix) -> PlannedFinding:
    if fix.difference is None:
        return PlannedFinding(planned.finding, fix)
    return replace(planned, unsafe=fix, reason=fix.difference)


def _belongs_to(node: ast.expr, statement: ast.With, fix: Fix) -> bool:
    recipe = fix.recipe
    places = {part.target.place for part in recipe.parts} if isinstance(recipe, AsyncFile) else ()
    return Place.of(node) in places or any(item.context_expr is node for item in statement.items)


def _translated(first: Opening, api: AsyncFileApi, situations: Sequence[Situation]) -> Fix | None:
    """The fix for a `with`, or None where something in it has no equal."""
    statement, situation = first.statement, first.situation
    if not isinstance(statement, ast.With) or held_around(situation) is not None:
        return None
    if event_loop(situation) is not EventLoop.ASYNCIO and not api.on_any_loop:
        return None
    openings = [_opening_at(item, situations) for item in statement.items]
    if not header_gaps(situation.tree, statement, ()):
        return None
    parts: list[AwaitMember | IterateAsync] = []
    for opening in openings:
        uses = _uses(opening, api) if opening is not None else None
        if opening is None or uses is None:
            return None
        parts += uses
    if await_position(situation, situation.node).refusal is not None:
        return None
    target = Target(Place.of(statement), situation.finding.scope, situation.finding.suite)
    calls = tuple(Place.of(item.context_expr) for item in statement.items)
    recipe = AsyncFile(target, api.opener, api.is_awaited, calls, tuple(parts))
    fix = Fix(
        Strategy.NATIVE, f"open it with `{api.opener}`, and await each of its methods", recipe
    )
    around = (_difference(each) for each in situations if _belongs_to(each.node, statement, fix))
    return fix.but(next((each for each in around if each is not None), None))


def _difference(situation: Situation) -> Reason | None:
    """What changes where a use stands; tests that patch `open` would no longer reach it."""
    return difference_around(situation) or situation.replaced_in_tests()


def _opening_at(item: ast.withitem, situations: Sequence[Situation]) -> Opening | None:
    """What an item of a `with` opens, where that is a file."""
    for situation in situations:
        if situation.node is item.context_expr and situation.finding.call in OPENERS:
            return opening_of(situation)
    return None


def _uses(opening: Opening, api: AsyncFileApi) -> list[AwaitMember | IterateAsync] | None:
    """Every use of a file in its new form, or None where one has none."""
    if opening.has_target and not opening.name:
        return None  # `with open(path) as self.file`: other functions may read it
    if opening.name and (not is_bound_once(opening) or _is_read_elsewhere(opening)):
        return None
    found = []
    for load in loads_of(opening):
        if is_kept(opening, load):
            return None
        use = list(_use(opening, load, api))
        if None in use:
            return None
        found += [each for each in use if each is not None]
    return found


def _is_read_elsewhere(opening: Opening) -> bool:
    """`with open(path) as file, open(file.readline()) as other`, or a function in front that reads the variable."""
    situation, statement = opening.situation, opening.statement
    items = statement.items[opening.item + 1 :] if isinstance(statement, ast.With) else []
    inner = (
        node
        for node in walk(situation.function())
        if node is not situation.function() and isinstance(node, SCOPES)
    )
    return any(
        opening.name in free_reads(each) for each in (*(i.context_expr for i in items), *inner)
    )


def _use(
    opening: Opening, load: ast.Name, api: AsyncFileApi
) -> Iterator[AwaitMember | IterateAsync | None]:
    """The recipe for one use; nothing where it stays as it is, and None where it has no equal."""
    situation = opening.situation
    tree, parent = situation.tree, situation.tree.parent(load)
    if load.lineno in situation.index.suppressed:
        yield None
    elif isinstance(parent, ast.Attribute):
        call = tree.parent(parent)
        called = isinstance(call, ast.Call) and call.func is parent
        if called and isinstance(call, ast.Call) and parent.attr in api.methods:
            yield _awaited(situation, call, api.methods[parent.attr])
        elif parent.attr not in api.attributes:
            yield None
    elif isinstance(parent, ast.For) and parent.iter is load:
        yield IterateAsync(_target(situation, load))
    elif isinstance(parent, ast.comprehension) and isinstance(tree.parent(parent), _LISTED):
        refused = generator_position(situation, load).refusal
        yield None if refused else IterateAsync(_target(situation, load))
    elif not is_tested(parent):
        yield None


def _awaited(situation: Situation, call: ast.Call, member: str) -> AwaitMember | None:
    position = await_position(situation, call)
    plain = position.refusal is None and position.short_circuit is None and not position.generator
    return AwaitMember(_target(situation, call), member) if plain else None


def _target(situation: Situation, node: ast.expr) -> Target:
    return Target(Place.of(node), situation.finding.scope, situation.finding.suite)
