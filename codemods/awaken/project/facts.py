"""One statement of one file about a distribution, and how requirements are spelled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

_REQUIREMENT = re.compile(
    r"\s*(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*"
    r"(?:@.*|\(?(?P<constraint>[=<>!~][^;()]*|)\)?\s*(?:;.*)?)",
    re.DOTALL,
)
_EXTRAS = re.compile(r"\s*[\w.-]+\s*\[([^\]]*)\]")
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tar.bz2")
_DEVELOPMENT = re.compile(
    r"(?:^|[^a-z])(?:benchmarks?|checks?|ci|dev|develop|development|docs?|lint|linting|mypy|qa"
    r"|tests?|testing|tools?|tooling|types|typing|typecheck)(?:[^a-z]|$)"
)


class Kind(Enum):
    """What a statement is worth."""

    LOCKED = "locked"
    """A lock file has this very version; the project need not ask for it itself."""
    PINNED = "pinned"
    """The project asks for exactly this version."""
    DECLARED = "declared"
    """The project asks for it, with bounds or without."""
    CLASSIFIED = "classified"
    """The project says that it supports this version."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What one file says about one distribution.

    Attributes:
        name: normalised name (PEP 503).
        constraint: the version or its bounds as spelled there; empty for any.
        kind: what the statement is worth.
        source: the file, relative to the project root where it is inside.
        runtime: false where it is only asked for in development (tests, linting, documentation).
        extras: the optional parts that are asked for with it (`fastapi[standard]`), normalised.
    """

    name: str
    constraint: str
    kind: Kind
    source: str
    runtime: bool = True
    extras: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, or a line of one, that could not be understood and was passed over.

    Attributes:
        place: the file relative to the project root, with `:line` where it is one line.
        message: what is wrong, without a final stop.
    """

    place: str
    message: str


Statement: TypeAlias = "Fact | Problem"


def normalised(name: str) -> str:
    """Return a distribution name in its one spelling (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def split_requirement(text: str) -> tuple[str, str] | None:
    """Split `Name[extra]>=1,<2; marker` into normalised name and constraint.

    A direct reference (`name @ https://...`) has no constraint.

    Returns:
        None where the text is no requirement.
    """
    match = _REQUIREMENT.fullmatch(text)
    if match is None or match["name"].lower().endswith(_ARCHIVES):
        return None
    return normalised(match["name"]), (match["constraint"] or "").strip()


def extras_in(text: str) -> frozenset[str]:
    """Return the optional parts that a requirement asks for: `Name[first,second]>=1`."""
    found = _EXTRAS.match(text)
    names = found[1].split(",") if found else []
    return frozenset(normalised(name.strip()) for name in names if name.strip())


def is_development(name: str) -> bool:
    """Whether a group or file of this name (`dev`, `requirements-test.txt`) is not for run time."""
    return _DEVELOPMENT.search(name.lower()) is not None
