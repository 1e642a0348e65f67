"""Which files are there for tests, told from their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awaken.discover.walk import discover

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from awaken.discover.skipped import Skipped

CONFTEST = "conftest.py"
_FOLDERS = frozenset(("test", "tests", "testing"))
_NAMES = re.compile(r"(?:test_.*|.*_test|tests?|conftest)\.py")


def is_of_tests(path: str) -> bool:
    """Whether a file belongs to the tests of a project.

    Args:
        path: POSIX path relative to the project root.
    """
    *folders, name = path.split("/")
    return bool(_FOLDERS.intersection(folders)) or _NAMES.fullmatch(name) is not None


def excluded_tests(skipped: Iterable[Skipped], root: Path) -> Iterator[Path]:
    """Yield the files of tests that the configuration leaves out: they still run what is rewritten.

    Args:
        skipped: what was passed over.
        root: the project root.
    """
    for entry in skipped:
        if entry.reason == "excluded":
            for path in discover([root / entry.path], root=root).files:
                if path.is_relative_to(root) and is_of_tests(path.relative_to(root).as_posix()):
                    yield path
