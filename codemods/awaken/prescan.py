"""One quick look over the bytes of all files: what one of them says about another."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_DOTTED = re.compile(rb"""["']([A-Za-z_]\w*(?:\.\w+)+)["']""")
_FROM = re.compile(
    rb"^[ \t]*from[ \t]+\.*([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\r\n#;]+)", re.MULTILINE
)
_NAME = re.compile(rb"(\w+)(?:[ \t]+as[ \t]+\w+)?")


@dataclass(frozen=True, slots=True)
class Prescan:
    """What the bytes of the project's files tell without parsing.

    Attributes:
        patched: dotted names in strings of files that patch something.
        handling: files that may handle exceptions of requests.
        imported: (module, member) of every `from module import member`.
    """

    patched: frozenset[str]
    handling: tuple[str, ...]
    imported: frozenset[tuple[str, str]]


def prescan(paths: Sequence[Path], root: Path) -> Prescan:
    """Look through the files; those that cannot be read are passed over here and reported later."""
    patched: set[bytes] = set()
    handling: list[str] = []
    imported: set[tuple[str, str]] = set()
    for path in paths:
        try:
            if not path.is_file():
                continue
            data = path.read_bytes()
        except OSError:
            continue
        if b"patch" in data:
            patched.update(_DOTTED.findall(data))
        if b"except" in data and b"requests" in data:
            handling.append(Path(os.path.relpath(path, root)).as_posix())
        for module, members in _FROM.findall(data):
            for member in _NAME.findall(members):
                imported.add((module.decode(errors="replace"), member.decode(errors="replace")))
    names = frozenset(name.decode(errors="replace") for name in patched)
    return Prescan(names, tuple(handling), frozenset(imported))
