"""Which module a file is, and which file a module is, without asking Python's import system.

A file has exactly one canonical name (`module_name`), while an import may spell it differently,
depending on where the program is started. So an import is resolved to a *file* first, by
`ModuleFinder`, and the file to its name after.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from awaken.project.declared_roots import declared_roots
from awaken.project.nested_projects import nested_projects

if TYPE_CHECKING:
    from collections.abc import Iterable


def source_roots(root: Path, explicit: Iterable[Path] = ()) -> tuple[Path, ...]:
    """Return the folders that absolute imports of the project start from.

    These are the folders given explicitly, those that build backends declare, `src/`, the same two
    of projects nested in this one, those projects, and the root. Where the root is itself inside a
    package and holds no project file, the folder above that package stands in for it.

    Args:
        root: absolute path of the project root.
        explicit: further folders, absolute or relative to `root`.

    Returns:
        Existing folders, absolute, each once, the most telling first.
    """
    inside = _roots_of(root)
    for project in nested_projects(root):
        inside += [*_roots_of(project), project]
    candidates = [
        *(_normal(root / folder) for folder in explicit),
        *(folder for folder in map(_normal, inside) if _is_own(folder, root)),
        _top_folder(root),
    ]
    return tuple(folder for folder in dict.fromkeys(candidates) if os.path.isdir(folder))


def module_name(path: Path, root: Path, roots: Iterable[Path]) -> str:
    """Return the dotted name of the module that a file is.

    Under a source root the name is the path below the innermost one, so no two files of a root
    share a name and folders without `__init__.py` are namespace packages. Elsewhere it is the path
    below the nearest folder that is not a package, as Python has it when run from there.

    Args:
        path: the file, absolute or relative to `root`.
        root: absolute path of the project root.
        roots: what `source_roots` returned.

    Returns:
        The name; for `__init__.py` that of its package (right in a source root, the folder's name).
    """
    path = root / path
    holding = roots_holding(path, roots)
    base = holding[0] if holding else package_base(path.parent)
    parts = [*path.parent.relative_to(base).parts, path.stem]
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) or path.parent.name


def _roots_of(project: Path) -> list[Path]:
    declared = [project / folder for folder in declared_roots(project)]
    source = project / "src"
    is_root = os.path.isdir(source) and not os.path.exists(source / "__init__.py")
    return [*declared, source] if is_root else declared


def _normal(folder: Path) -> Path:
    return Path(os.path.normpath(folder))  # not resolve(): links stay as discovery spells them


def _is_own(folder: Path, root: Path) -> bool:
    return folder.is_relative_to(root) and "site-packages" not in folder.parts


def roots_holding(path: Path, roots: Iterable[Path]) -> list[Path]:
    """The roots that the file is under, innermost first."""
    holding = [root for root in roots if path.is_relative_to(root)]
    return sorted(holding, key=lambda root: -len(root.parts))


def _top_folder(root: Path) -> Path:
    """The root, or the folder above the package that it is a bare part of."""
    described = any(os.path.exists(root / name) for name in ("pyproject.toml", "setup.py", ".git"))
    return root if described else package_base(root)


def package_base(folder: Path) -> Path:
    """The nearest folder, from this one upwards, that is not a package."""
    while os.path.isfile(folder / "__init__.py") and folder != folder.parent:
        folder = folder.parent
    return folder
