"""The chains below many findings: what several of them share is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from awaken_cli.render.wording import chain_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.detect.finding import Finding, Link

_WORTH_SHARING: Final = 2  # steps; a single one is as short as naming where it was told


class Evidence:
    """Tells chains one after the other and remembers which ends it has told.

    Args:
        place_shown: how a path that counts from the project root is shown, with a line.
    """

    def __init__(self, place_shown: Callable[[str, int], str]) -> None:
        self._place_shown = place_shown
        self._told: dict[tuple[tuple[Link, ...], str], str] = {}

    def lines(self, finding: Finding) -> list[str]:
        """Return one line a step, as far as the rest was not told for a finding before."""
        words = chain_words(finding, self._place_shown)
        chain = finding.chain
        for start in range(1, len(chain) - _WORTH_SHARING + 1):
            place = self._told.get((chain[start:], finding.call))
            if place is not None:
                return [*words[:start], f"and from there as for {place}"]
        here = self._place_shown(finding.path, finding.place.line)
        for start in range(1, len(chain)):
            self._told.setdefault((chain[start:], finding.call), here)
        return words
