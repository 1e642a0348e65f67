"""Which versions a requirement allows, and whether two requirements allow one in common."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLAUSE = re.compile(r"(===|==|~=|>=|<=|!=|\^|~|>|<|=)?\s*v?([^\s,<>=!~^|]+)")
_LOWEST = Version("0.dev0")


@dataclass(frozen=True, slots=True)
class VersionRange:
    """The versions from one to another.

    Attributes:
        low: the lowest.
        high: the end, or None where there is none.
        closed: whether the end itself is among them.
    """

    low: Version = _LOWEST
    high: Version | None = None
    closed: bool = False

    def meets(self, other: VersionRange) -> bool:
        """Whether some version is in both."""
        return self._reaches(other.low) and other._reaches(self.low)

    def _reaches(self, low: Version) -> bool:
        return self.high is None or low < self.high or (self.closed and low == self.high)

    def within(self, other: VersionRange) -> VersionRange:
        """The versions that are in both; empty where the end comes before the beginning."""
        ends = [(each.high, each.closed) for each in (self, other) if each.high is not None]
        high, closed = min(ends, default=(None, False))
        return VersionRange(max(self.low, other.low), high, closed)


def allow_one_version(constraint: str, other: str) -> bool:
    """Whether some version satisfies two constraints, as far as their bounds say.

    Args:
        constraint: in a spelling of pip, poetry or conda, such as `>=0.23`, `^0.27`, `0.27.*`; empty for any.
        other: the same.
    """
    return any(one.meets(two) for one in _ranges(constraint) for two in _ranges(other))


def _ranges(constraint: str) -> Iterator[VersionRange]:
    for alternative in re.split(r"\|\|?", constraint):
        found = VersionRange()
        for operator, text in _CLAUSE.findall(alternative):
            found = found.within(_range(operator, text))
        yield found


def _range(operator: str, text: str) -> VersionRange:
    """One clause; what is no version, or only leaves some out, bounds nothing."""
    bare = re.sub(r"(\.?\*)+$", "", text)
    try:
        version = Version(bare)
    except ValueError:
        return VersionRange()
    if bare != text:
        return VersionRange(version, _next(version, len(version.release) - 1))
    if operator in {"", "=", "==", "==="}:
        return VersionRange(version, version, closed=True)
    if operator in {">=", ">"}:
        return VersionRange(version)
    if operator == "<=":
        return VersionRange(high=version, closed=True)
    if operator == "<":
        return VersionRange(high=version if version.is_prerelease else _first_of(version))
    end = _last_fixed(operator, version)
    return VersionRange() if end is None else VersionRange(version, _next(version, end))


def _last_fixed(operator: str, version: Version) -> int | None:
    """Which number of a version the next one of another kind changes; None for `!=`."""
    numbers = len(version.release)
    if operator == "~=":
        return max(numbers - 2, 0)
    if operator == "~":
        return min(numbers - 1, 1)
    if operator == "^":
        first = next((place for place, number in enumerate(version.release) if number), None)
        return numbers - 1 if first is None else first
    return None


def _next(version: Version, place: int) -> Version:
    kept = version.release[: place + 1]
    return _first_of(Version(".".join(map(str, (*kept[:-1], kept[-1] + 1)))))


def _first_of(version: Version) -> Version:
    """What comes before all of a version: `<1` does not mean its release candidates either."""
    return Version(f"{version.base_version}.dev0")
