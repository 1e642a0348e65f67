"""From the paths a user names to the Python files below them, each once, in one fixed order."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from awaken.discover.ignore_rules import compile_exclude, without_matches
from awaken.discover.territory import Territory
from awaken.discover.tree import SUFFIXES, Found, walk_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.discover.skipped import Skipped

_PYTHON_SHEBANG: Final = re.compile(rb"#!.*(?:python|pypy|\buv run\b)")
_SHEBANG_LIMIT: Final = 256  # bytes; Linux itself reads no more of the line


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a run is about.

    Attributes:
        files: absolute paths of Python files, sorted, none twice; links inside the root are
            replaced by what they lead to.
        skipped: what was passed over and why, sorted by path.
        missing: named paths that do not exist, as they were given.
    """

    files: tuple[Path, ...]
    skipped: tuple[Skipped, ...]
    missing: tuple[Path, ...]


def discover(
    paths: Sequence[Path], *, root: Path, exclude: Sequence[str] = (), force: bool = False
) -> Discovery:
    """Find the Python files that the named files and folders stand for.

    A path the user names is read even if it is ignored, excluded or called `build`; the rules
    hold below it. No link is followed out of the root.

    Args:
        paths: files and folders, relative to the working directory or absolute.
        root: project root; exclude patterns and ledger paths are relative to it.
        exclude: patterns in gitignore syntax.
        force: hold the named paths to the rules as well, for callers such as pre-commit hooks
            that name files without having chosen them.

    Raises:
        InvalidPattern: an exclude pattern cannot be compiled.
    """
    real_root = os.path.realpath(root)
    base = os.path.join(real_root, "")
    territory = Territory(real_root, compile_exclude(exclude, base))
    found = Found(real_root)
    missing = [path for path in paths if not _visit(path, root, territory, found, force=force)]
    reached = found.files | found.folders
    left_out = [
        entry for path, entry in found.skipped.items() if os.path.realpath(path) not in reached
    ]
    shown = os.path.join(os.path.abspath(root), "")
    return Discovery(
        files=tuple(
            Path(shown + file.removeprefix(base) if file.startswith(base) else file)
            for file in sorted(found.files, key=_by_parts)
        ),
        skipped=tuple(sorted(left_out, key=lambda entry: _by_parts(entry.path))),
        missing=tuple(missing),
    )


def _by_parts(path: str) -> list[str]:
    return path.split("/")


def _visit(path: Path, root: Path, territory: Territory, found: Found, *, force: bool) -> bool:
    """Record one named path; return False if there is nothing of that name."""
    named = os.path.abspath(path)
    try:
        os.lstat(named)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        found.cannot_open(named, error)
        return True
    real = os.path.realpath(named)
    if not territory.holds(real):
        if _stands_inside(named, root):
            found.skip(named, "outside-link")
            return True
        territory = _outside(real)
    reason = territory.passed_over(real) if force else None
    if reason is not None:
        found.skip(real, reason)
    elif os.path.lexists(real):
        _visit_real(real, territory, found)
    else:
        found.skip(named, "broken-link")
    return True


def _stands_inside(named: str, root: Path) -> bool:
    """Tell whether a path lies in the root as written, wherever a link in it may lead."""
    folder, name = os.path.split(named)
    spelled = Territory(os.path.abspath(root), ()).holds(named)
    return spelled or Territory(os.path.realpath(root), ()).holds(
        os.path.join(os.path.realpath(folder), name)
    )


def _outside(real: str) -> Territory:
    """Return the ground for a path outside the root, which the user may name all the same."""
    return Territory(real if os.path.isdir(real) else os.path.dirname(real), ())


def _visit_real(real: str, territory: Territory, found: Found) -> None:
    try:
        mode = os.stat(real).st_mode
        if stat.S_ISDIR(mode):
            layers = without_matches(territory.layers_for(real), real + "/")
            exclude = without_matches(territory.exclude, real + "/")
            walk_tree(real, layers, Territory(territory.top, exclude), found)
            _follow_links(territory, found)
        elif not stat.S_ISREG(mode):
            found.skip(real, "not-regular")
        elif _is_python(real):
            found.files.add(real)
        else:
            found.skip(real, "not-python")
    except OSError as error:
        found.cannot_open(real, error)


def _is_python(file: str) -> bool:
    suffix = os.path.splitext(file)[1]
    if suffix:
        return suffix in SUFFIXES
    with open(file, "rb") as stream:
        return _PYTHON_SHEBANG.match(stream.readline(_SHEBANG_LIMIT)) is not None


def _follow_links(territory: Territory, found: Found) -> None:
    """Resolve the links met so far; a folder behind one is walked and may hold further links."""
    while found.links:
        link = found.links.pop()
        real = os.path.realpath(link)
        if not (os.path.isdir(real) or link.endswith(SUFFIXES) or real.endswith(SUFFIXES)):
            continue
        if not territory.holds(real):
            found.skip(link, "outside-link")
        elif not os.path.exists(real):
            found.skip(link, "broken-link")
        else:
            _take_target(link, real, territory, found)


def _take_target(link: str, real: str, territory: Territory, found: Found) -> None:
    reason = territory.passed_over(real)
    if reason is not None:
        found.skip(link, reason)
    elif os.path.isdir(real):
        walk_tree(real, territory.layers_for(real), territory, found)
    elif not os.path.isfile(real):
        found.skip(link, "not-regular")
    elif real.endswith(SUFFIXES):
        found.files.add(real)
    else:
        found.skip(link, "not-python")
