"""Read the files a project describes itself with into plain mappings, with one kind of error."""

from __future__ import annotations

import codecs
import configparser
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A file that describes a project is small; what is larger is not one, whatever it is called.
_LARGEST_BYTES = 64 * 1024 * 1024


class UnreadableError(Exception):
    """A file exists and cannot be understood.

    Attributes:
        path: the file.
        message: why, as one sentence without a final stop.
    """

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


def read_text(path: Path) -> str | None:
    """Read a text file, honouring a byte-order mark (`pip freeze >` in PowerShell writes UTF-16).

    Returns:
        The text with newlines normalised, or None when there is no such regular file.

    Raises:
        UnreadableError: it cannot be read, is not text, or is larger than 64 MiB.
    """
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > _LARGEST_BYTES:
            raise UnreadableError(path, "is larger than 64 MiB")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a null byte in a path taken from a file
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(path, f"cannot be read ({reason})") from error
    encoding = next((codec for mark, codec in _BOMS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(path, f"is not {encoding} text (byte {error.start})") from error
    return text.replace("\r\n", "\n")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; a missing one is empty.

    Raises:
        UnreadableError: it cannot be read or is not valid TOML.
    """
    text = read_text(path)
    if text is None:
        return {}
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(path, f"is not valid TOML: {_reason(error)}") from error


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; a missing file, or one that holds no object, is empty.

    Raises:
        UnreadableError: it cannot be read or is not valid JSON.
    """
    text = read_text(path)
    if text is None:
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(path, f"is not valid JSON: {_reason(error)}") from error
    return value if isinstance(value, dict) else {}


def read_cfg(path: Path) -> dict[str, dict[str, str]]:
    """Read an ini-style file such as `setup.cfg` as section to option to text.

    Raises:
        UnreadableError: it cannot be read or is not valid.
    """
    text = read_text(path)
    if text is None:
        return {}
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise UnreadableError(path, f"is not a valid ini file: {_reason(error)}") from error
    return {section: dict(parser.items(section)) for section in parser.sections()}


def table(document: object, *keys: str) -> dict[str, Any]:
    """Follow keys through nested mappings; whatever is missing or no mapping gives an empty one."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def texts(value: object) -> tuple[str, ...]:
    """Return the strings of a list (others left out), or a single string as a list of one."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, (list, tuple)):
        return tuple(item for item in value if isinstance(item, str))
    return ()


def _reason(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
