"""Where the values of a JSON text stand in it, so that one of them can be replaced and the rest stays as it is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder()


class JsonValue(NamedTuple):
    """A value and the range of characters it is written in."""

    value: Any
    start: int
    end: int


def whole(text: str) -> JsonValue:
    """The value that a JSON text is.

    Raises:
        ValueError: when it is no JSON.
    """
    found = _value(text, 0)
    if _behind_space(text, found.end) != len(text):
        raise json.JSONDecodeError("Extra data", text, found.end)
    return found


def members(text: str, parent: JsonValue) -> dict[str, JsonValue]:
    """The members of an object by their keys; of equal keys the last one counts, as for every reader."""
    found: dict[str, JsonValue] = {}
    at = _behind_space(text, parent.start + 1)
    while text[at] != "}":
        key = _value(text, at)
        found[key.value] = member = _value(text, _behind_space(text, key.end) + 1)
        at = _next(text, member.end)
    return found


def items(text: str, parent: JsonValue) -> Iterator[JsonValue]:
    """The items of an array, in their order."""
    at = _behind_space(text, parent.start + 1)
    while text[at] != "]":
        found = _value(text, at)
        yield found
        at = _next(text, found.end)


def _value(text: str, at: int) -> JsonValue:
    start = _behind_space(text, at)
    value, end = _DECODER.raw_decode(text, start)
    return JsonValue(value, start, end)


def _next(text: str, end: int) -> int:
    """Where the next member or item begins, or the bracket that closes them stands."""
    at = _behind_space(text, end)
    return _behind_space(text, at + 1) if text[at] == "," else at


def _behind_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
