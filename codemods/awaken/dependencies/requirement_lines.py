"""Add a requirement to lines that list one each: a requirements file, `install_requires` of a setup.cfg."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awaken.dependencies.manifest import CannotAddError
from awaken.dependencies.sorted_names import position_among
from awaken.project.facts import split_requirement

if TYPE_CHECKING:
    from awaken.dependencies.needed import Requirement

_COMMENT = re.compile(r"(^|\s)#.*$")
_INSTALL_REQUIRES = re.compile(r"^install_requires[ \t]*[=:]([^\n]*)$")
_OPTIONS = re.compile(r"^\[options\][ \t]*$")


def add_to_requirements(text: str, requirement: Requirement) -> str:
    """Return the text of a requirements file with one more line, behind the others or in their order."""
    lines = text.splitlines(keepends=True)
    end = "\r\n" if "\r\n" in text else "\n"
    listed = [number for number, line in enumerate(lines) if _names_one(line, lines, number)]
    place = _place(lines, listed, requirement)
    if place == len(lines) > 0 and not lines[-1].endswith("\n"):
        lines[-1] += end
    lines.insert(place, f"{requirement}{end}")
    return "".join(lines)


def add_to_setup_cfg(text: str, requirement: Requirement) -> str:
    """Return the text of a setup.cfg with one more line in `install_requires`.

    Raises:
        CannotAddError: it is written otherwise than as lines below the option.
    """
    lines = text.splitlines(keepends=True)
    first = _option(lines)
    end = first
    while end < len(lines) and (lines[end][:1] in " \t" or lines[end].startswith("#")):
        end += 1
    listed = [each for each in range(first, end) if _names_one(lines[each], lines, each)]
    if not listed or not lines[listed[-1]].endswith("\n"):
        raise CannotAddError("`install_requires` of setup.cfg has no lines of its own")
    indent = re.match(r"[ \t]*", lines[listed[-1]])
    newline = "\r\n" if "\r\n" in text else "\n"
    new = f"{indent[0] if indent else '    '}{requirement}{newline}"
    lines.insert(_place(lines, listed, requirement), new)
    return "".join(lines)


def _option(lines: list[str]) -> int:
    """The line behind `install_requires =`."""
    inside = False
    for number, line in enumerate(lines):
        bare = line.rstrip("\r\n")
        if bare.startswith("["):
            inside = _OPTIONS.match(bare) is not None
        option = _INSTALL_REQUIRES.match(bare) if inside else None
        if option is not None and not option[1].strip():
            return number + 1
    raise CannotAddError("`install_requires` of setup.cfg has no lines of its own")


def _place(lines: list[str], listed: list[int], requirement: Requirement) -> int:
    if not listed:
        return len(lines)
    named = [_bare(lines[number]) for number in listed]
    # Headings between the lines say that they are in groups.
    headings = any(line.lstrip().startswith("#") for line in lines[listed[0] : listed[-1]])
    place = len(listed) if headings else position_among(requirement.name, named)
    return listed[place] if place < len(listed) else listed[-1] + 1


def _names_one(line: str, lines: list[str], number: int) -> bool:
    """Whether a line is a requirement by itself; one that goes on behind its end is none to add something at."""
    continued = line.rstrip("\r\n").endswith("\\") or (
        number > 0 and lines[number - 1].rstrip("\r\n").endswith("\\")
    )
    return not continued and bool(_bare(line)) and split_requirement(_bare(line)) is not None


def _bare(line: str) -> str:
    return _COMMENT.sub("", line.strip())
