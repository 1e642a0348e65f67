"""How long a cache keeps the loop: one in the process's own memory answers faster than any thread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.detect.finding import Finding
    from awaken.plan.surroundings import Surroundings

_CACHE = "django.core.cache."
_IN_MEMORY = frozenset(
    (
        "django.core.cache.backends.dummy.DummyCache",
        "django.core.cache.backends.locmem.LocMemCache",
    )
)


def with_cache_severity(found: Sequence[Finding], surroundings: Surroundings) -> list[Finding]:
    """The findings of a file, with low severity for a cache that is in memory; Django's own default is.

    Args:
        found: the findings.
        surroundings: knows the settings of the project.
    """
    return [
        _lessened(each, surroundings) if each.call.startswith(_CACHE) else each for each in found
    ]


def _lessened(finding: Finding, surroundings: Surroundings) -> Finding:
    backends = surroundings.django.under("CACHES", "BACKEND")
    if backends is None or not backends <= _IN_MEMORY:
        return finding
    return replace(finding, entry=replace(finding.entry, severity=Severity.LOW))
