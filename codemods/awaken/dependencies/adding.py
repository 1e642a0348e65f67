"""Add requirements to the file that lists them, and look at the result again."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from awaken.apply.change import FileChange
from awaken.dependencies.manifest import CannotAddError, Form, Manifest
from awaken.dependencies.pyproject import add_to_poetry, add_to_project
from awaken.dependencies.requirement_lines import add_to_requirements, add_to_setup_cfg
from awaken.dependencies.results import is_only_added
from awaken.dependencies.toml_places import ScanError
from awaken.prescan import relative_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from awaken.dependencies.needed import Requirement

_WRITERS: Mapping[Form, Callable[[str, Requirement], str]] = {
    Form.PROJECT: add_to_project,
    Form.POETRY: add_to_poetry,
    Form.REQUIREMENTS: add_to_requirements,
    Form.SETUP_CFG: add_to_setup_cfg,
}


def with_requirements(
    manifest: Manifest, requirements: Sequence[Requirement], root: Path
) -> FileChange:
    """Return the change that adds requirements to a file.

    Args:
        manifest: the file.
        requirements: what it does not list yet.
        root: the project root.

    Raises:
        CannotAddError: it cannot be done so that nothing else in the file changes.
    """
    name = manifest.path.name
    try:
        before = manifest.path.read_bytes()
        mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
        text = before[len(mark) :].decode()
        for requirement in requirements:
            added = _WRITERS[manifest.form](text, requirement)
            if not is_only_added(manifest.form, text, added, requirement):
                raise CannotAddError(f"{name} is written in a way that is not followed")
            text = added
    except (OSError, UnicodeDecodeError, ScanError) as error:
        raise CannotAddError(f"{name} cannot be read, or is not followed") from error
    relative = relative_path(manifest.path, root)
    return FileChange(manifest.path, relative, before, mark + text.encode())
