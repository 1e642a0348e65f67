"""The difference that an `await` makes where a finding stands, whatever the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.plan.windows.clean_up import skipped_clean_up
from awaken.plan.windows.file_updates import update_through_project
from awaken.plan.windows.file_window import update_torn_apart
from awaken.plan.windows.interrupts import interrupt_elsewhere
from awaken.plan.windows.member_window import window_through_members
from awaken.plan.windows.race import opened_window
from awaken.plan.windows.relied_on import item_relied_on

if TYPE_CHECKING:
    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation


def difference_around(situation: Situation) -> Reason | None:
    """What changes when other tasks may run where the finding stands, or None.

    Between the cells of a notebook they may run in any case. What runs a loop there lets them run today, if
    anything has made it work at all.
    """
    if situation.in_cell:
        return None
    if situation.finding.entry.refuse == "running-loop":
        return skipped_clean_up(situation)
    return (
        opened_window(situation)
        or window_through_members(situation)
        or item_relied_on(situation)
        or update_torn_apart(situation)
        or update_through_project(situation)
        or skipped_clean_up(situation)
        or interrupt_elsewhere(situation)
    )
