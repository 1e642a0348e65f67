"""Where tests put something else in the place of a call."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from awaken.plan.doubles.coverage import Coverage
from awaken.plan.doubles.import_graph import ImportGraph
from awaken.plan.doubles.libraries import DOUBLES
from awaken.plan.doubles.patches import Patches
from awaken.plan.fix import Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awaken.plan.doubles.libraries import DoubleLibrary
    from awaken.plan.doubles.use import Use
    from awaken.prescan import Prescan
    from awaken.resolve.resolver import Resolver

_MODULES = "sys.modules."


class TestDoubles:
    """What the tests of a project replace, worked out when it is asked for.

    Args:
        scan: gives what the bytes of the project's files tell.
        resolver: knows the project.
        read: gives the bytes of a file by its path; empty for one that cannot be read.
    """

    __test__ = False  # pytest takes it for tests otherwise

    def __init__(
        self, scan: Callable[[], Prescan], resolver: Resolver, read: Callable[[str], bytes]
    ) -> None:
        self._look_through = scan
        self._resolver = resolver
        self._read = read
        self._coverages: dict[str, Coverage] = {}

    def places(self, use: Use) -> tuple[Spot, ...]:
        """Return where tests replace a call that a module makes, in the order of the paths."""
        return tuple(sorted({*self._patches_of(use), *self._answers_to(use)}))

    def _patches_of(self, use: Use) -> Iterator[Spot]:
        for path, name in self._patches.of(use):
            yield from self._lines(path, _patching(name))

    def _answers_to(self, use: Use) -> Iterator[Spot]:
        root = use.call.partition(".")[0]
        for name in self._scan.replaced.doubles:
            library = DOUBLES[name]
            if root in library.covers and not self._is_own(library):
                coverage = self._coverage(name)
                for path in coverage.over(use.index.path):
                    yield self._use_in(path, library)
                self._resolver.touched |= coverage.looked_at

    def _is_own(self, library: DoubleLibrary) -> bool:
        """Whether the project has a module of that name, which is what its files import."""
        return any(self._resolver.project.module(each) is not None for each in library.modules)

    def _coverage(self, name: str) -> Coverage:
        if name not in self._coverages:
            doubles = self._scan.replaced.doubles[name]
            self._coverages[name] = Coverage(doubles, self._files, self._graph, self._read)
        return self._coverages[name]

    def _use_in(self, path: str, library: DoubleLibrary) -> Spot:
        """Where a file first uses a library; where it is imported, if nothing else is to be seen."""
        used = rb"^(?![ \t]*(?:import|from|#)[ \t]).*\b%b\b" % library.name.encode()
        data = self._read(path)
        found = re.search(used, data, re.MULTILINE)
        return _spot(path, data, found.start() if found else library.use_in(data) or 0)

    def _lines(self, path: str, pattern: bytes) -> Iterator[Spot]:
        """The lines of a file where something stands."""
        self._resolver.touched.add(path)
        data = self._read(path)
        for found in re.finditer(pattern, data):
            yield _spot(path, data, found.start())

    @cached_property
    def _scan(self) -> Prescan:
        return self._look_through()

    @cached_property
    def _patches(self) -> Patches:
        return Patches(self._scan.replaced, self._resolver)

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset((*self._scan.digests, *self._scan.replaced.left_out))

    @cached_property
    def _graph(self) -> ImportGraph:
        return ImportGraph(self._files, self._read, self._resolver.project.module)


def _patching(name: str) -> bytes:
    """What a patch of a name looks like: the string, or an object and the name of its attribute."""
    owner, _, attribute = name.rpartition(".")
    if name.startswith(_MODULES):
        owner, attribute = _MODULES[:-1], name.removeprefix(_MODULES)
    whole, owner, attribute = map(re.escape, (name, owner, attribute))
    named = rf"[\"']{attribute}[\"']|[^()]*\b{attribute}\s*="
    on_it = rf"\b{owner}(?:[\"']?\s*,\s*|\[)(?:\{{[^{{}}]*?)?(?:{named})"
    return rf"(?:(?<![\w.])|(?=\.)){whole}(?![\w.])|{on_it}".encode()


def _spot(path: str, data: bytes, position: int) -> Spot:
    return Spot(path, data.count(b"\n", 0, position) + 1)
