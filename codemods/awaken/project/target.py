"""Which Python the rewritten code must run on: the oldest one that the project supports."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from awaken.project.documents import (
    UnreadableError,
    read_cfg,
    read_text,
    read_toml,
    table,
)
from awaken.project.nested_projects import nested_projects
from awaken.project.python_version import OLDEST, PythonVersion
from awaken.project.setup_script import read_setup_script
from awaken.project.version_bounds import lowest_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from awaken.project.configuration import Configuration

__all__ = ["CONFIGURATION", "PythonVersion", "source_of_python", "target_python"]

CONFIGURATION = "the configuration"
_RUNNING = "the Python that runs awaken"


def target_python(root: Path, configuration: Configuration) -> PythonVersion:
    """Return the Python version to write code for.

    The first of these that says something decides: the configuration; `requires-python` in
    pyproject.toml or poetry's `python`; `python_requires` in setup.cfg, then in setup.py;
    `.python-version`; the lowest of the same in nested projects; the Python that awaken runs on.
    A file that cannot be read says nothing.

    Args:
        root: the project root.
        configuration: the settings of the run.

    Returns:
        Major and minor number, never below `OLDEST`.
    """
    return _decided(root, configuration)[0]


def source_of_python(root: Path, configuration: Configuration) -> str:
    """Return what decided `target_python`: a file below the root, or a few words."""
    return _decided(root, configuration)[1]


def _decided(root: Path, configuration: Configuration) -> tuple[PythonVersion, str]:
    if configuration.target_python is not None:
        return configuration.target_python, CONFIGURATION
    declared = _declared_python(root)
    if declared is None:
        nested = (_declared_python(folder) for folder in nested_projects(root))
        declared = min((found for found in nested if found is not None), default=None)
    if declared is None:
        return sys.version_info[:2], _RUNNING
    version, path = declared
    return max(version, OLDEST), path.relative_to(root).as_posix()


def _declared_python(folder: Path) -> tuple[PythonVersion, Path] | None:
    for name, read in _SOURCES:
        try:
            version = _lowest_python(read(folder))
        except UnreadableError:
            continue
        if version is not None:
            return version, folder / name
    return None


def _lowest_python(constraint: object) -> PythonVersion | None:
    lowest = lowest_version(constraint) if isinstance(constraint, str) else None
    if lowest is None or lowest.major > OLDEST[0]:
        return None
    return (lowest.major, lowest.minor)


def _project_table(root: Path) -> object:
    return table(read_toml(root / "pyproject.toml"), "project").get("requires-python")


def _poetry_table(root: Path) -> object:
    poetry = table(read_toml(root / "pyproject.toml"), "tool", "poetry")
    python = table(poetry, "dependencies").get("python")
    return python.get("version") if isinstance(python, dict) else python


def _setup_cfg(root: Path) -> object:
    return read_cfg(root / "setup.cfg").get("options", {}).get("python_requires")


def _setup_script(root: Path) -> object:
    return read_setup_script(root / "setup.py").get("python_requires")


def _version_file(root: Path) -> object:
    """Versions that pyenv or uv may pick; names such as `system` or `pypy3.10-7.3` say nothing."""
    lines = (read_text(root / ".python-version") or "").splitlines()
    versions = [line.removeprefix("cpython-").strip() for line in lines]
    return " || ".join(text for text in versions if text[:2] == "3.")


_SOURCES: tuple[tuple[str, Callable[[Path], object]], ...] = (
    ("pyproject.toml", _project_table),
    ("pyproject.toml", _poetry_table),
    ("setup.cfg", _setup_cfg),
    ("setup.py", _setup_script),
    (".python-version", _version_file),
)
