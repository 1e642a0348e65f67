"""Runs the tests of the bookshop under several versions of Django: `make django`.

Each has an environment of its own beside the usual one (`.venv-django-4.2`), with a Python that this
version knows. What cannot be had is named, and is no failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from tests.django.bookshop import ENVIRONMENTS
from tests.interpreters import interpreter

VERSIONS = ("4.2", "5.2", "6.1")
_ROOT = Path(__file__).parent.parent.parent
_OF_ALL = ("3.11",)
_PYTHONS = {"5.2": ("3.11", "3.12", "3.13"), "6.0": ("3.12", "3.13"), "6.1": ("3.12", "3.13")}
_TESTS = ("tests/django/test_bookshop.py", "tests/django/test_overrides.py")
_BESIDE = ("psycopg[binary]>=3.1", "uvicorn>=0.30", "httpx>=0.28,<1")


def main(versions: list[str]) -> int:
    """Make the environments that are missing, and run the tests in all of them at once.

    Args:
        versions: of Django, such as `5.2`; none stands for `VERSIONS`.

    Returns:
        What pytest gives; 1 where no version is there.
    """
    found = {version: _python(version) for version in versions or VERSIONS}
    console = Console()
    for version, python in found.items():
        console.print(f"Django {version}: {python or 'not here'}")
    there = [f"{version}={python}" for version, python in found.items() if python]
    if not there:
        return 1
    command = [sys.executable, "-m", "pytest", "-n", "2", *_TESTS]
    environment = os.environ | {ENVIRONMENTS: " ".join(there)}
    return subprocess.run(command, cwd=_ROOT, env=environment, check=False).returncode


def _python(version: str) -> Path | None:
    folder = _ROOT / f".venv-django-{version}"
    python = folder / "bin" / "python"
    return python if _imports_django(python) or _installed(version, folder) else None


def _imports_django(python: Path) -> bool:
    if not python.exists():
        return False
    done = subprocess.run([python, "-c", "import django, psycopg, uvicorn, httpx"], check=False)
    return done.returncode == 0


def _installed(version: str, folder: Path) -> bool:
    known = filter(None, map(interpreter, _PYTHONS.get(version, _OF_ALL)))
    base = next(known, None)
    if base is None:
        return False
    made = subprocess.run([base, "-m", "venv", folder], check=False)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    wanted = [f"django=={version}.*", *_BESIDE]
    return made.returncode == 0 and subprocess.run([*pip, *wanted], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
