"""Folders that a project's own settings declare to hold its importable packages."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from awaken.project.documents import UnreadableError, read_cfg, read_toml, table, texts
from awaken.project.setup_script import read_setup_script

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def declared_roots(folder: Path) -> tuple[str, ...]:
    """Return the source roots that build backends and test runners are told of.

    Read are hatch, setuptools (pyproject.toml, setup.cfg, literal setup.py), poetry, pdm, uv,
    maturin, and the search paths of pytest, mypy and pyright. An unreadable file declares nothing.

    Args:
        folder: the folder that holds pyproject.toml, setup.cfg and setup.py.

    Returns:
        POSIX paths relative to `folder`, in the order found; they need not exist.
    """
    found = [*_from_pyproject(folder), *_from_setup_cfg(folder), *_from_setup_script(folder)]
    return tuple(dict.fromkeys(found))


def _from_pyproject(folder: Path) -> Iterator[str]:
    try:
        tool = table(read_toml(folder / "pyproject.toml"), "tool")
    except UnreadableError:
        return
    yield from _hatch(tool)
    yield from texts(table(tool, "setuptools", "packages", "find").get("where"))
    yield from _package_dirs(table(tool, "setuptools", "package-dir").items())
    yield from _poetry(tool)
    yield from texts(table(tool, "pdm", "build").get("package-dir"))
    yield from texts(table(tool, "uv", "build-backend").get("module-root"))
    yield from texts(table(tool, "maturin").get("python-source"))
    yield from texts(table(tool, "pytest", "ini_options").get("pythonpath"))
    yield from _mypy(tool)
    yield from texts(table(tool, "pyright").get("extraPaths"))


def _hatch(tool: dict[str, Any]) -> Iterator[str]:
    for settings in (
        table(tool, "hatch", "build", "targets", "wheel"),
        table(tool, "hatch", "build"),
    ):
        for package in texts(settings.get("packages")):
            yield _parent(package)
        sources = settings.get("sources")
        yield from texts(sources)
        if isinstance(sources, dict):
            yield from _package_dirs((name, path) for path, name in sources.items())
        yield from texts(settings.get("dev-mode-dirs"))


def _poetry(tool: dict[str, Any]) -> Iterator[str]:
    packages = table(tool, "poetry").get("packages")
    for package in packages if isinstance(packages, list) else ():
        yield from texts(table(package).get("from"))


def _mypy(tool: dict[str, Any]) -> Iterator[str]:
    for entry in texts(table(tool, "mypy").get("mypy_path")):
        parts = entry.replace("$MYPY_CONFIG_FILE_DIR", ".").replace(":", ",").split(",")
        yield from (part.strip() for part in parts if part.strip())


def _from_setup_cfg(folder: Path) -> Iterator[str]:
    try:
        settings = read_cfg(folder / "setup.cfg")
    except UnreadableError:
        return
    yield from settings.get("options.packages.find", {}).get("where", "").split()
    lines = settings.get("options", {}).get("package_dir", "").replace(",", "\n").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line)
    yield from _package_dirs((name.strip(), path.strip()) for name, _, path in pairs)


def _from_setup_script(folder: Path) -> Iterator[str]:
    try:
        arguments = read_setup_script(folder / "setup.py")
    except UnreadableError:
        return
    yield from _package_dirs(table(arguments, "package_dir").items())


def _package_dirs(pairs: Iterable[tuple[object, object]]) -> Iterator[str]:
    """Roots of (package, folder) pairs; the package `""` stands for all packages.

    `{"app": "lib/app"}` makes `lib` a root; a folder that is not named like its package makes none.
    """
    for name, path in pairs:
        if not isinstance(name, str) or not isinstance(path, str):
            continue
        inside = PurePosixPath(path).parts
        package = tuple(part for part in name.replace("/", ".").split(".") if part)
        if inside[len(inside) - len(package) :] == package:
            yield str(PurePosixPath(*inside[: len(inside) - len(package)]))


def _parent(path: str) -> str:
    return str(PurePosixPath(path).parent)
