"""Which files git could not bring back: those with uncommitted changes, and untracked ones."""

from __future__ import annotations

import os
import subprocess
from collections import defaultdict
from typing import TYPE_CHECKING

from awaken.apply.location import enclosing_work_tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_BATCH = 300
# Nothing of the project may run: a repository's own configuration can name a program here.
_GIT = ("git", "-c", "core.fsmonitor=false", "--literal-pathspecs")
# Set inside of git's hooks; they would point git at another repository or index.
_HOOK_VARIABLES = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})


def uncommitted(paths: Sequence[Path], root: Path) -> tuple[str, ...]:
    """Return those of the files whose present bytes are in no commit.

    Ignored files count, too: git has no copy of them. Links stand for the file they lead to, and
    a file in a submodule or nested repository is looked up there. Where git cannot tell (no git,
    no repository, a repository of another user) nothing is returned.

    Args:
        paths: the files to ask about, absolute or relative to `root`.
        root: the project root.

    Returns:
        POSIX paths relative to `root` (absolute if outside of it), sorted.
    """
    by_work_tree: defaultdict[Path, defaultdict[str, list[Path]]]
    by_work_tree = defaultdict(lambda: defaultdict(list))
    for path in paths:
        resolved = (root / path).resolve()
        work_tree = enclosing_work_tree(resolved.parent)
        if work_tree is not None:
            name = resolved.relative_to(work_tree).as_posix()
            by_work_tree[work_tree][name].append(root / path)
    found = [
        path
        for work_tree, by_name in by_work_tree.items()
        for name in _not_in_a_commit(work_tree, list(by_name))
        for path in by_name[name]
    ]
    return tuple(sorted(_shown(path, root) for path in found))


def _not_in_a_commit(work_tree: Path, names: Sequence[str]) -> set[str]:
    dirty: set[str] = set()
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        tracked = _git(work_tree, "ls-files", "-z", "--", *batch)
        changed = _git(
            work_tree,
            "status",
            "--porcelain=v1",
            "-z",
            "--no-renames",
            "--untracked-files=no",
            "--ignore-submodules=all",
            "--",
            *batch,
        )
        if tracked is None or changed is None:
            return set()
        dirty |= set(batch) - set(tracked)
        dirty |= {line[3:] for line in changed} & set(batch)
    return dirty


def _git(work_tree: Path, *arguments: str) -> list[str] | None:
    """Run git and return the NUL-separated parts of its answer; None when it cannot tell."""
    environment = {name: value for name, value in os.environ.items() if name not in _HOOK_VARIABLES}
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    try:
        result = subprocess.run(
            [*_GIT, "-C", str(work_tree), *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return [os.fsdecode(part) for part in result.stdout.split(b"\0") if part]


def _shown(path: Path, root: Path) -> str:
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
