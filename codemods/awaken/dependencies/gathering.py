"""What a project must add for the code that is rewritten in it: folder by folder, file by file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.dependencies.adding import with_requirements
from awaken.dependencies.manifest import CannotAddError, manifest_of, nearest_project
from awaken.dependencies.needed import asked_for_older, is_asked_for, requirement_for
from awaken.prescan import relative_path
from awaken.project.dependencies import read_folder
from awaken.project.lock_files import lock_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from awaken.apply.change import FileChange
    from awaken.dependencies.needed import Requirement
    from awaken.project.dependencies import Dependencies
    from awaken.workbench import Workbench

_LOCKED_BY = {
    "uv.lock": "uv lock",
    "poetry.lock": "poetry lock",
    "pdm.lock": "pdm lock",
    "Pipfile.lock": "pipenv lock",
}


@dataclass(frozen=True, slots=True)
class Addition:
    """What one project folder must add.

    Attributes:
        missing: what it does not ask for.
        raised: what it allows in older versions, too, with the oldest.
        change: of the file that lists what it needs; None where that is left to people.
        obstacle: why it is left to them, as a sentence without a final stop.
        lock: the command that writes its lock file anew; empty where it has none.
    """

    missing: tuple[Requirement, ...]
    raised: tuple[tuple[Requirement, str], ...] = ()
    change: FileChange | None = None
    obstacle: str = ""
    lock: str = ""


def additions(
    bench: Workbench, imported: Iterable[tuple[Path, Collection[str]]]
) -> tuple[Addition, ...]:
    """Return what has to be added, for each folder that is a project of its own.

    Args:
        bench: what the run knows of the project.
        imported: files with the top-level modules of others that they import now.
    """
    modules: defaultdict[Path, set[str]] = defaultdict(set)
    for path, names in imported:
        if names:
            modules[nearest_project(path, bench.root)].update(names)
    found = (each for folder in sorted(modules) for each in _of(bench, folder, modules[folder]))
    return tuple(each for each in found if each.missing or each.raised)


def _of(bench: Workbench, folder: Path, modules: set[str]) -> Iterator[Addition]:
    """What one folder must add; nobody writes a name that was only guessed from that of a module."""
    known = _known(bench, folder)
    missing: list[Requirement] = []
    raised: list[tuple[Requirement, str]] = []
    guessed: list[Requirement] = []
    for module in sorted(modules):
        requirement = requirement_for(module, bench.catalogue)
        if is_asked_for(module, bench.catalogue, known):
            older = asked_for_older(requirement, known)
            raised += [(requirement, older)] if older else []
        else:
            named = bench.catalogue.library(module) is not None
            (missing if named else guessed).append(requirement)
    change, obstacle = _change(folder, missing, bench.root)
    lock = _lock(change, folder, bench.root)
    yield Addition(tuple(missing), tuple(raised), change, obstacle, lock)
    yield Addition(tuple(guessed), obstacle="or what else brings the module of that name")


def _known(bench: Workbench, folder: Path) -> Dependencies:
    """What counts as asked for: by the folder, or by everything where it lists nothing itself."""
    here = read_folder(folder, bench.root)
    # Seen from the folder itself, `tests/requirements.txt` is what the code in it needs to run.
    inside = read_folder(folder, folder).facts if folder != bench.root else ()
    return replace(here, facts=(*here.facts, *inside)) if here.facts else bench.dependencies


def _change(folder: Path, missing: list[Requirement], root: Path) -> tuple[FileChange | None, str]:
    if not missing:
        return None, ""
    try:
        return with_requirements(manifest_of(folder), missing, root), ""
    except CannotAddError as error:
        where = relative_path(folder, root)
        return None, str(error) if where == "." else f"{where}: {error}"


def _lock(change: FileChange | None, folder: Path, root: Path) -> str:
    """The command that brings what is locked in line; a workspace has its lock file in a folder above."""
    if change is not None and change.path.suffix == ".in":
        return f"pip-compile {change.relative}"
    if change is not None and change.path.suffix == ".txt":
        return ""
    while folder.is_relative_to(root):
        for path in lock_files(folder):
            if path.name in _LOCKED_BY:
                return _LOCKED_BY[path.name]
        folder = folder.parent
    return ""
