"""Which kinds of fixes are made, and which of them is preferred: `strategies = ["sync", "native", "thread"]`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from awaken.plan.fix import Fix, PlannedFinding, Reason, Strategy
from awaken.plan.offload import plan_offload
from awaken.plan.orm.planner import in_djangos_thread
from awaken.plan.reasons import reason
from awaken.plan.sync.demotion import demotions
from awaken.plan.waits.own_thread import plan_own_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.situation import Situation

Options: TypeAlias = "list[Fix | Reason]"
_NOT_ASKED = "strategy-not-asked"


def asked_for(situation: Situation, options: Options) -> Options:
    """What could be done about a finding, of the kinds that the project asks for, in its order.

    Args:
        situation: the finding.
        options: what could be done, in the catalogue's order.
    """
    asked = situation.settings.strategies
    if not asked:
        return options
    found = [*options, *_in_thread(situation, options)]
    fixes = [each for each in found if isinstance(each, Fix)]
    ranked = sorted((rank, n) for n, fix in enumerate(fixes) if (rank := _rank(fix, asked)) >= 0)
    reasons = [each for each in found if isinstance(each, Reason)]
    if fixes and not ranked:
        reasons.insert(0, reason(_NOT_ASKED, f"`{fixes[0].strategy.value}`"))
    return [*(fixes[n] for _, n in ranked), *reasons]


def _in_thread(situation: Situation, options: Options) -> Options:
    """The thread, where only the native form was planned because it is the better one."""
    native = [
        each for each in options if isinstance(each, Fix) and each.strategy is Strategy.NATIVE
    ]
    if len(native) != len(options) or not native:
        return []
    if situation.finding.rule == "loop":
        return []  # a thread has no running loop to ask for
    if Strategy.THREAD.value not in situation.settings.strategies:
        return []
    if situation.finding.rule == "django":
        return in_djangos_thread(situation)
    plan = plan_own_thread if situation.finding.entry.waits else plan_offload
    return [each for each in plan(situation) if isinstance(each, Fix)]


def _rank(fix: Fix, asked: Sequence[str]) -> int:
    """The place of a fix among the kinds asked for; -1 where it is none of them."""
    names = [fix.strategy.value]
    if fix.strategy is Strategy.BLOCK:
        names.append(Strategy.THREAD.value)
    return next((asked.index(name) for name in names if name in asked), -1)


def with_demotions(
    situations: Sequence[Situation], planned: Sequence[PlannedFinding]
) -> list[PlannedFinding]:
    """Make plain functions of the coroutines around findings, where that is asked for and preferred.

    Args:
        situations: the findings of a file.
        planned: what would be done about each otherwise.
    """
    asked = situations[0].settings.strategies if situations else ()
    if Strategy.SYNC.value not in asked:
        return list(planned)
    rank = asked.index(Strategy.SYNC.value)
    better = {
        situation.home.number
        for situation, each in zip(situations, planned, strict=True)
        if each.best is not None and _rank(each.best, asked) < rank
    }
    return [
        each if situation.home.number in better else _demoted(each, option)
        for situation, each, option in zip(situations, planned, demotions(situations), strict=True)
    ]


def _demoted(planned: PlannedFinding, option: Fix | Reason) -> PlannedFinding:
    if isinstance(option, Reason):
        told = planned.reason is not None and planned.reason.code != _NOT_ASKED
        return planned if planned.best or told else replace(planned, reason=option)
    if option.difference is None:
        return PlannedFinding(planned.finding, option)
    why = planned.reason if planned.safe is not None else option.difference
    return replace(planned, unsafe=option, reason=why)
