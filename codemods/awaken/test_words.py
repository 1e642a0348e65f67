"""What the bytes of a file tell of what its tests replace: names that are patched, libraries that answer requests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from awaken.plan.doubles.libraries import DOUBLES

if TYPE_CHECKING:
    from collections.abc import Mapping

# `patch.object(time, "sleep")`, `monkeypatch.setattr(app.time, "sleep", ...)`. Patterns begin with a fixed word, which
# makes the search for them several times faster.
_ARGUMENTS = rb"""\(\s*([A-Za-z_][\w.]*)\s*,\s*["'](\w+)["']"""
_SET_ON = (
    re.compile(rb"patch\.object%b" % _ARGUMENTS),
    re.compile(rb"attr(?<=setattr|delattr)%b" % _ARGUMENTS),
)
_DOTTED = re.compile(rb"""["']([A-Za-z_]\w*(?:\.\w+)+)["']""")
# `patch(f"{MODULE}.requests.get")`, `patch(MODULE + ".requests")`.
_TAIL = re.compile(rb"""[}"'](\.[A-Za-z_]\w*(?:\.\w+)*)["']""")
# `patch.multiple("requests", get=..., post=...)`.
_MULTIPLE = re.compile(rb"""patch\.multiple\(\s*(["']?)([A-Za-z_][\w.]*)["']?\s*,([^()]*)""")
_KEYWORD = re.compile(rb"\b(\w+)\s*=")


@dataclass(frozen=True, slots=True)
class Replaced:
    """What tests replace.

    Attributes:
        patched: files by the dotted names that stand in their strings, where they patch something; a name that
            begins with a dot is the end of one that is put together.
        set_on: (object, file) by the attribute that is set on it; the object as it is written there.
        doubles: files by the name of the library in them that answers requests.
    """

    patched: Mapping[str, tuple[str, ...]]
    set_on: Mapping[str, tuple[tuple[str, str], ...]]
    doubles: Mapping[str, tuple[str, ...]]


class TestWords:
    """The same, while the files are looked through."""

    __test__ = False  # pytest takes it for tests otherwise

    def __init__(self) -> None:
        self._patched: dict[bytes, dict[str, None]] = {}
        self._set_on: dict[bytes, dict[tuple[str, str], None]] = {}
        self._doubles: dict[str, list[str]] = {}

    def look(self, path: str, data: bytes) -> None:
        """Read one file.

        Args:
            path: POSIX path relative to the project root.
            data: its bytes.
        """
        if b"patch" in data:
            for name in (*_DOTTED.findall(data), *_TAIL.findall(data)):
                self._patched.setdefault(name, {})[path] = None
            for owner, attribute in chain.from_iterable(each.findall(data) for each in _SET_ON):
                self._name(owner, attribute, path)
                self._set(owner, attribute, path)
            for quote, owner, given in _MULTIPLE.findall(data):
                for attribute in _KEYWORD.findall(given):
                    self._name(owner, attribute, path)
                    if not quote:
                        self._set(owner, attribute, path)
        for name, library in DOUBLES.items():
            if name.encode() in data and library.use_in(data) is not None:
                self._doubles.setdefault(name, []).append(path)

    def found(self) -> Replaced:
        """What was read so far."""
        return Replaced(
            {_text(name): tuple(paths) for name, paths in self._patched.items()},
            {_text(name): tuple(pairs) for name, pairs in self._set_on.items()},
            {name: tuple(paths) for name, paths in self._doubles.items()},
        )

    def _name(self, owner: bytes, attribute: bytes, path: str) -> None:
        self._patched.setdefault(b"%b.%b" % (owner, attribute), {})[path] = None

    def _set(self, owner: bytes, attribute: bytes, path: str) -> None:
        self._set_on.setdefault(attribute, {})[_text(owner), path] = None


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
