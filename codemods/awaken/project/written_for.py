"""Which versions the code is written for, and what said so: for people who wonder about a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.project.target import CONFIGURATION, source_of_python, target_python

if TYPE_CHECKING:
    from pathlib import Path

    from awaken.project.configuration import Configuration
    from awaken.project.dependencies import Dependencies


@dataclass(frozen=True, slots=True)
class WrittenFor:
    """The oldest version of something that the rewritten code runs on.

    Attributes:
        name: `Python` or `Django`.
        version: such as `3.10`; None where nothing says.
        source: the file below the project root that decided, or a few words; empty where nothing says.
    """

    name: str
    version: str | None
    source: str


def written_for(
    root: Path, configuration: Configuration, dependencies: Dependencies
) -> tuple[WrittenFor, ...]:
    """Return what the run is for: Python, and Django where the project asks for it or names its version.

    Args:
        root: the project root.
        configuration: the settings of the run.
        dependencies: what the project's files say.
    """
    python = ".".join(map(str, target_python(root, configuration)))
    found = [WrittenFor("Python", python, source_of_python(root, configuration))]
    if configuration.django_version is not None:
        found.append(WrittenFor("Django", str(configuration.django_version), CONFIGURATION))
    elif dependencies.is_available("django"):
        version = dependencies.minimum("django")
        source = dependencies.source("django") if version is not None else ""
        found.append(WrittenFor("Django", str(version) if version else None, source))
    return tuple(found)
