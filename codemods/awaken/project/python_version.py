"""The Python version that code is written for: a pair of numbers, and how it is spelled."""

from __future__ import annotations

import re
from typing import TypeAlias

PythonVersion: TypeAlias = tuple[int, int]

OLDEST: PythonVersion = (3, 8)
"""The oldest Python that code is written for; a project that declares an older one counts as it."""

_SPELLING = re.compile(r"(\d{1,3})\.(\d{1,3})(?:\.\d+)?")


def parse_python_version(text: str) -> PythonVersion:
    """Read `3.10` or `3.10.4` (the last number is dropped).

    Raises:
        ValueError: it is spelled differently or older than `OLDEST`; the message is for people.
    """
    match = _SPELLING.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'"{text}" is no Python version; write it like "3.10"')
    version = (int(match[1]), int(match[2]))
    if version < OLDEST or version[0] > OLDEST[0]:
        oldest = ".".join(map(str, OLDEST))
        raise ValueError(f"Python {text} is not supported; {oldest} and later 3.x versions are")
    return version
