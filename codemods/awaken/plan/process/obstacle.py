"""What stands between a function and another process."""

from __future__ import annotations

from typing import NamedTuple


class Obstacle(NamedTuple):
    """One thing that would be different there.

    Attributes:
        code: the reason code.
        detail: where and what, for people.
        certain: whether it is known to make a difference; else it could not be ruled out.
    """

    code: str
    detail: str
    certain: bool
