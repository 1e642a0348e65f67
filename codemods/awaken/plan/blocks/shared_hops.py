"""One hop for a whole expression or block answers every finding inside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.plan.recipes import EnterClient, HopBlock, HopExpression, NativeRequest
from awaken.plan.runners.runner_choice import django_runner_for
from awaken.syntax.positions import encloses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.fix import Fix, PlannedFinding
    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Place


def share_hops(
    planned: Sequence[PlannedFinding], situations: Sequence[Situation]
) -> list[PlannedFinding]:
    """Give the findings inside a hop the fix of that hop.

    Where Django is asked inside, the hop goes to Django's own thread: in a bare one its connections are never
    closed.

    Args:
        planned: the findings of one file.
        situations: where each of them stands.
    """
    safe, unsafe = (
        [
            _through_django(fix, planned, situation)
            for fix, situation in zip(fixes, situations, strict=True)
            if fix is not None and _is_whole(fix)
        ]
        for fixes in ([each.safe for each in planned], [each.unsafe for each in planned])
    )
    return [_left(_shared(each, safe), unsafe) for each in planned]


def _is_whole(fix: Fix) -> bool:
    return isinstance(fix.recipe, (HopBlock, HopExpression))


def _through_django(fix: Fix, planned: Sequence[PlannedFinding], situation: Situation) -> Fix:
    recipe = fix.recipe
    if not isinstance(recipe, (HopBlock, HopExpression)) or recipe.runner.is_djangos:
        return fix
    asked = any(
        each.finding.rule == "django" and encloses(recipe.target.place, each.finding.place)
        for each in planned
    )
    if not asked:
        return fix
    django = django_runner_for(situation)
    description = fix.description.replace(recipe.runner.shown, django.shown)
    return replace(fix, recipe=replace(recipe, runner=django), description=description)


def _shared(planned: PlannedFinding, hops: Sequence[Fix]) -> PlannedFinding:
    place = planned.finding.place
    around = [fix for fix in hops if encloses(fix.recipe.target.place, place)]
    if not around:
        return planned
    widest = max(around, key=lambda fix: _extent(fix.recipe.target.place))
    # Another client for the whole object remains to be chosen, for all of its calls at once.
    other = planned.unsafe if planned.unsafe and _is_client(planned.unsafe) else None
    told = planned.reason if planned.safe or other else None
    return replace(planned, safe=widest, unsafe=other, reason=told)


def _left(planned: PlannedFinding, hops: Sequence[Fix]) -> PlannedFinding:
    """What has no fix of its own goes along with a hop that is unsafe."""
    around = [fix for fix in hops if encloses(fix.recipe.target.place, planned.finding.place)]
    if planned.best is not None or not around:
        return planned
    widest = max(around, key=lambda fix: _extent(fix.recipe.target.place))
    return replace(planned, unsafe=widest, reason=widest.difference)


def _is_client(fix: Fix) -> bool:
    """Whether a fix changes what is done with an object, too, and not one call alone."""
    recipe = fix.recipe
    return isinstance(recipe, EnterClient) or bool(
        isinstance(recipe, NativeRequest) and recipe.covered
    )


def _extent(place: Place) -> tuple[int, ...]:
    """Orders places that hold the same spot by how much they hold."""
    return (-place.line, -place.column, place.end_line, place.end_column)
