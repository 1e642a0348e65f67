"""Which files a file imports, told from its bytes: rather too many than too few, for thousands of files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awaken.plan.doubles.files_of_tests import CONFTEST, is_of_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

# Patterns begin with a fixed word, which the search for it makes several times faster.
_FROM = re.compile(
    rb"from(?<![^\s;]from)[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\r\n#;]+)"
)
_IMPORT = re.compile(rb"import(?<![^\s;]import)[ \t]+([\w., \t]+)")
_AS = re.compile(rb"[ \t]+as[ \t]+\w+")
_NAME = re.compile(rb"(\w+)(?:[ \t]+as[ \t]+\w+)?")
# `patch("app.shop.requests.get")` imports what it patches; so does `include("app.urls")`.
_DOTTED = re.compile(rb"""["']([A-Za-z_]\w*(?:\.\w+)+)(?::\w+)?["']""")
# A module whose name is put together: it may be any of the package.
_DYNAMIC = re.compile(
    rb"""\b(?:import_module|__import__|import_string)\((?!\s*["'])"""
    rb"""|\b(?:iter_modules|walk_packages|spec_from_file_location|autodiscover\w*)\("""
)
_DJANGO = re.compile(rb"^[ \t]*(?:from|import)[ \t]+django\b", re.MULTILINE)


class ImportGraph:
    """The imports of a project's files, read when they are asked for.

    Args:
        files: the paths of all files, relative to the project root.
        read: gives the bytes of one; empty for one that cannot be read.
        locate: gives the file of a module by its dotted name and the file that imports it, or None.
    """

    def __init__(
        self,
        files: Collection[str],
        read: Callable[[str], bytes],
        locate: Callable[[str, str], str | None],
    ) -> None:
        self._files = files
        self._read = read
        self._locate = locate
        self._known: dict[str, frozenset[str]] = {}

    def imports(self, path: str) -> frozenset[str]:
        """The files that one runs when it is imported, or collected by pytest."""
        if path not in self._known:
            data = self._read(path)
            found = {
                *self._absolute(path, data),
                *self._relative(path, data),
                *self._dynamic(path, data),
            }
            if is_of_tests(path):
                found |= self._above(path, CONFTEST)
            packages = (self._above(each, "__init__.py") for each in (path, *found))
            self._known[path] = frozenset(found.union(*packages) - {path})
        return self._known[path]

    def reached(self, starts: Iterable[str]) -> frozenset[str]:
        """Some files, and all that they import, directly or not."""
        seen: set[str] = set()
        pending = list(starts)
        while pending:
            path = pending.pop()
            if path not in seen:
                seen.add(path)
                pending.extend(self.imports(path))
        return frozenset(seen)

    def _absolute(self, path: str, data: bytes) -> Iterator[str]:
        names: set[str] = set()
        for dots, module, members in _FROM.findall(data):
            if not dots:
                names.add(_text(module))
                names.update(f"{_text(module)}.{_text(each)}" for each in _NAME.findall(members))
        for listed in _IMPORT.findall(data):
            names.update(_text(each).strip() for each in _AS.sub(b"", listed).split(b","))
        for name in names:
            found = self._locate(name, path)
            if found is not None:
                yield found
        for name in _DOTTED.findall(data):
            found = self._longest(_text(name), path)
            if found is not None:
                yield found

    def _longest(self, name: str, path: str) -> str | None:
        """The module that a dotted name begins with."""
        while name:
            found = self._locate(name, path)
            if found is not None:
                return found
            name = name.rpartition(".")[0]
        return None

    def _relative(self, path: str, data: bytes) -> Iterator[str]:
        for dots, module, members in _FROM.findall(data):
            if dots:
                folders = path.split("/")[: -len(dots)]
                base = [*folders, *filter(None, _text(module).split("."))]
                members_too = ([*base, _text(each)] for each in _NAME.findall(members))
                for parts in (base, *members_too):
                    stem = "/".join(parts)
                    yield from {f"{stem}.py", f"{stem}/__init__.py"}.intersection(self._files)

    def _dynamic(self, path: str, data: bytes) -> Iterator[str]:
        """What may be imported under a name that does not stand there."""
        if is_of_tests(path):
            # Django finds the code that answers a request by names in its settings.
            if _DYNAMIC.search(data) or _DJANGO.search(data):
                yield from self._files
        elif _DYNAMIC.search(data):
            top = path.partition("/")[0] if "/" in path else ""
            packages = [path.rpartition("/")[0]]
            while f"{packages[-1]}/__init__.py" in self._files and packages[-1]:
                packages.append(packages[-1].rpartition("/")[0])
            folder = packages[-2] if len(packages) > 1 else top
            yield from (each for each in self._files if each.startswith(f"{folder}/"))

    def _above(self, path: str, name: str) -> set[str]:
        """The files of a name in the folder of a file, and in those above it."""
        folders = path.split("/")[:-1]
        stems = ("/".join([*folders[:end], name]) for end in range(len(folders) + 1))
        return {each for each in stems if each in self._files}


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
