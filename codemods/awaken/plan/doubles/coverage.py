"""Which code runs under the tests that answer requests themselves: what those tests import."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from awaken.plan.doubles.files_of_tests import CONFTEST, is_of_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from awaken.plan.doubles.import_graph import ImportGraph


class Coverage:
    """What some files of tests have run.

    Args:
        doubles: files that use a library which answers requests.
        files: the paths of all files of the project.
        graph: what they import.
        read: gives the bytes of a file.
    """

    def __init__(
        self,
        doubles: Collection[str],
        files: Collection[str],
        graph: ImportGraph,
        read: Callable[[str], bytes],
    ) -> None:
        self._doubles = sorted(doubles)
        self._files = files
        self._graph = graph
        self._read = read

    def over(self, path: str) -> frozenset[str]:
        """Those of the files whose tests may run the code of another one; all of them where that cannot be told."""
        importing = self._importing(path)
        return frozenset(
            double
            for double in self._doubles
            if double in self._untold or importing.intersection(self._tests_of[double])
        )

    @cached_property
    def looked_at(self) -> frozenset[str]:
        """The files that an answer depends on."""
        using = {test for tests in self._tests_of.values() for test in tests}
        helpers = any(map(_is_helper, self._doubles))
        return self._graph.reached(using).union(self._tests if helpers else ())

    @cached_property
    def _untold(self) -> frozenset[str]:
        """Those that import nothing of the project but tests: they reach it in a way that cannot be seen."""
        return frozenset(
            double
            for double, tests in self._tests_of.items()
            if all(map(is_of_tests, self._graph.reached(tests)))
        )

    @cached_property
    def _tests_of(self) -> dict[str, tuple[str, ...]]:
        """The tests under which each of them answers."""
        return {double: (double, *self._using(double)) for double in self._doubles}

    def _using(self, double: str) -> Iterator[str]:
        """The tests that get it from another file: a fixture of a `conftest.py`, a helper."""
        folder, _, name = double.rpartition("/")
        if name == CONFTEST:
            below = f"{folder}/" if folder else ""
            yield from (each for each in self._tests if each.startswith(below))
        elif _is_helper(double):
            word = re.compile(rb"\b%b\b" % re.escape(name.removesuffix(".py").encode()))
            yield from (each for each in self._tests if word.search(self._read(each)))

    @cached_property
    def _tests(self) -> tuple[str, ...]:
        return tuple(filter(is_of_tests, self._files))

    def _importing(self, path: str) -> frozenset[str]:
        """A file, and all that import it, directly or not."""
        seen: set[str] = set()
        pending = [path]
        while pending:
            each = pending.pop()
            if each not in seen:
                seen.add(each)
                pending.extend(self._importers[each])
        return frozenset(seen)

    @cached_property
    def _importers(self) -> defaultdict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for path in self.looked_at:
            for imported in self._graph.imports(path):
                found[imported].append(path)
        return found


def _is_helper(path: str) -> bool:
    """Whether tests may import something from a file; pytest collects the others by their names."""
    name = path.rpartition("/")[2]
    return name != CONFTEST and not name.startswith("test_") and not name.endswith("_test.py")
