"""The lowest version that a requirement allows, in the spellings of pip, poetry and conda."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLAUSE = re.compile(r"(===|==|~=|>=|<=|!=|\^|~|>|<|=)?\s*v?([^\s,<>=!~^|]+)")
_RAISES_THE_FLOOR = frozenset({"===", "==", "~=", ">=", ">", "=", "^", "~", ""})


def lowest_version(constraint: str) -> Version | None:
    """Return the lowest version that satisfies a constraint, as far as its bounds say.

    Args:
        constraint: such as `>=3.2,<5`, `==4.2.*`, `^4.2`, `~4.2`, `4.2` (exactly), `=4.2` (conda),
            or alternatives joined by `||`. `>4.2` counts as 4.2.

    Returns:
        The highest of the lower bounds; of alternatives the lowest; None where nothing bounds it
        from below or a bound is no version.
    """
    floors = [_floor(alternative) for alternative in re.split(r"\|\|?", constraint)]
    known = [floor for floor in floors if floor is not None]
    return min(known) if len(known) == len(floors) else None


def _floor(constraint: str) -> Version | None:
    return max(_bounds(constraint), default=None)


def _bounds(constraint: str) -> Iterator[Version]:
    for operator, text in _CLAUSE.findall(constraint):
        if operator in _RAISES_THE_FLOOR:
            try:
                yield Version(re.sub(r"(\.?\*)+$", "", text))
            except ValueError:  # also a number of more digits than Python converts
                continue
