"""Finds the project that the given paths belong to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_SETTLES: Final = "pyproject.toml"
_OTHER_MARKERS: Final = ("setup.py", "setup.cfg", ".git")


def project_root(paths: Sequence[Path]) -> Path:
    """Return the folder that configuration, relative paths and link checks go by.

    It is the nearest folder above all paths with a `pyproject.toml`; failing that, the nearest
    with a `setup.py`, `setup.cfg` or `.git`; failing that, the folder the paths have in common.
    The search ends at a `.git`: what lies above a repository belongs to someone else.

    Args:
        paths: files and folders that need not exist; none stands for the working directory.
    """
    folders = [_folder(os.path.abspath(path)) for path in paths] or [os.getcwd()]
    common = Path(os.path.commonpath(folders))
    fallback: Path | None = None
    for folder in (common, *common.parents):
        if (folder / _SETTLES).is_file():
            return folder
        if fallback is None and any((folder / name).exists() for name in _OTHER_MARKERS):
            fallback = folder
        if (folder / ".git").exists():
            break
    return fallback or common


def _folder(path: str) -> str:
    """Return the path itself if it is a folder, else the nearest folder that holds it."""
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path
