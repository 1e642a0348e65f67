"""Folders that a project's programs find modules in besides its source roots.

Python looks where the program stands that it was started with, whether or not that folder is a package (reference:
`sys.path`, "Initialization of the sys.path module search path"); and projects made by cookiecutter-django add the
folder of their applications in `manage.py`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = ("manage.py", "*/manage.py", "*/*/manage.py")
"""Where the programs stand that Django projects are run with, below the root."""
_BESIDE = ("manage.py", "*/settings.py", "*/settings/*.py", "*/asgi.py", "*/wsgi.py")
_ADDS = re.compile(r"\bsys\.path\.(?:append|extend|insert)\b")
_TEXT = re.compile(r"""(["'])([\w-][\w./-]*)\1""")
_NEVER = frozenset({"node_modules", "site-packages", "venv", "env"})


def search_path(root: Path) -> tuple[Path, ...]:
    """Return the folders of a project's `manage.py`, and those that it or the settings add.

    A folder is added where a file has `sys.path.append(...)` and names the folder in a text.

    Args:
        root: absolute path of the project root.

    Returns:
        Absolute paths of existing folders, each once.
    """
    found: dict[Path, None] = {}
    for program in _programs(root):
        found[program.parent] = None
        found.update(dict.fromkeys(_added(program.parent)))
    return tuple(found)


def _programs(root: Path) -> Iterator[Path]:
    for pattern in PROGRAMS:
        for program in sorted(root.glob(pattern)):
            parts = program.relative_to(root).parts
            hidden = any(part.startswith(".") for part in parts)
            if not hidden and _NEVER.isdisjoint(parts) and program.is_file():
                yield program


def _added(folder: Path) -> Iterator[Path]:
    for pattern in _BESIDE:
        for path in sorted(folder.glob(pattern)):
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, ValueError):
                continue
            named = _TEXT.findall(text) if _ADDS.search(text) else ()
            for below in dict.fromkeys(Path(name) for _, name in named):
                if ".." not in below.parts and below != Path() and (folder / below).is_dir():
                    yield folder / below
