"""Which paths git ignores: .gitignore files, nested and inherited, and .git/info/exclude."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pathspec import GitIgnoreSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GITIGNORE: Final = ".gitignore"
_UTF8_BOM: Final = b"\xef\xbb\xbf"


class InvalidPattern(ValueError):  # noqa: N818  (reads better where it is caught)
    """An `exclude` pattern that gitignore syntax does not allow."""

    def __init__(self, pattern: str) -> None:
        super().__init__(
            f"exclude pattern {pattern!r} is not valid: write it as in a .gitignore file, "
            "for example `tests/data/` or `*_pb2.py`"
        )
        self.pattern = pattern


@dataclass(frozen=True, slots=True)
class Layer:
    """The patterns of one file.

    Attributes:
        base: folder the patterns are relative to, with a trailing slash.
        rules: compiled patterns, the last (which git obeys first) in front; True ignores.
    """

    base: str
    rules: tuple[tuple[re.Pattern[str], bool], ...]


Layers = tuple[Layer, ...]


def compile_exclude(patterns: Sequence[str], base: str) -> Layers:
    """Compile the user's exclude patterns.

    Args:
        patterns: gitignore syntax.
        base: folder they are relative to, with a trailing slash.

    Raises:
        InvalidPattern: naming the pattern that cannot be compiled.
    """
    for pattern in patterns:
        if not _is_valid(pattern):
            raise InvalidPattern(pattern)
    return _compiled(base, patterns)


def matches(layers: Layers, path: str) -> bool:
    """Tell whether the layers ignore a path, given that they ignore none of the folders above it.

    The innermost layer with an opinion decides, and in it the last pattern that matches.

    Args:
        layers: outermost first.
        path: absolute; a folder ends with a slash.
    """
    for layer in reversed(layers):
        if not path.startswith(layer.base):
            continue
        relative = path[len(layer.base) :]
        for regex, ignores in layer.rules:
            if _matches_itself(regex, relative):
                return ignores
    return False


def _matches_itself(regex: re.Pattern[str], path: str) -> bool:
    """Tell whether a pattern matches a path, and not merely a folder above it.

    pathspec lets a folder's pattern match everything below, with the slash after the folder as
    the one group of the match. Taken together with patterns that bring paths back (`*`, `!*/`,
    `!*.py`) that hides what git shows, hence the look at where the group ends.
    """
    if regex.search(path) is None:
        return False
    bare = path.removesuffix("/")
    if any(match.lastindex is None for match in regex.finditer(bare)):
        return True
    return path != bare and any(
        match.lastindex is not None and match.end(match.lastindex) == len(path)
        for match in regex.finditer(path)
    )


def without_matches(layers: Layers, path: str) -> Layers:
    """Return the layers less the patterns that ignore a folder the user named.

    The rest still holds below it: naming an ignored `build/` does not bring back `*_pb2.py`.

    Args:
        layers: outermost first.
        path: absolute folder with a trailing slash.
    """
    folders = [path[: slash.end()] for slash in re.finditer("/", path)]
    if not any(matches(layers, folder) for folder in folders):
        return layers
    return tuple(
        Layer(layer.base, tuple(rule for rule in layer.rules if not rule[0].search(relative)))
        for layer in layers
        for relative in [path.removeprefix(layer.base)]
    )


def descend(layers: Layers, folder: str, *, is_repository: bool) -> Layers:
    """Return the layers for the entries of a folder, given those that reached it.

    A nested repository starts afresh, as it does for git.

    Args:
        layers: layers of the folders above, outermost first.
        folder: absolute path without a trailing slash.
        is_repository: whether the folder holds a `.git`.

    Raises:
        OSError: an ignore file exists but cannot be read.
    """
    base = os.path.join(folder, "")
    outer = _layer(base, _info_exclude(folder)) if is_repository else layers
    return outer + _layer(base, base + GITIGNORE)


def _layer(base: str, ignore_file: str) -> Layers:
    # git does not follow a link here either
    if os.path.islink(ignore_file) or not os.path.isfile(ignore_file):
        return ()
    with open(ignore_file, "rb") as stream:
        text = os.fsdecode(stream.read().removeprefix(_UTF8_BOM))
    return _compiled(base, [line for line in text.split("\n") if _is_valid(line)])


def _compiled(base: str, patterns: Iterable[str]) -> Layers:
    # pathspec takes `docs/**/` for `docs/`; git means the folders below docs
    exact = [re.sub(r"/\*\*/$", "/**/*/", pattern) for pattern in patterns]
    rules = tuple(
        (pattern.regex, pattern.include)
        for pattern in reversed(list(GitIgnoreSpec.from_lines(exact).patterns))
        if pattern.regex is not None and pattern.include is not None
    )
    return (Layer(base, rules),) if rules else ()


def _is_valid(pattern: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([pattern])
    except ValueError:
        return False
    return True


def _info_exclude(folder: str) -> str:
    """Return where a repository keeps its own exclude file, also for worktrees and submodules."""
    git = os.path.join(folder, ".git")
    if not os.path.isdir(git):
        pointer = _first_line(git).removeprefix("gitdir:").strip()
        git = os.path.join(folder, pointer)
        common = _first_line(os.path.join(git, "commondir"))
        git = os.path.join(git, common) if common else git
    return os.path.join(git, "info", "exclude")


def _first_line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.readline().strip()
    except OSError:
        return ""
