"""Which distributions the project depends on, in which versions, and which file says so."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, repeat
from typing import TYPE_CHECKING

from awaken.project.declared_dependencies import declaration_files, read_declaration
from awaken.project.documents import UnreadableError
from awaken.project.facts import (
    Fact,
    Kind,
    Problem,
    extras_in,
    normalised,
    split_requirement,
)
from awaken.project.lock_files import lock_files, read_lock
from awaken.project.nested_projects import nested_projects
from awaken.project.requirement_files import read_requirements, requirement_files
from awaken.project.version_bounds import lowest_version
from awaken.project.version_range import allow_one_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from packaging.version import Version

    from awaken.project.facts import Statement

_DIRECT = frozenset({Kind.PINNED, Kind.DECLARED, Kind.CLASSIFIED})
# An application runs what is locked; a library runs on everything that it allows, whatever versions
# its own developers lock. Saying which Django versions one supports is what only libraries do.
_APPLICATION_ORDER = (Kind.LOCKED, Kind.PINNED, Kind.DECLARED, Kind.CLASSIFIED)
_LIBRARY_ORDER = (Kind.DECLARED, Kind.CLASSIFIED, Kind.PINNED, Kind.LOCKED)


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What the project's files say of the distributions that it needs.

    Attributes:
        facts: every statement found, in the order of the files.
        problems: sentences about files and lines that were passed over.
        library: whether the project is published for use with a range of versions.
    """

    facts: tuple[Fact, ...] = ()
    problems: tuple[str, ...] = ()
    library: bool = False

    def has(self, name: str) -> bool:
        """Whether the project itself asks for a distribution.

        Dependencies of dependencies do not count, except where only lock files exist, which do not
        tell them apart.
        """
        counted = self._of(name)
        return any(fact.kind in _DIRECT for fact in counted) or (
            bool(counted) and not any(fact.kind in _DIRECT for fact in self.facts)
        )

    def has_at_runtime(self, name: str) -> bool:
        """Like `has`, not counting what is asked for only in development (tests, linting)."""
        return self.has(name) and any(fact.runtime for fact in self._of(name))

    def is_available(self, name: str) -> bool:
        """Whether the project's environment has it, asked for or as a dependency of something."""
        return bool(self._of(name))

    def has_any(self, requirements: Iterable[str]) -> bool:
        """Whether the project certainly asks for what one of some requirements does.

        Args:
            requirements: such as `fastapi[standard]>=0.150`: one of these extras is asked for, in these versions.
        """
        return any(map(self._covers, requirements))

    def permits(self, name: str, constraint: str) -> bool:
        """Whether a distribution may be had in one of some versions, as far as the project says.

        Args:
            name: the distribution; one that the project does not name may be had in any version.
            constraint: such as `>=0.28,<1`; empty for any.
        """
        facts = self._of(name)
        for kind in self._order:
            said = [fact.constraint for fact in facts if fact.kind is kind and fact.constraint]
            if said:
                return all(allow_one_version(each, constraint) for each in said)
        return True

    def minimum(self, name: str) -> Version | None:
        """Return the oldest version the project runs with, or None where nothing says.

        For an application the locked version decides, then a pinned one, then the lower bound, then
        classifiers; for a library its bounds and classifiers come first. Of several the lowest.
        """
        deciding = self._deciding(name)
        return None if deciding is None else deciding[0]

    def source(self, name: str) -> str:
        """Return the file that decided `minimum`, else the first that names it, else empty text."""
        deciding = self._deciding(name)
        if deciding is not None:
            return deciding[1].source
        return next((fact.source for fact in self._of(name)), "")

    def _of(self, name: str) -> list[Fact]:
        wanted = normalised(name)
        return [fact for fact in self.facts if fact.name == wanted]

    @property
    def _order(self) -> tuple[Kind, ...]:
        return _LIBRARY_ORDER if self.library else _APPLICATION_ORDER

    def _covers(self, requirement: str) -> bool:
        split = split_requirement(requirement)
        name, constraint = split or ("", "")
        least = lowest_version(constraint)
        known = self.minimum(name)
        old = least is not None and (known is None or known < least)
        wanted = extras_in(requirement)
        return not old and any(wanted <= fact.extras for fact in self._of(name))

    def _deciding(self, name: str) -> tuple[Version, Fact] | None:
        facts = self._of(name)
        for kind in self._order:
            bounds = [
                (lowest_version(fact.constraint), fact) for fact in facts if fact.kind is kind
            ]
            known = [(version, fact) for version, fact in bounds if version is not None]
            if known:
                return min(known, key=lambda pair: pair[0])
        return None


def read_dependencies(root: Path) -> Dependencies:
    """Read what a project, and the projects nested in it, depend on.

    Read are lock files (uv, pylock, poetry, pdm, pipenv), pyproject.toml (PEP 621, dependency
    groups, poetry, uv, pdm), setup.cfg, setup.py (literals only), Pipfile, requirements files and
    conda's environment.yml. Nothing is executed; what cannot be understood becomes a problem.

    Args:
        root: absolute path of the project root.
    """
    return _gathered(
        chain.from_iterable(map(_in_folder, (root, *nested_projects(root)), repeat(root)))
    )


def read_folder(folder: Path, root: Path) -> Dependencies:
    """Read what one folder says, without the projects nested in it.

    Args:
        folder: absolute path of a project folder.
        root: the project root, which names of files count from.
    """
    return _gathered(_in_folder(folder, root))


def _gathered(found: Iterable[Statement]) -> Dependencies:
    statements = list(found)
    facts = tuple(item for item in statements if isinstance(item, Fact))
    problems = (item for item in statements if isinstance(item, Problem))
    texts = dict.fromkeys(f"{problem.place}: {problem.message}" for problem in problems)
    is_library = any(fact.kind is Kind.CLASSIFIED for fact in facts)
    return Dependencies(facts, tuple(texts), is_library)


def _in_folder(folder: Path, root: Path) -> Iterator[Statement]:
    for path in lock_files(folder):
        yield from _guarded(read_lock, path, root)
    for path in declaration_files(folder):
        yield from _guarded(read_declaration, path, root)
    included = (read_requirements(path, root) for path in requirement_files(folder))
    yield from dict.fromkeys(chain.from_iterable(included))


def _guarded(
    read: Callable[[Path, str], Iterator[Statement]], path: Path, root: Path
) -> Iterator[Statement]:
    source = path.relative_to(root).as_posix()
    try:
        yield from read(path, source)
    except UnreadableError as error:
        yield Problem(source, error.message)
