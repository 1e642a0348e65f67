"""Folders that hold no source of the project, told by their name or by what lies in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

# Never worth a line on the ledger: they hold no source that anyone edits.
SILENT_FOLDERS: Final = frozenset({
    ".bzr", ".git", ".hg", ".jj", ".sl", ".svn", "CVS",
    ".hypothesis", ".ipynb_checkpoints", ".mypy_cache", ".pyre", ".pytest_cache", ".pytype",
    ".ruff_cache", "__pycache__",
})  # fmt: skip

_BY_NAME: Final = {
    ".direnv": "virtual-environment",
    ".nox": "virtual-environment",
    ".pixi": "virtual-environment",
    ".tox": "virtual-environment",
    ".venv": "virtual-environment",
    ".eggs": "installed-packages",
    "__pypackages__": "installed-packages",
    "dist-packages": "installed-packages",
    "node_modules": "installed-packages",
    "site-packages": "installed-packages",
}
_BY_SUFFIX: Final = {".egg-info": "build-output", ".dist-info": "build-output"}

# A package may carry one of these names; a folder of build output or an environment is no package.
_UNLESS_A_PACKAGE: Final = {
    "_build": "build-output",
    "build": "build-output",
    "dist": "build-output",
    "env": "virtual-environment",
    "venv": "virtual-environment",
}
_ENVIRONMENT_MARKERS: Final = ("pyvenv.cfg", "conda-meta")


def reason_by_name(name: str) -> str | None:
    """Return why a folder of this name is passed over whatever it holds, or None."""
    suffix = name[name.rfind(".") :] if "." in name else ""
    return _BY_NAME.get(name) or _BY_SUFFIX.get(suffix)


def reason_by_content(name: str, content: Collection[str]) -> str | None:
    """Return why a folder that holds these names is passed over, or None.

    Args:
        name: the folder's own name.
        content: names of the entries directly inside it.
    """
    if any(marker in content for marker in _ENVIRONMENT_MARKERS):
        return "virtual-environment"
    return None if "__init__.py" in content else _UNLESS_A_PACKAGE.get(name)
