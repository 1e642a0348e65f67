"""Where a name belongs among others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.project.facts import normalised, split_requirement

if TYPE_CHECKING:
    from collections.abc import Sequence

_TELLING = 2


def position_among(name: str, others: Sequence[str]) -> int:
    """Return where to insert a name: in order where the others are, else behind all of them.

    Args:
        name: a distribution.
        others: requirements or names, as they are written.
    """
    keys = [_key(other) for other in others]
    if len(keys) < _TELLING or keys != sorted(keys):
        return len(keys)
    return sum(key < normalised(name) for key in keys)


def _key(requirement: str) -> str:
    split = split_requirement(requirement)
    return split[0] if split else requirement.lower()
