"""A TOML table that knows where it stands, so that a mistake in it is reported with its key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")


class CatalogueError(Exception):
    """A catalogue that cannot be used.

    Attributes:
        source: the file, or the plug-in, it came from.
        key: path of the key inside it (`call[3].severity`), empty for the whole of it.
        message: what is wrong, with the nearest valid choice where there is one.
    """

    def __init__(self, source: str, key: str, message: str) -> None:
        super().__init__(source, key, message)
        self.source = source
        self.key = key
        self.message = message

    def __str__(self) -> str:
        return ": ".join(part for part in (self.source, self.key, self.message) if part)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a catalogue file.

    Attributes:
        values: the parsed table.
        source: the file, or the plug-in, it came from.
        path: path of the table inside it, empty for the root.
    """

    values: Mapping[str, object]
    source: str
    path: str = ""

    def error(self, key: str, message: str) -> CatalogueError:
        """Makes the error for one key of this table; an empty key means the table itself."""
        return CatalogueError(self.source, self._place(key), message)

    def allow(self, keys: Sequence[str]) -> None:
        """Refuses every key that is not in `keys`.

        Raises:
            CatalogueError: naming the first unknown key and the nearest valid one.
        """
        for key in self.values:
            if key not in keys:
                raise self.error(str(key), f"unknown key{nearest(str(key), keys)}")

    def text(self, key: str) -> str | None:
        return self._typed(key, str, "a string")

    def required_text(self, key: str) -> str:
        value = self.text(key)
        if not value:
            raise self.error(key, "a non-empty string is needed here")
        return value

    def integer(self, key: str) -> int | None:
        value = self._typed(key, int, "a whole number")
        if isinstance(value, bool) or (value is not None and value < 0):
            raise self.error(key, "expected a whole number, zero or above")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._typed(key, bool, "true or false")
        return default if value is None else value

    def choice(self, key: str, choices: Sequence[str]) -> str | None:
        value = self.text(key)
        if value is not None:
            self._check(key, value, choices)
        return value

    def texts(self, key: str, choices: Sequence[str] = ()) -> tuple[str, ...] | None:
        """Reads a list of strings, each one of `choices` when any are given.

        Raises:
            CatalogueError: naming the item that is not a string or not a choice.
        """
        items = self._typed(key, list, "a list of strings")
        if items is None:
            return None
        for number, item in enumerate(items):
            if not isinstance(item, str):
                raise self.error(f"{key}[{number}]", f"expected a string, found {_kind(item)}")
            if choices:
                self._check(f"{key}[{number}]", item, choices)
        return tuple(items)

    def scalars(self, key: str) -> tuple[str | int | float | bool, ...]:
        items = self._typed(key, list, "a list of literal values") or []
        for number, item in enumerate(items):
            if not isinstance(item, str | int | float | bool):
                raise self.error(f"{key}[{number}]", f"expected a literal, found {_kind(item)}")
        return tuple(items)

    def table(self, key: str) -> Table | None:
        value = self.values.get(key)
        return None if value is None else self._below(value, key)

    def tables(self, key: str) -> Iterator[Table]:
        """Yields the tables of an array of tables (`[[call]]`)."""
        for number, value in enumerate(self._typed(key, list, "an array of tables") or []):
            yield self._below(value, f"{key}[{number}]")

    def children(self) -> Iterator[tuple[str, Table]]:
        """Yields every key with the table under it."""
        for key, value in self.values.items():
            yield key, self._below(value, key)

    def _below(self, value: object, key: str) -> Table:
        if not isinstance(value, Mapping):
            raise self.error(key, f"expected a table, found {_kind(value)}")
        return Table(value, self.source, self._place(key))

    def _typed(self, key: str, kind: type[T], wanted: str) -> T | None:
        value = self.values.get(key)
        if value is None or isinstance(value, kind):
            return value
        raise self.error(key, f"expected {wanted}, found {_kind(value)}")

    def _check(self, key: str, value: str, choices: Sequence[str]) -> None:
        if value not in choices:
            raise self.error(key, f'"{value}" is not known here{nearest(value, choices)}')

    def _place(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path and key else self.path or key


def nearest(word: str, choices: Iterable[str]) -> str:
    """Says which valid word was probably meant, as the tail of a message."""
    valid = sorted(choices)
    close = get_close_matches(word, valid, n=1, cutoff=0.5)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; valid here: {', '.join(valid)}"


def _kind(value: object) -> str:
    names = {dict: "a table", list: "a list", str: "a string", bool: "true or false"}
    return names.get(type(value), f"a value of type {type(value).__name__}")
