"""Locks, events and queues of threads that only coroutines use: asyncio's are what they should be.

Everything that is done with such an object changes together, or nothing does. Where all of it is done by coroutines of
one loop nobody could ever have ended a wait, since the loop stood still meanwhile: whatever came to an end before has
not waited, and asyncio's objects do not suspend a task that has nothing to wait for. So the fix opens no window.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Severity
from awaken.index.expressions import plain_term
from awaken.plan import since
from awaken.plan.await_position import AwaitPosition, await_position
from awaken.plan.fix import Fix, PlannedFinding, Strategy
from awaken.plan.reasons import reason
from awaken.plan.recipes import Demote, HopBlock, HopExpression, SwapObject, Target
from awaken.plan.runners.foreign_loop import EventLoop, event_loop
from awaken.plan.waits.object_owner import Owner, owner_of
from awaken.plan.windows.changes import SUSPENDS
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External, sole
from awaken.syntax.positions import Place, Span, encloses
from awaken.syntax.suites import statements_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from awaken.catalogue.schema import TypeEntry
    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp)
# How many arguments a method takes that waits without end.
_ARGUMENTS = {"put": 1}
# asyncio raises errors of its own here.
_OTHER_ERRORS = frozenset(("get_nowait", "put_nowait"))
_MOVES = (Demote, HopBlock, HopExpression)


@dataclass(frozen=True, slots=True)
class Twin:
    """An object that may become asyncio's.

    Attributes:
        recipe: all that changes.
        uses: where it is waited for: the findings that this answers.
        freed: where it is entered or acquired.
        named: every place that uses it, in any way.
        one_loop: whether it is certain that one loop runs all of them.
    """

    recipe: SwapObject
    uses: frozenset[Place]
    freed: frozenset[Place]
    named: frozenset[Place]
    one_loop: bool

    @property
    def fix(self) -> Fix:
        return Fix(Strategy.NATIVE, f"make it an `{self.recipe.made}`, everywhere", self.recipe)


@dataclass(frozen=True, slots=True)
class _Uses:
    awaited: tuple[ast.Call, ...]
    entered: tuple[ast.With, ...]


def twins_in(situations: Sequence[Situation]) -> tuple[Twin, ...]:
    """The objects of a file that only coroutines use.

    Args:
        situations: the findings of the file.
    """
    waits = {
        each.finding.place: each
        for each in situations
        if not each.finding.into and each.finding.entry.in_twin and _is_asked_for(each)
    }
    if not waits or event_loop(situations[0]) is not EventLoop.ASYNCIO:
        return ()
    asked = situations[0].settings.strategies
    if asked and Strategy.NATIVE.value not in asked:
        return ()
    found = (_twin(situations[0], call, waits) for call in _constructions(situations[0]))
    return tuple(each for each in found if each is not None)


def _is_asked_for(situation: Situation) -> bool:
    """Whether the finding is reported when it is what keeps others from being fixed."""
    finding = situation.finding
    worst = replace(finding, entry=replace(finding.entry, severity=Severity.HIGH))
    return situation.settings.asks_for(worst)


def _constructions(situation: Situation) -> Iterator[ast.Call]:
    for node in situation.tree.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            parent = situation.tree.parent(node)
            if isinstance(parent, (ast.Assign, ast.AnnAssign)) and parent.value is node:
                yield node


def _made(situation: Situation, node: ast.expr) -> tuple[TypeEntry, str] | None:
    """The type that a callee makes, and what makes its twin."""
    value = sole(situation.resolver.values(plain_term(node), Where(situation.index.path, 0)))
    if not isinstance(value, External):
        return None
    kind = situation.resolver.catalogue.type(value.name)
    if kind is None or not kind.twin:
        return None
    return kind, f"{kind.twin}.{value.name.rpartition('.')[2]}"


def _twin(situation: Situation, call: ast.Call, waits: Mapping[Place, Situation]) -> Twin | None:
    made = _made(situation, call.func)
    owner = owner_of(situation, call) if made is not None else None
    if made is None or owner is None:
        return None
    if not owner.is_local and situation.settings.target_python < since.PRIMITIVES_ANYWHERE:
        return None
    annotation = _annotation(situation, call, made[1])
    uses = _uses(situation, owner, made[0])
    if uses is None or annotation is None:
        return None
    entered = [statement.items[0].context_expr for statement in uses.entered]
    places = frozenset(Place.of(each) for each in (*uses.awaited, *entered))
    if not places or not places <= waits.keys():
        return None
    recipe = SwapObject(
        Target(Place.of(call), owner.scope, 0),
        made[1],
        annotation or None,
        tuple(map(Place.of, uses.awaited)),
        tuple(map(Place.of, uses.entered)),
        tuple(_holding(situation, uses)),
    )
    acquired = (each for each in uses.awaited if _member(each) == "acquire")
    freed = frozenset(Place.of(each) for each in (*acquired, *entered))
    named = frozenset(map(Place.of, owner.uses))
    return Twin(recipe, places, freed, named, one_loop=owner.is_local)


def _annotation(situation: Situation, call: ast.Call, twin: str) -> Span | tuple[()] | None:
    """What names the type in the annotation of the variable; empty without one, None where it is another one."""
    parent = situation.tree.parent(call)
    if not isinstance(parent, ast.AnnAssign):
        return ()
    made = _made(situation, parent.annotation)
    return situation.tree.span(parent.annotation) if made and made[1] == twin else None


def _holding(situation: Situation, uses: _Uses) -> Iterator[Place]:
    """Where the object may be held."""
    yield from map(Place.of, uses.entered)
    for call in uses.awaited:
        if _member(call) == "acquire":
            for up in situation.tree.ancestors(call):
                if isinstance(up, ast.AsyncFunctionDef):
                    yield Place.of(up)
                    break


def _member(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _uses(situation: Situation, owner: Owner, kind: TypeEntry) -> _Uses | None:
    """Everything that is done with the object; None where that is more than its twin can do."""
    awaited: list[ast.Call] = []
    entered: list[ast.With] = []
    for node in owner.uses:
        if not _in_coroutine(situation, node):
            return None
        statement = _entered_by(situation, node)
        call = _call_on(situation, node)
        if statement is not None and "__enter__" in kind.members:
            entered.append(statement)
        elif call is None or not _is_the_same(situation, call, kind):
            return None
        elif kind.members[_member(call)].in_twin:
            awaited.append(call)
    return _Uses(tuple(awaited), tuple(entered))


def _in_coroutine(situation: Situation, node: ast.AST) -> bool:
    around = (up for up in situation.tree.ancestors(node) if isinstance(up, _FUNCTIONS))
    return isinstance(next(around, None), ast.AsyncFunctionDef)


def _entered_by(situation: Situation, node: ast.expr) -> ast.With | None:
    """The `with` that enters the object, and nothing else."""
    item = situation.tree.parent(node)
    statement = situation.tree.parent(item) if isinstance(item, ast.withitem) else None
    alone = isinstance(statement, ast.With) and len(statement.items) == 1
    if not alone or not isinstance(item, ast.withitem) or item.optional_vars is not None:
        return None
    return statement if isinstance(statement, ast.With) else None


def _call_on(situation: Situation, node: ast.expr) -> ast.Call | None:
    """The call of a method of the object."""
    member = situation.tree.parent(node)
    call = situation.tree.parent(member) if isinstance(member, ast.Attribute) else None
    return call if isinstance(call, ast.Call) and call.func is member else None


def _is_the_same(situation: Situation, call: ast.Call, kind: TypeEntry) -> bool:
    """Whether the twin has the same method, and gives the same."""
    member = _member(call)
    entry = kind.members.get(member)
    if entry is None or member in _OTHER_ERRORS or call.keywords:
        return False
    if len(call.args) != _ARGUMENTS.get(member, 0) or any(
        isinstance(each, ast.Starred) for each in call.args
    ):
        return False
    if not entry.in_twin:
        return not entry.blocks
    return await_position(situation, call) == AwaitPosition()


def moved_away(twin: Twin, planned: Sequence[PlannedFinding]) -> bool:
    """Whether a use of the object would go into a thread, with the statements or the function around it."""
    fixes = [fix for each in planned for fix in (each.safe, each.unsafe) if fix is not None]
    return any(
        isinstance(fix.recipe, _MOVES) and encloses(fix.recipe.target.place, place)
        for fix in fixes
        for place in twin.named
    )


def worthwhile_twins(
    planned: Sequence[PlannedFinding], situations: Sequence[Situation]
) -> list[PlannedFinding]:
    """Leave locks alone that are held for a moment only; report the others as what they keep from being fixed.

    Args:
        planned: the findings of a file.
        situations: where each of them stands.
    """
    gains: dict[SwapObject, list[_Gain]] = {}
    for each, situation in zip(planned, situations, strict=True):
        recipe = each.safe.recipe if each.safe else None
        if isinstance(recipe, SwapObject):
            found = [*_held_up(recipe, planned), *_own(situation, recipe)]
            gains.setdefault(recipe, []).extend(found)
    return [_weighed(each, gains) for each in planned]


@dataclass(frozen=True, slots=True)
class _Gain:
    """Something that an object of the loop makes better: how long it blocked, and what else it changes."""

    severity: Severity
    difference: Reason | None = None


def _held_up(recipe: SwapObject, planned: Sequence[PlannedFinding]) -> Iterator[_Gain]:
    """What is fixed while the object is held."""
    for each in planned:
        fix, severity = each.best, each.finding.entry.severity
        if fix is None or severity is None or isinstance(fix.recipe, SwapObject):
            continue
        if any(encloses(place, fix.recipe.target.place) for place in recipe.holding):
            yield _Gain(severity, fix.difference)


def _own(situation: Situation, recipe: SwapObject) -> Iterator[_Gain]:
    """The wait itself: it lasts for ever where something is awaited while a lock is held."""
    severity = situation.finding.entry.severity or Severity.LOW
    if severity is not Severity.LOW:
        yield _Gain(severity)
    for place in recipe.entered:
        statements = statements_at(situation.tree, place)
        if any(isinstance(node, SUSPENDS) for each in statements for node in ast.walk(each)):
            yield _Gain(Severity.HIGH)


def _weighed(
    planned: PlannedFinding, gains: Mapping[SwapObject, Sequence[_Gain]]
) -> PlannedFinding:
    fix, finding = planned.safe, planned.finding
    if fix is None or not isinstance(fix.recipe, SwapObject):
        return planned
    found = gains[fix.recipe]
    if not found:
        return PlannedFinding(finding, reason=reason(finding.entry.refuse or "not-known"))
    own = finding.entry.severity or Severity.LOW
    severity = max((own, *(each.severity for each in found)), key=lambda one: one.rank)
    told = replace(finding, entry=replace(finding.entry, severity=severity))
    if any(each.difference is None for each in found):
        return PlannedFinding(told, fix)
    # By itself it would change nothing for the better.
    difference = found[0].difference
    return PlannedFinding(told, unsafe=fix.but(difference), reason=difference)
