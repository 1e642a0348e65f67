"""What the project asks of a rewrite: versions and choices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.catalogue.schema import Severity
from awaken.rules import ON_REQUEST

if TYPE_CHECKING:
    from packaging.version import Version

    from awaken.detect.finding import Finding
    from awaken.plan.runners.named_runner import NamedRunner


@dataclass(frozen=True, slots=True)
class Settings:
    """Versions and choices of the target project.

    Attributes:
        target_python: the oldest Python the code must run on.
        versions: the oldest version of each known distribution, by normalised name.
        backend: `asyncio`, `anyio`, `trio`, or `auto` where the project does not say.
        http_client: `httpx`, `httpx2`, `aiohttp` or `thread`.
        no_http_client: code of the reason for `thread`.
        http_client_scope: `function`, `module` or `lifespan`: how long an async client lives.
        file_io: `thread`, `aiofiles` or `anyio`.
        strategies: the kinds of fixes to make, the preferred one first; empty for all but `sync`.
        strategies_django: `native`, or `block` where neighbouring queries become one function.
        select: rules to report; empty for all.
        extend_select: rules to report besides; also those that are only reported on request.
        ignore: rules not to report.
        least: the least severity that is reported.
        offload: what the project names to take calls off the loop; None to follow each file.
        asked_for: distributions that the project itself asks for at run time, by normalised name.
        is_library: whether the project is published for use in others.
        available: those that its environment has, asked for or not.
    """

    target_python: tuple[int, int] = (3, 10)
    versions: dict[str, Version] = field(default_factory=dict)
    backend: str = "auto"
    http_client: str = "httpx"
    no_http_client: str = "client-configured"
    http_client_scope: str = "function"
    file_io: str = "thread"
    strategies: tuple[str, ...] = ()
    strategies_django: str = "native"
    select: frozenset[str] = frozenset()
    extend_select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    least: Severity = Severity.LOW
    offload: NamedRunner | None = None
    asked_for: frozenset[str] = frozenset()
    is_library: bool = False
    available: frozenset[str] = frozenset()

    @property
    def blocks(self) -> bool:
        """Whether neighbouring statements may become one function; a `with` block is a hop as any other."""
        return not self.strategies or "block" in self.strategies

    def asks_for(self, finding: Finding) -> bool:
        """Whether the configuration asks for a finding."""
        severity = finding.entry.severity or Severity.LOW
        enough = severity.rank >= self.least.rank
        return enough and self.asks_for_rule(finding.rule, finding.entry.ruff)

    def asks_for_rule(self, rule: str, ruff: str | None = None) -> bool:
        """Whether the configuration asks for what a rule reports, under its name or ruff's."""
        names = {rule, ruff or ""}
        named = bool(names & (self.select | self.extend_select))
        by_default = not self.select and rule not in ON_REQUEST
        return (named or by_default) and not names & self.ignore
