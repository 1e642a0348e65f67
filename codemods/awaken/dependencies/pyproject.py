"""Add a requirement to a pyproject.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.dependencies.manifest import CannotAddError
from awaken.dependencies.sorted_names import position_among
from awaken.dependencies.toml_list import add_to_list
from awaken.dependencies.toml_places import toml_places

if TYPE_CHECKING:
    from awaken.dependencies.needed import Requirement
    from awaken.dependencies.toml_places import Keys

_LISTED = ("project", "dependencies")
_POETRY = ("tool", "poetry", "dependencies")
_ODD = "`dependencies` of pyproject.toml is written in a way that is not followed"


def add_to_project(text: str, requirement: Requirement) -> str:
    """Return the text with one more string in `dependencies` of `[project]`, which is made where it is missing.

    Raises:
        CannotAddError: the list is no array that stands there.
        ScanError: the text is written in a way that is not followed.
    """
    places = toml_places(text)
    array = places.values.get(_LISTED)
    if array is not None:
        if text[array.start] != "[":
            raise CannotAddError(_ODD)
        return add_to_list(text, array, requirement.name, str(requirement))
    keys = [keys for keys in places.lines if keys[:1] == _LISTED[:1] and len(keys) == 2]  # noqa: PLR2004
    if _LISTED[:1] not in places.tables or not keys:
        raise CannotAddError(_ODD)
    newline = "\r\n" if "\r\n" in text else "\n"
    after = places.lines[keys[-1]].end
    return _inserted(text, after, f'dependencies = ["{requirement}"]{newline}')


def add_to_poetry(text: str, requirement: Requirement) -> str:
    """Return the text with one more line in `[tool.poetry.dependencies]`.

    Raises:
        CannotAddError: it is no table of its own.
        ScanError: the text is written in a way that is not followed.
    """
    places = toml_places(text)
    keys: list[Keys] = [
        each for each in places.lines if each[:-1] == _POETRY and each[-1] != "python"
    ]
    if _POETRY not in places.tables:
        raise CannotAddError(_ODD)
    newline = "\r\n" if "\r\n" in text else "\n"
    new = f'{requirement.name} = "{requirement.versions or "*"}"{newline}'
    place = position_among(requirement.name, [each[-1] for each in keys])
    if place < len(keys):
        return _inserted(text, places.lines[keys[place]].start, new)
    every = [span for each, span in places.lines.items() if each[: len(_POETRY)] == _POETRY]
    return _inserted(text, every[-1].end if every else places.tables[_POETRY].start, new)


def _inserted(text: str, position: int, new: str) -> str:
    before = text[:position]
    if before and not before.endswith("\n"):
        before += new[len(new.rstrip("\r\n")) :]
    return before + new + text[position:]
