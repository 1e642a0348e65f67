"""Projects inside the project: `backend/` with its own requirements, a workspace's `packages/*`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_MARKERS = frozenset(
    {"pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "manage.py"}
)
_NEVER = frozenset({"node_modules", "site-packages", "venv", "env", "build", "dist", "__pycache__"})


def nested_projects(root: Path) -> tuple[Path, ...]:
    """Return the folders below `root` that are projects of their own.

    A folder counts when it holds a project file (such as `pyproject.toml`, `requirements.txt` or
    `manage.py`) and is not itself a package. Looked at are the folders of `root`, and those of a
    folder that only groups others (it holds no Python file, like `packages/` or `services/`).

    Args:
        root: absolute path of the project root.

    Returns:
        Absolute paths, sorted.
    """
    found: list[Path] = []
    for folder in _folders(root):
        names = _names(folder)
        if _is_project(names):
            found.append(folder)
        elif not any(name.endswith(".py") for name in names):
            found.extend(inner for inner in _folders(folder) if _is_project(_names(inner)))
    return tuple(sorted(found))


def _is_project(names: frozenset[str]) -> bool:
    # pyvenv.cfg: a virtual environment that somebody gave an unusual name.
    return bool(names & _MARKERS) and not names & {"__init__.py", "pyvenv.cfg"}


def _names(folder: Path) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [folder / name for name in names if name not in _NEVER and not name.startswith(".")]
