"""Add a string to an array in a TOML text: written like its neighbours, and nothing else moves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from awaken.dependencies.sorted_names import position_among
from awaken.dependencies.toml_places import ScanError, tokens

if TYPE_CHECKING:
    from awaken.dependencies.toml_places import Span


@dataclass(frozen=True, slots=True)
class _Item:
    """A string of the array.

    Attributes:
        start, end: its range, quotes included.
        behind: the end of its comma, or its own where it has none.
    """

    start: int
    end: int
    behind: int


def add_to_list(text: str, array: Span, name: str, requirement: str) -> str:
    """Return the text with one more string in an array of strings.

    Args:
        text: the whole text.
        array: the range of the array, brackets included.
        name: the distribution, by which the array may be in order.
        requirement: the new string.

    Raises:
        ScanError: the array is written in a way that is not followed.
    """
    items, comments = _items(text, array)
    if not items:
        inside = text[array.start + 1 : array.end - 1]
        if inside.strip():
            raise ScanError
        return _replaced(text, array.start + 1, array.end - 1, f'"{requirement}"')
    quote = text[items[-1].start]
    new = f"{quote}{requirement}{quote}"
    place = len(items)
    if not comments:
        place = position_among(name, [text[each.start + 1 : each.end - 1] for each in items])
    lines = "\n" in text[array.start : items[0].start] or any(
        "\n" in text[one.end : two.start] for one, two in pairwise(items)
    )
    insert = _on_a_line if lines else _in_line
    return insert(text, items, place, new)


def _in_line(text: str, items: list[_Item], place: int, new: str) -> str:
    if place < len(items):
        return _replaced(text, items[place].start, items[place].start, f"{new}, ")
    return _replaced(text, items[-1].end, items[-1].end, f", {new}")


def _on_a_line(text: str, items: list[_Item], place: int, new: str) -> str:
    """A line of its own, behind that of the item before; the last item may lack its comma."""
    if place < len(items) and _begins_line(text, items[place]):
        start = text.rfind("\n", 0, items[place].start) + 1
        indent = text[start : items[place].start]
        return _replaced(text, start, start, f"{indent}{new},{_newline(text)}")
    if place < len(items):
        return _in_line(text, items, place, new)
    last = items[-1]
    comma = "" if last.behind > last.end else ","
    ending = "," if not comma else ""
    if not _begins_line(text, last):
        return _replaced(text, last.behind, last.behind, f"{comma} {new}{ending}")
    text = _replaced(text, last.end, last.end, comma)
    start = text.rfind("\n", 0, last.start) + 1
    end = text.find("\n", last.behind) + 1
    if not end:
        raise ScanError
    indent = text[start : last.start]
    rest = text[last.behind + len(comma) : end].partition("#")[0]
    if rest.strip():
        # the bracket stands on the line of the last item
        behind = last.behind + len(comma)
        return _replaced(text, behind, behind, f"{_newline(text)}{indent}{new}{ending}")
    return _replaced(text, end, end, f"{indent}{new}{ending}{_newline(text)}")


def _items(text: str, array: Span) -> tuple[list[_Item], bool]:
    """The strings of an array, and whether comments stand on lines of their own among them."""
    items: list[_Item] = []
    comments = False
    for token, start, end in tokens(text, array.start + 1):
        if start >= array.end - 1:
            break
        if token == "string":
            items.append(_Item(start, end, end))
        elif token == "," and items:
            items[-1] = _Item(items[-1].start, items[-1].end, end)
        elif token == "comment":
            comments = comments or not text[text.rfind("\n", 0, start) + 1 : start].strip()
        elif token not in {"newline", " ", "\t", "\r", ","}:
            raise ScanError
    return items, comments


def _begins_line(text: str, item: _Item) -> bool:
    return not text[text.rfind("\n", 0, item.start) + 1 : item.start].strip()


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _replaced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]
