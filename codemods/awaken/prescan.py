"""One quick look over the bytes of all files: what one of them says about another."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DOTTED = re.compile(rb"""["']([A-Za-z_]\w*(?:\.\w+)+)["']""")
_FROM = re.compile(
    rb"^[ \t]*from[ \t]+\.*([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\r\n#;]+)", re.MULTILINE
)
_HANDLED = re.compile(rb"\b(?:requests|OSError|IOError|EnvironmentError)\b")
# `suppress(requests.Timeout)`, `isinstance(error, RequestException)`, `@app.exception_handler(...)`.
_HANDLED_ELSEWHERE = re.compile(
    rb"(?:suppress|exception_handler|isinstance|issubclass|on_exception|retry_if_exception_type)"
    rb"\s*\([^()]*\b(?:RequestException|HTTPError|ConnectionError|Timeout|ConnectTimeout|ReadTimeout"
    rb"|TooManyRedirects|SSLError|ProxyError|InvalidURL|JSONDecodeError)\b"
)
_NAME = re.compile(rb"(\w+)(?:[ \t]+as[ \t]+\w+)?")


@dataclass(frozen=True, slots=True)
class Prescan:
    """What the bytes of the project's files tell without parsing.

    Attributes:
        patched: dotted names in strings of files that patch something.
        handling: files that may handle exceptions of requests, or the OSError that they are.
        handled_elsewhere: whether some file handles them otherwise than in an `except` clause.
        imported: (module, member) of every `from module import member`.
        digests: digest of each file's bytes, by path relative to the root.
    """

    patched: frozenset[str]
    handling: tuple[str, ...]
    handled_elsewhere: bool
    imported: frozenset[tuple[str, str]]
    digests: Mapping[str, bytes]


def prescan(paths: Sequence[Path], root: Path) -> Prescan:
    """Look through the files; those that cannot be read are passed over here and reported later."""
    patched: set[bytes] = set()
    handling: list[str] = []
    imported: set[tuple[bytes, bytes]] = set()
    digests: dict[str, bytes] = {}
    handled_elsewhere = False
    for path in paths:
        try:
            if not path.is_file():
                continue
            data = path.read_bytes()
        except OSError:
            continue
        relative = relative_path(path, root)
        digests[relative] = digest(data)
        if b"patch" in data:
            patched.update(_DOTTED.findall(data))
        if b"except" in data and _HANDLED.search(data):
            handling.append(relative)
        handled_elsewhere = handled_elsewhere or bool(
            b"requests" in data and _HANDLED_ELSEWHERE.search(data)
        )
        for module, members in _FROM.findall(data):
            imported.update((module, member) for member in _NAME.findall(members))
    return Prescan(
        frozenset(map(_text, patched)),
        tuple(handling),
        handled_elsewhere,
        frozenset((_text(module), _text(member)) for module, member in imported),
        digests,
    )


def digest(data: bytes) -> bytes:
    """What tells one content of a file from another."""
    return hashlib.blake2b(data, digest_size=16).digest()


def relative_path(path: Path, root: Path) -> str:
    """The POSIX path of a file relative to the project root."""
    return Path(os.path.relpath(path, root)).as_posix()


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
