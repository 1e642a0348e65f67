"""Requirements files of pip: pinned and loose, compiled by a tool or written by hand."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from awaken.project.documents import UnreadableError, read_text
from awaken.project.facts import (
    Fact,
    Kind,
    Problem,
    Statement,
    extras_in,
    is_development,
    normalised,
    split_requirement,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE_NAME = re.compile(r"(.*[-_.])?requirements([-_.].*)?\.(txt|in)", re.IGNORECASE)
_COMPILED = re.compile(
    r"^#.*\b(pip-compile|uv pip compile|uv export)\b|^\s*# via\b|--hash=", re.MULTILINE
)
_INCLUDE = re.compile(
    r"(?:-r|--requirement|(?P<constraint>-c|--constraint))(?:\s*=\s*|\s+|(?<=\s-[rc])|(?<=^-[rc]))"
    r"(?P<file>\S+)"
)
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][\w.-]*)")
# What pip also accepts and what names no distribution: options, addresses, paths, variables.
_NOT_A_NAME = re.compile(r"-|[A-Za-z+]+://|\.|/|[^@]*\$\{|[\w.-]*/|[^@]*\.(whl|zip|gz|bz2)$")


def requirement_files(folder: Path) -> tuple[Path, ...]:
    """Return the requirements files of a project folder and of its `requirements/`, sorted."""
    found = [path for path in _files(folder) if _FILE_NAME.fullmatch(path.name)]
    found += [path for path in _files(folder / "requirements") if path.suffix in {".txt", ".in"}]
    return tuple(sorted(found))


def is_compiled(text: str) -> bool:
    """Whether a tool made the text of a requirements file out of another one."""
    return _COMPILED.search(text) is not None


def includes_alone(text: str) -> str:
    """Return the file that a requirements file includes with `-r`, where it holds nothing else; else empty text."""
    lines = [line for _, line in _logical_lines(text)]
    include = _INCLUDE.fullmatch(lines[0]) if len(lines) == 1 else None
    return include["file"] if include is not None and not include["constraint"] else ""


def read_requirements(path: Path, root: Path) -> Iterator[Statement]:
    """Yield what a requirements file says, and the files that it includes with `-r` and `-c`.

    Versions of a file that a tool compiled count as locked, for it lists dependencies of
    dependencies too; so do constraints. Options, addresses and paths are passed over.

    Args:
        path: the file, inside `root`; an include that does not exist is passed over.
        root: the project root; files outside it are not read.
    """
    pending = [(path, False)]
    seen: set[Path] = set()
    while pending:
        current, is_constraint = pending.pop(0)
        if current in seen:
            continue
        seen.add(current)
        source = current.relative_to(root).as_posix()
        try:
            text = read_text(current) or ""
        except UnreadableError as error:
            yield Problem(source, error.message)
            continue
        yield from _statements(text, source, is_constraint)
        pending += [
            (target, is_constraint or constrains)
            for target, constrains in _includes(text, current.parent)
            if target.is_relative_to(root)
        ]


def _statements(text: str, source: str, is_constraint: bool) -> Iterator[Statement]:
    locked = is_constraint or is_compiled(text)
    runtime = not is_development(source)
    for number, line in _logical_lines(text):
        split = _requirement(line)
        if split is None:
            if not _NOT_A_NAME.match(line):
                yield Problem(f"{source}:{number}", f'"{line[:60]}" is no requirement')
            continue
        name, constraint = split
        kind = Kind.LOCKED if locked else _kind(constraint)
        yield Fact(name, constraint, kind, source, runtime, extras_in(line))


def _requirement(line: str) -> tuple[str, str] | None:
    if _NOT_A_NAME.match(line):
        egg = _EGG.search(line)
        return (normalised(egg[1]), "") if egg else None
    return split_requirement(re.split(r"\s--", line, maxsplit=1)[0])


def _kind(constraint: str) -> Kind:
    is_exact = constraint.startswith("==") and "*" not in constraint
    return Kind.PINNED if is_exact else Kind.DECLARED


def _includes(text: str, folder: Path) -> Iterator[tuple[Path, bool]]:
    for _, line in _logical_lines(text):
        include = _INCLUDE.match(line)
        if include is not None:
            target = Path(os.path.normpath(folder / include["file"]))
            yield target, include["constraint"] is not None


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines joined with their continuations, without comments, after the number of the first."""
    start, parts = 1, []
    for number, line in enumerate(text.split("\n"), 1):
        continues = line.endswith("\\")
        parts.append(re.sub(r"(^|\s)#.*$", "", line.removesuffix("\\")))
        if continues:
            continue
        joined = " ".join(parts).strip()
        if joined:
            yield start, joined
        start, parts = number + 1, []


def _files(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [folder / entry.name for entry in entries if entry.is_file()]
    except OSError:
        return []
