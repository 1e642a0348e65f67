"""Keeps the modules of the project at hand from being imported in the place of ours."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_OURS = Path(__file__).resolve().parents[1]


def forget_working_directory() -> None:
    """Take the working directory, and what PYTHONPATH names below it, off the import path.

    The environment is changed as well, so that worker processes do the same.
    """
    try:
        here = os.path.realpath(os.getcwd())
    except FileNotFoundError:  # the folder was removed: nothing can be imported from it
        return
    variable = os.environ.get("PYTHONPATH")
    inherited = variable.split(os.pathsep) if variable else []  # an empty one stands for here
    foreign = [entry for entry in inherited if _belongs_to(here, entry)]
    for entry in {os.path.abspath(entry) for entry in foreign}:
        _drop_first(entry)
    while sys.path and sys.path[0] in ("", os.curdir):
        del sys.path[0]
    if foreign:
        os.environ["PYTHONPATH"] = os.pathsep.join(e for e in inherited if e not in foreign)
    # workers are started with `-c`, which would put their working directory in front
    os.environ["PYTHONSAFEPATH"] = "1"


def _belongs_to(folder: str, entry: str) -> bool:
    """Whether an entry lies in a folder; where awaken itself is installed does not count."""
    real = os.path.realpath(entry)
    return Path(real) != _OURS and (real == folder or real.startswith(os.path.join(folder, "")))


def _drop_first(absolute: str) -> None:
    # only the first: PYTHONPATH comes in front of an installation that may be the same folder
    for position, entry in enumerate(sys.path):
        if os.path.abspath(entry) == absolute:
            del sys.path[position]
            return
