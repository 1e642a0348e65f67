"""Where the journal of a project is kept: inside its git directory, or with the user's state."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from platformdirs import user_state_path

if TYPE_CHECKING:
    from pathlib import Path


def journal_location(root: Path) -> Path:
    """Return the directory of a project's journal; it may not exist yet.

    Args:
        root: the project root. In a git work tree the journal is in the git directory, where no
            commit and no clean-up of the work tree meets it.
    """
    resolved = root.resolve()
    work_tree = enclosing_work_tree(resolved)
    git_directory = None if work_tree is None else _git_directory(work_tree / ".git")
    if git_directory is not None and os.access(git_directory, os.W_OK | os.X_OK):
        return git_directory / "awaken" / "journal"
    name = hashlib.sha256(os.fsencode(resolved)).hexdigest()[:16]
    return user_state_path("awaken") / "journal" / name


def enclosing_work_tree(directory: Path) -> Path | None:
    """Return the nearest folder, `directory` or above, that is the top of a git work tree."""
    for folder in (directory, *directory.parents):
        if _git_directory(folder / ".git") is not None:
            return folder
    return None


def _git_directory(dot_git: Path) -> Path | None:
    """Follow `.git`, which is a file in linked work trees and submodules."""
    if (dot_git / "HEAD").is_file():
        return dot_git.resolve()
    try:
        content = os.fsdecode(dot_git.read_bytes())
    except OSError:
        return None
    prefix, _, place = content.strip().partition("gitdir:")
    target = dot_git.parent / place.strip()
    return target.resolve() if not prefix and (target / "HEAD").is_file() else None
