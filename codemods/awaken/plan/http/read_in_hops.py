"""Responses whose members would be awaited inside of what a thread takes over as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.plan.recipes import HopBlock, HopExpression, NativeRequest, single_recipes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from awaken.plan.fix import Fix, PlannedFinding
    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Offsets, Place, Span


def read_in_hops(
    situations: Sequence[Situation], planned: Sequence[PlannedFinding]
) -> frozenset[Place]:
    """The requests of which a member is awaited inside of a block, or an expression, that is one hop.

    No `await` may stand there: `with open(path, "wb") as f: f.write(r.content)` becomes a plain function.

    Args:
        situations: the findings of a file.
        planned: what would be done about each, in the same order.
    """
    if not situations:
        return frozenset()
    offsets = situations[0].tree.offsets
    found: set[Place] = set()
    for unsafe in (False, True):
        chosen = [each.chosen(unsafe=unsafe) for each in planned]
        hops = list(_hops(chosen, offsets))
        found.update(
            each.target.place
            for fix in chosen
            for each in _requests(fix)
            if any(hop.contains(span) for span in _awaited(each) for hop in hops)
        )
    return frozenset(found)


def _hops(fixes: Iterable[Fix | None], offsets: Offsets) -> Iterator[Span]:
    for fix in fixes:
        for recipe in single_recipes(fix.recipe) if fix is not None else ():
            if isinstance(recipe, (HopBlock, HopExpression)):
                yield offsets.span_of(recipe.target.place)


def _requests(fix: Fix | None) -> Iterator[NativeRequest]:
    for recipe in single_recipes(fix.recipe) if fix is not None else ():
        if isinstance(recipe, NativeRequest):
            yield recipe


def _awaited(request: NativeRequest) -> Iterator[Span]:
    return (each.span for each in request.translations if "await " in each.template)
