"""What rewritten code imports from others, and whether the project asks for it."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.project.facts import normalised
from awaken.project.version_bounds import lowest_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.load import Catalogue
    from awaken.plan.recipes import Recipe
    from awaken.project.dependencies import Dependencies

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


@dataclass(frozen=True, slots=True, order=True)
class Requirement:
    """A distribution that rewritten code needs.

    Attributes:
        name: what it is called on PyPI.
        versions: those that the code works with (`>=0.28,<1`); empty for any.
    """

    name: str
    versions: str = ""

    def __str__(self) -> str:
        return f"{self.name}{self.versions}"


def requirement_for(module: str, catalogue: Catalogue) -> Requirement:
    """Return the distribution that a top-level module comes with.

    Args:
        module: its name (`httpx`).
        catalogue: knows what distributions are called, and which versions work.
    """
    library = catalogue.library(module)
    if library is None or library.distribution is None:
        return Requirement(normalised(module))
    return Requirement(library.distribution, library.requires)


def is_asked_for(module: str, catalogue: Catalogue, dependencies: Dependencies) -> bool:
    """Whether a project asks for what a module comes with, itself or with something that brings it along."""
    library = catalogue.library(module)
    brought = library.comes_with if library is not None else ()
    name = requirement_for(module, catalogue).name
    return dependencies.has_at_runtime(name) or dependencies.has_any(brought)


def asked_for_older(requirement: Requirement, dependencies: Dependencies) -> str:
    """Return the oldest version that a project allows, where that is older than what is needed; else empty text."""
    least = lowest_version(requirement.versions)
    theirs = dependencies.minimum(requirement.name)
    if least is None or theirs is None or theirs >= least:
        return ""
    return str(theirs)


def modules_named(recipe: Recipe, catalogue: Catalogue) -> frozenset[str]:
    """Return the top-level modules that a recipe imports, of those whose versions the catalogue knows."""
    roots = {name.partition(".")[0] for name in _names(recipe)}
    return frozenset(root for root in roots if _is_needed(root, catalogue))


def _is_needed(root: str, catalogue: Catalogue) -> bool:
    library = catalogue.library(root)
    return library is not None and bool(library.requires)


def _names(value: object) -> Iterator[str]:
    """The dotted names in a recipe, and in what it is made of."""
    if isinstance(value, str):
        if _DOTTED.fullmatch(value):
            yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _names(item)
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from _names(getattr(value, each.name))
