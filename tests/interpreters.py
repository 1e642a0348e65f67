"""Interpreters that this machine has, by their version."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


@cache
def interpreter(version: str) -> str | None:
    """The path of a Python of this version (`3.8`), or None where there is none.

    It is looked for on the path, then among those of pyenv and of uv.
    """
    return next((each for each in _candidates(version) if _answers(each) == version), None)


def _candidates(version: str) -> Iterator[str]:
    found = shutil.which(f"python{version}")
    if found:
        yield found
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(root.glob(f"versions/{version}.*/bin/python{version}")))
    uv = shutil.which("uv")
    if uv:
        known = _output([uv, "python", "find", "--no-project", version])
        if known:
            yield known


def _answers(python: str) -> str:
    return _output([python, "-c", _VERSION])


def _output(command: list[str]) -> str:
    """What a command prints; empty where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
