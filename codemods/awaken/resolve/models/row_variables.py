"""Methods of managers and querysets that give rows: of the manager's own model, whatever it is.

`class Rows(models.QuerySet[T])` with `def get_or_none(self) -> T | None`: on `Player.objects` that gives a player.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Constant, Item, Name, Operation, last_part
from awaken.resolve.containers import sequence
from awaken.resolve.models.model_managers import SOME_MODEL
from awaken.resolve.values import NOTHING, Defined, External, Instance

if TYPE_CHECKING:
    from awaken.index.summary import Scope
    from awaken.index.terms import Term
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_SOME_ROW = Instance(SOME_MODEL)
_LISTS = frozenset(("list", "List", "Sequence", "Iterable", "Iterator", "Collection"))


def annotated_rows(
    resolver: Resolver, function: Defined, scope: Scope, receiver: Instance | None
) -> frozenset[Value]:
    """What a method gives by the type variable of its class; nothing where its annotation names none.

    Args:
        resolver: knows the project.
        function: the method.
        scope: its scope.
        receiver: what it is called on.
    """
    model = receiver.element if receiver is not None else None
    owner = resolver.scope(Defined(function.path, max(scope.parent, 0)))
    if owner is None or scope.annotation is None or not isinstance(model, (External, Defined)):
        return NOTHING
    variables = {
        base.index.id
        for base in owner.bases
        if isinstance(base, Item) and isinstance(base.index, Name)
    }
    annotated = getattr(scope.annotation, "type", scope.annotation)
    return _rows(annotated, variables, Instance(model)) if variables else NOTHING


def own_rows(found: frozenset[Value], model: Value) -> frozenset[Value]:
    """What a method of a manager gives, where rows of some model are those of the manager's own."""
    if not isinstance(model, (External, Defined)) or _SOME_ROW not in found:
        return found
    return (found - {_SOME_ROW}) | {Instance(model)}


def _rows(term: Term, variables: set[str], row: Instance) -> frozenset[Value]:
    if isinstance(term, Name):
        return frozenset({row}) if term.id in variables else NOTHING
    if isinstance(term, Operation) and term.operator == "BitOr":
        sides = [each for each in (term.left, term.right) if not _is_none(each)]
        return _rows(sides[0], variables, row) if len(sides) == 1 else NOTHING
    if not isinstance(term, Item):
        return NOTHING
    held = _rows(term.index, variables, row)
    if last_part(term.base) in _LISTS:
        return frozenset({sequence(held)}) if held else NOTHING
    return held if last_part(term.base) == "Optional" else NOTHING


def _is_none(term: Term) -> bool:
    return isinstance(term, Constant) and term.type == "NoneType"
