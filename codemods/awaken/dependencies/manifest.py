"""The file in which a project says what it needs, and how it says that."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from awaken.project.documents import UnreadableError, read_cfg, read_text, read_toml, table, texts
from awaken.project.facts import is_development
from awaken.project.requirement_files import includes_alone, is_compiled, requirement_files
from awaken.project.setup_script import read_setup_script

_LISTS = ("requirements.txt", "requirements/base.txt", "requirements/requirements.txt")
_ONLY_REPORTED = {
    "setup.py": "`setup.py` is a program; add it to its `install_requires`",
    "Pipfile": "`pipenv install` writes the Pipfile and its lock file",
    "environment.yml": "add it to `environment.yml`, as conda calls it",
    "environment.yaml": "add it to `environment.yaml`, as conda calls it",
}
_MARKERS = ("pyproject.toml", "setup.cfg", *_LISTS, *_ONLY_REPORTED)


class Form(Enum):
    """How a file lists what a project needs."""

    PROJECT = "project"
    """`dependencies` of `[project]` in a pyproject.toml."""
    POETRY = "poetry"
    """`[tool.poetry.dependencies]`."""
    REQUIREMENTS = "requirements"
    """A line each, as pip reads it."""
    SETUP_CFG = "setup.cfg"
    """`install_requires` of `[options]`, a line each."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A file that can be added to.

    Attributes:
        path: absolute.
        form: how it lists what is needed.
    """

    path: Path
    form: Form


class CannotAddError(Exception):
    """Nothing can be added to the file for certain; the message says why, and what to do."""


def nearest_project(path: Path, root: Path) -> Path:
    """Return the folder that says what a file needs: the nearest one above it that lists something.

    Args:
        path: the file, absolute.
        root: the project root, above it.
    """
    folder = path.parent
    while folder != root and folder.is_relative_to(root):
        if any(os.path.isfile(folder / name) for name in _MARKERS) and _lists_something(folder):
            return folder
        folder = folder.parent
    return root


def manifest_of(folder: Path) -> Manifest:
    """Return the file of a project folder that a requirement belongs into.

    Raises:
        CannotAddError: there is none, or it is made by a program.
    """
    try:
        found = _from_pyproject(folder) or _from_setup_cfg(folder)
        if found is None and not read_setup_script(folder / "setup.py").get("install_requires"):
            found = _from_list(folder)
    except UnreadableError as error:
        raise CannotAddError(f"{error.path.name} {error.message}") from error
    if found is not None:
        return found
    for name, message in _ONLY_REPORTED.items():
        if os.path.isfile(folder / name):
            raise CannotAddError(message)
    raise CannotAddError("no file here lists what the project needs")


def _lists_something(folder: Path) -> bool:
    try:
        manifest_of(folder)
    except CannotAddError:
        return any(os.path.isfile(folder / name) for name in _ONLY_REPORTED)
    return True


def _from_pyproject(folder: Path) -> Manifest | None:
    path = folder / "pyproject.toml"
    document = read_toml(path)
    project = table(document, "project")
    if "dependencies" in texts(project.get("dynamic")):
        return _dynamic(folder, document)
    if project.get("dependencies"):
        return Manifest(path, Form.PROJECT)
    if table(document, "tool", "poetry", "dependencies"):
        return Manifest(path, Form.POETRY)
    if not project or _is_listed_elsewhere(folder):
        return None
    return Manifest(path, Form.PROJECT)


def _is_listed_elsewhere(folder: Path) -> bool:
    """Whether people list what is needed beside a pyproject.toml that lists nothing."""
    try:
        return _from_list(folder) is not None or os.path.isfile(folder / "setup.py")
    except CannotAddError:  # a tool makes the list, out of the pyproject.toml
        return False


def _dynamic(folder: Path, document: dict[str, object]) -> Manifest | None:
    """Where the build backend reads what pyproject.toml leaves to it."""
    if table(document, "tool", "poetry", "dependencies"):
        return Manifest(folder / "pyproject.toml", Form.POETRY)
    setuptools = table(document, "tool", "setuptools", "dynamic", "dependencies").get("file")
    hook = table(document, "tool", "hatch", "metadata", "hooks", "requirements_txt").get("files")
    named = texts(setuptools) or texts(hook)
    files = [name for name in named if not is_development(name)]
    if len(files) == 1:
        return _list_at(folder / files[0])
    if files:
        raise CannotAddError(f"the build reads several files ({', '.join(files)}); choose one")
    found = _from_setup_cfg(folder)
    if found is None and not os.path.isfile(folder / "setup.py"):
        raise CannotAddError(
            "`dependencies` is `dynamic` in pyproject.toml; add it where the build backend reads it"
        )
    return found


def _from_setup_cfg(folder: Path) -> Manifest | None:
    path = folder / "setup.cfg"
    options = read_cfg(path).get("options", {})
    return Manifest(path, Form.SETUP_CFG) if "install_requires" in options else None


def _from_list(folder: Path) -> Manifest | None:
    present = [folder / name for name in _LISTS if os.path.isfile(folder / name)]
    if present:
        return _list_at(present[0])
    others = [each for each in requirement_files(folder) if not is_development(each.name)]
    return _list_at(others[0]) if len(others) == 1 else None


def _list_at(path: Path, *including: Path) -> Manifest:
    """A list, or what a tool makes it of, or the one list that it includes."""
    source = path.with_suffix(".in")
    if path.suffix == ".txt" and os.path.isfile(source):
        return Manifest(source, Form.REQUIREMENTS)
    text = read_text(path)
    if text is None or path in including:
        raise CannotAddError(f"{path.name}, which another file includes, is not there")
    if is_compiled(text):
        raise CannotAddError(f"{path.name} is made by a tool; add it to what that reads")
    included = includes_alone(text)
    if included:
        target = Path(os.path.normpath(path.parent / included))
        return _list_at(target, path, *including)
    return Manifest(path, Form.REQUIREMENTS)
