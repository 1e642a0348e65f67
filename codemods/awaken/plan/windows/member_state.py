"""What the methods and properties of `self` read and set, with all that they run of the same object."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from awaken.detect.callees import Own
from awaken.detect.loop_context import enclosing_function
from awaken.index.summary import ScopeKind, Use
from awaken.resolve.values import Defined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_SETS = frozenset(("change", "store"))
_ITSELF = "self."


class MemberState(NamedTuple):
    """Attributes of the object, as `self.x`.

    Attributes:
        read: what is read.
        stored: what is bound anew or changed in place.
    """

    read: frozenset[str]
    stored: frozenset[str]


_NOTHING = MemberState(frozenset(), frozenset())


def state_behind(situation: Situation, place: str) -> MemberState:
    """What using `self.name` reads and sets, when it is a method or a property of the coroutine's own class.

    Args:
        situation: a finding in the coroutine.
        place: `self.name`.
    """
    owner = _own_class(situation)
    name = place.removeprefix(_ITSELF)
    if owner is None or name == place or "." in name:
        return _NOTHING
    callees = situation.graph.callees
    targets = callees.on(owner, Own(Use.CALL, name), None) or callees.on(
        owner, Own(Use.ATTRIBUTE, name), None
    )
    touches = [
        touch
        for target in situation.graph.closure(targets)
        if target.owner == owner
        for touch in situation.threads.traits(target.function).touches
        if touch.place.startswith(_ITSELF)
    ]
    return MemberState(
        frozenset(each.place for each in touches if each.kind not in _SETS),
        frozenset(each.place for each in touches if each.kind in _SETS),
    )


def read_through(situation: Situation, places: frozenset[str]) -> frozenset[str]:
    """What is read when some places are, those places themselves aside."""
    return frozenset(_each_read(situation, places)) - places


def _each_read(situation: Situation, places: frozenset[str]) -> Iterator[str]:
    for place in sorted(places):
        yield from state_behind(situation, place).read


def _own_class(situation: Situation) -> Defined | None:
    """The class whose method the finding stands in."""
    function = enclosing_function(situation.index, situation.scope)
    while function is not None and function.parent >= 0:
        parent = situation.index.scopes[function.parent]
        if parent.kind is ScopeKind.CLASS:
            return Defined(situation.index.path, parent.number)
        function = parent if parent.kind is ScopeKind.FUNCTION else None
    return None
