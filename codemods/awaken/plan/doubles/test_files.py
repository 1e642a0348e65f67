"""Which files are there for tests, told from their names."""

from __future__ import annotations

import re

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
