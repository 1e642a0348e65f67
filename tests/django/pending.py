"""Views of the bookshop that are not put right yet, and what is missing.

The test of a view that stands here must fail; when it no longer does, the view goes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pending:
    """Some views that wait for the same thing.

    Attributes:
        missing: what is not known, found or written so far.
        names: the views.
        since: only from this version of Django on.
        state: only in this one of the states that awaken makes; none stands for all.
    """

    missing: str
    names: tuple[str, ...]
    since: tuple[int, ...] = ()
    state: str | None = None


PENDING: tuple[Pending, ...] = (
    Pending(
        "only with --unsafe-fixes: the decorator has opened no transaction around a coroutine so far",
        ("atomic_decorated",),
    ),
    Pending(
        "a relation that is read in a block and behind it", ("generic_relation",), state="blocks"
    ),
)


def why_pending(name: str, django: tuple[int, ...], state: str) -> str | None:
    """What is missing for a view under a version of Django in a state; None where nothing is."""
    for each in PENDING:
        if name in each.names and django >= each.since and each.state in (None, state):
            return each.missing
    return None
