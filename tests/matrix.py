"""Runs the tests on every Python that awaken itself supports and this machine has: `make matrix`.

Each has an environment of its own beside the usual one (`.venv-3.12`). A version that is missing is installed where
uv can get it; one that cannot be had is named, and is no failure.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from tests.interpreters import interpreter

VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
_ROOT = Path(__file__).parent.parent


def main(versions: list[str], arguments: str) -> int:
    """Run the tests on each version and print how each went.

    Args:
        versions: which; none stands for all that awaken supports.
        arguments: what is handed on to pytest.

    Returns:
        0 where every version that is there passed, and there was one.
    """
    outcomes = {version: _tested(version, arguments) for version in versions or VERSIONS}
    console = Console()
    for version, outcome in outcomes.items():
        console.print(f"Python {version}: {outcome}")
    return 0 if {"passed"} <= set(outcomes.values()) <= {"passed", "not here"} else 1


def _tested(version: str, arguments: str) -> str:
    python = interpreter(version) or _installed(version)
    if python is None:
        return "not here"
    settings = (f"PYTHON={python}", f"VENV=.venv-{version}", f"ARGS={arguments}")
    done = subprocess.run(["make", "test", *settings], cwd=_ROOT, check=False)
    return "passed" if done.returncode == 0 else "failed"


def _installed(version: str) -> str | None:
    """The interpreter, if uv is there and can install it."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    subprocess.run([uv, "python", "install", version], check=False)
    interpreter.cache_clear()
    return interpreter(version)


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], sys.argv[1]))
