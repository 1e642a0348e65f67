"""What the bytes of a file tell of what its tests replace: names that are patched, libraries that answer requests."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.doubles.libraries import DOUBLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# `patch.object(time, "sleep")`, `monkeypatch.setattr(app.time, "sleep", ...)`. Patterns begin with a fixed word, which
# makes the search for them several times faster.
_ARGUMENTS = rb"""\(\s*([A-Za-z_][\w.]*)\s*,\s*["'](\w+)["']"""
_SET_ON = (
    re.compile(rb"patch\.object%b" % _ARGUMENTS),
    re.compile(rb"attr(?<=setattr|delattr)%b" % _ARGUMENTS),
)
# No `dispatch`.
_PATCH = re.compile(rb"(?<![A-Za-z])(?:monkey)?patch")
_DOTTED = re.compile(rb"""["']([A-Za-z_]\w*(?:\.\w+)+)["']""")
# `patch(f"{MODULE}.requests.get")`, `patch(MODULE + ".requests")`.
_TAIL = re.compile(rb"""[}"'](\.[A-Za-z_]\w*(?:\.\w+)*)["']""")
# `patch.multiple("requests", get=..., post=...)`.
_MULTIPLE = re.compile(rb"""patch\.multiple\(\s*(["']?)([A-Za-z_][\w.]*)["']?\s*,([^()]*)""")
# `patch.dict("sys.modules", {"requests": fake})`, `sys.modules["requests"] = fake`.
_MODULES = re.compile(
    rb"""sys\.modules["']?\s*(?:,\s*|(?=\[))(\{[^{}]*\}|["'][\w.]+["']|\[["'][\w.]+["']\]\s*=)"""
)
_QUOTED = re.compile(rb"""["']([\w.]+)["']""")
_KEYWORD = re.compile(rb"\b(\w+)\s*=")


@dataclass(frozen=True, slots=True)
class Replaced:
    """What tests replace.

    Attributes:
        patched: files by the dotted names that stand in their strings, where they patch something; a name that
            begins with a dot is the end of one that is put together.
        set_on: (object, file) by the attribute that is set on it; the object as it is written there.
        doubles: files by the name of the library in them that answers requests.
        left_out: the files among these that the configuration excludes.
    """

    patched: Mapping[str, tuple[str, ...]]
    set_on: Mapping[str, tuple[tuple[str, str], ...]]
    doubles: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...] = ()


class TestWords:
    """The same, while the files are looked through."""

    __test__ = False  # pytest takes it for tests otherwise

    def __init__(self) -> None:
        self._patched: dict[bytes, dict[str, None]] = {}
        self._set_on: dict[bytes, dict[tuple[str, str], None]] = {}
        self._doubles: dict[str, list[str]] = {}
        self._left_out: list[str] = []

    def look(self, path: str, data: bytes) -> None:
        """Read one file.

        Args:
            path: POSIX path relative to the project root.
            data: its bytes.
        """
        if b"patch" in data and _PATCH.search(data):
            for dotted in _strings_in(data):
                self._patched.setdefault(dotted, {})[path] = None
            for owner, attribute in _set_in(data):
                self._set_on.setdefault(attribute, {})[_text(owner), path] = None
        for name, library in DOUBLES.items():
            if name.encode() in data and library.use_in(data) is not None:
                self._doubles.setdefault(name, []).append(path)

    def look_left_out(self, path: str, file: Path) -> None:
        """Read a file that no other part of the run is about; one that cannot be read is passed over.

        Args:
            path: POSIX path relative to the project root.
            file: the same, absolute.
        """
        with suppress(OSError):
            self.look(path, file.read_bytes())
            self._left_out.append(path)

    def found(self) -> Replaced:
        """What was read so far."""
        return Replaced(
            {_text(name): tuple(paths) for name, paths in self._patched.items()},
            {_text(name): tuple(pairs) for name, pairs in self._set_on.items()},
            {name: tuple(paths) for name, paths in self._doubles.items()},
            tuple(self._left_out),
        )


def _strings_in(data: bytes) -> Iterator[bytes]:
    """What may be patched by its name, and what is by an object that goes by one."""
    yield from _DOTTED.findall(data)
    yield from _TAIL.findall(data)
    for owner, attribute in _set_in(data):
        yield b"%b.%b" % (owner, attribute)
    for _, owner, given in _MULTIPLE.findall(data):
        for attribute in _KEYWORD.findall(given):
            yield b"%b.%b" % (owner, attribute)
    for given in _MODULES.findall(data):
        for module in _QUOTED.findall(given):
            yield b"sys.modules.%b" % module


def _set_in(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Objects, as they are written, with the attributes that are set on them."""
    for pattern in _SET_ON:
        yield from pattern.findall(data)
    for quote, owner, given in _MULTIPLE.findall(data):
        for attribute in () if quote else _KEYWORD.findall(given):
            yield owner, attribute


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
