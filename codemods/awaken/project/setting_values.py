"""Check single settings: a parser takes a TOML value and returns it typed, or says what is off."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, TypeAlias

from packaging.version import Version

from awaken.project.python_version import PythonVersion, parse_python_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Parser: TypeAlias = "Callable[[object], object]"
"""Takes what stands in the file; raises ValueError with a message for people."""


class SettingError(ValueError):
    """A value that a setting cannot have; the message is for people."""


_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_KINDS = ((bool, "true or false"), (str, "text"), ((int, float), "a number"), (dict, "a table"))


def text_list(value: object) -> tuple[str, ...]:
    """A list of non-empty text."""
    if not isinstance(value, (list, tuple)):
        raise SettingError(f"expected a list of text, found {_kind(value)}")
    wrong = next((item for item in value if not isinstance(item, str) or not item.strip()), None)
    if wrong is not None:
        raise SettingError(f"expected a list of text, found {_kind(wrong)} in the list")
    return tuple(value)


def name_list(value: object) -> tuple[str, ...]:
    """A list of dotted Python names."""
    return tuple(_name(item) for item in text_list(value))


def dotted_name(value: object) -> str:
    """One dotted Python name."""
    if not isinstance(value, str):
        raise SettingError(f"expected the name of a function, found {_kind(value)}")
    return _name(value)


def choice(*allowed: str) -> Parser:
    """Build a parser for one of some words."""

    def parse(value: object) -> str:
        if not isinstance(value, str):
            raise SettingError(f"expected one of {listed(allowed)}, found {_kind(value)}")
        if value not in allowed:
            raise SettingError(
                f'"{value}" is not one of {listed(allowed)}{nearest(value, allowed)}'
            )
        return value

    return parse


def choice_list(*allowed: str) -> Parser:
    """Build a parser for a list of some words, each at most once."""
    one = choice(*allowed)

    def parse(value: object) -> tuple[object, ...]:
        words = tuple(one(item) for item in text_list(value))
        if len(set(words)) < len(words):
            raise SettingError("the same word stands in the list twice")
        return words

    return parse


def python_version(value: object) -> PythonVersion:
    """A Python version as text."""
    return parse_python_version(_version_text(value))


def distribution_version(value: object) -> Version:
    """The version of a distribution as text."""
    text = _version_text(value)
    try:
        return Version(text)
    except ValueError:
        raise SettingError(f'"{text}" is no version; write it like "4.2"') from None


def named_hints(value: object) -> dict[str, str]:
    """A table of dotted names to text; an unquoted dotted key, which TOML nests, counts as one."""
    hints: dict[str, str] = {}
    for name, hint in _table(value).items():
        if isinstance(hint, dict):
            hints.update({f"{name}.{inner}": text for inner, text in named_hints(hint).items()})
        elif isinstance(hint, str):
            hints[_name(name)] = hint
        else:
            raise SettingError(f'expected text as the hint of "{name}", found {_kind(hint)}')
    return hints


def raw_table(value: object) -> dict[str, object]:
    """A table whose inside is checked by whoever reads it."""
    return dict(_table(value))


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Return `; did you mean "x"?`, or nothing where no word is near."""
    found = difflib.get_close_matches(word.lower().replace("_", "-"), list(allowed), n=1)
    return f'; did you mean "{found[0]}"?' if found else ""


def listed(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _name(text: str) -> str:
    if _NAME.fullmatch(text) is None:
        raise SettingError(f'"{text}" is no Python name; write it like "package.module.function"')
    return text


def _version_text(value: object) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        # TOML reads an unquoted 3.10 as 3.1: what was written cannot be known any more.
        raise SettingError('a version must stand in quotes, like "3.10"')
    if not isinstance(value, str):
        raise SettingError(f'expected a version such as "3.10", found {_kind(value)}')
    return value


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise SettingError(f"expected a table, found {_kind(value)}")
    return value


def _kind(value: object) -> str:
    if isinstance(value, str):
        return f'the text "{value}"'
    return next((name for kinds, name in _KINDS if isinstance(value, kinds)), "something else")
