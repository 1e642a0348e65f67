"""Reads a Python file the way CPython would, and turns edited text back into its exact bytes."""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import tokenize
from typing import TYPE_CHECKING, Final

from awaken.discover.notebook import SUFFIX as NOTEBOOK
from awaken.discover.notebook import (
    ChangedCellsError,
    ForeignNotebookError,
    NotebookError,
    read_notebook,
    write_notebook,
)
from awaken.discover.source import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 10_000_000

_WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_NEWLINE: Final = re.compile(rb"\r\n|\r|\n")
_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")
_ASCII_SAMPLE: Final = "\n#:=( 'aA0"


class UnreadableFile(Exception):  # noqa: N818  (reads better where it is caught)
    """A file that awaken will not work on.

    Attributes:
        path: the file.
        message: what is wrong and what to do about it.
        line: 1-based line it happens on, where there is one.
    """

    def __init__(self, path: Path, message: str, line: int | None = None) -> None:
        super().__init__(path, message, line)
        self.path = path
        self.message = message
        self.line = line

    def __str__(self) -> str:
        place = str(self.path) if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.message}"


class UnencodableText(UnreadableFile):
    """Text that the encoding its file declares, or its notebook, cannot express."""


class PassedOver(UnreadableFile):
    """A file that is none of ours, as its content shows.

    Attributes:
        reason: a stable code.
    """

    def __init__(self, path: Path, reason: str, message: str) -> None:
        super().__init__(path, message)
        self.reason = reason


def read_source(path: Path, *, relative: str) -> SourceFile:
    """Read and decode one file; newlines stay as they are.

    Args:
        path: absolute path; a link is followed.
        relative: POSIX path relative to the project root.

    Raises:
        UnreadableFile: it cannot be opened, is no regular file or larger than 10 MB, CPython
            would refuse its bytes, or they would not survive decoding and encoding.
    """
    return decode_source(_read(path), path=path, relative=relative)


def decode_source(data: bytes, *, path: Path, relative: str) -> SourceFile:
    """Decode the bytes of one file, for instance from standard input.

    Args:
        data: the whole file.
        path: absolute path the bytes stand for.
        relative: POSIX path relative to the project root.

    Raises:
        UnreadableFile: as `read_source`.
    """
    if path.suffix == NOTEBOOK:
        return _decode_notebook(data, path=path, relative=relative)
    _refuse_what_python_refuses(data, path)
    encoding = _encoding(data, path)
    bom = data.startswith(codecs.BOM_UTF8)
    text = _decode(data[len(codecs.BOM_UTF8) * bom :], encoding, path)
    source = SourceFile(
        path=path, relative=relative, data=data, text=text, encoding=encoding, bom=bom
    )
    if not round_trips(source):
        raise UnreadableFile(
            path, f"its {encoding} bytes change when decoded and encoded; convert it to UTF-8"
        )
    return source


def _decode_notebook(data: bytes, *, path: Path, relative: str) -> SourceFile:
    bom = data.startswith(codecs.BOM_UTF8)
    try:
        raw = data[len(codecs.BOM_UTF8) * bom :].decode()
    except UnicodeDecodeError as error:
        message = "not valid UTF-8, which a notebook has to be; save it with Jupyter"
        raise UnreadableFile(path, message, _line_at(data, error.start)) from error
    try:
        text, notebook = read_notebook(raw)
    except ForeignNotebookError as error:
        raise PassedOver(path, "foreign-notebook", str(error)) from error
    except NotebookError as error:
        raise UnreadableFile(path, str(error)) from error
    return SourceFile(path, relative, data, text, "utf-8", bom, notebook)


def encode(source: SourceFile, text: str) -> bytes:
    """Return the bytes of a file with new text: same encoding, same byte-order mark.

    Raises:
        UnencodableText: the declared encoding has no bytes for one of the characters, or a notebook has no cell
            for some of the text.
    """
    try:
        if source.notebook is not None:
            text = write_notebook(source.notebook, text)
    except ChangedCellsError as error:
        raise UnencodableText(source.path, str(error)) from error
    try:
        body = text.encode(source.encoding)
    except UnicodeError as error:
        raise _unencodable(source, text, error) from error
    return codecs.BOM_UTF8 + body if source.bom else body


def round_trips(source: SourceFile) -> bool:
    """Tell whether encoding the unchanged text gives the bytes that were read."""
    try:
        return encode(source, source.text) == source.data
    except UnencodableText:
        return False


def _read(path: Path) -> bytes:
    try:
        _refuse_by_status(os.stat(path), path)
        # should a pipe take its place meanwhile, opening it must not wait for a writer
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except PermissionError as error:
        raise UnreadableFile(path, "permission denied; check the file's permissions") from error
    except FileNotFoundError as error:
        raise UnreadableFile(path, "no longer exists; run again") from error
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise UnreadableFile(path, f"cannot be read: {why}") from error
    if len(data) > MAX_BYTES:
        raise _too_large(path, len(data))
    return data


def _refuse_by_status(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFile(path, "not a regular file (a folder, pipe, socket or device)")
    if status.st_size > MAX_BYTES:
        raise _too_large(path, status.st_size)


def _too_large(path: Path, size: int) -> UnreadableFile:
    message = f"too large: over {MAX_BYTES // 1_000_000} MB ({size:,} bytes)"
    if path.suffix == NOTEBOOK:  # the pictures in it are
        return PassedOver(path, "large-notebook", message)
    return UnreadableFile(path, f"{message}; exclude it")


def _refuse_what_python_refuses(data: bytes, path: Path) -> None:
    if data.startswith(_WIDE_MARKS):
        raise UnreadableFile(
            path, "encoded as UTF-16 or UTF-32, which Python does not read; convert it to UTF-8"
        )
    zero = data.find(b"\0")
    if zero >= 0:
        raise UnreadableFile(
            path,
            "contains a NUL byte, which Python refuses; it may be a binary or a UTF-16 file",
            _line_at(data, zero),
        )


def _encoding(data: bytes, path: Path) -> str:
    """Return the codec that the byte-order mark or the PEP 263 comment asks for."""
    # CPython ends the two lines at any newline and lets the declared encoding cover bytes that
    # stand beside the declaration; detect_encoding does neither by itself.
    first_two = b"\n".join(_NEWLINE.split(data[:4096], maxsplit=2)[:2])
    bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    header = bom + _NOT_ASCII.sub(b"?", first_two.removeprefix(bom))
    try:
        encoding, lines = tokenize.detect_encoding(io.BytesIO(header).readline)
    except SyntaxError as error:
        line = 1 if b"coding" in header.split(b"\n")[0] else 2
        raise UnreadableFile(
            path, f"{error.msg}; correct the coding comment or convert it to UTF-8", line
        ) from error
    encoding = encoding.removesuffix("-sig")
    if not _extends_ascii(encoding):
        raise UnreadableFile(
            path, f"declares {encoding}, which Python cannot read source in", max(len(lines), 1)
        )
    return encoding


def _extends_ascii(encoding: str) -> bool:
    try:
        return _ASCII_SAMPLE.encode(encoding) == _ASCII_SAMPLE.encode("ascii")
    except (LookupError, ValueError):
        return False


def _decode(body: bytes, encoding: str, path: Path) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        found = " ".join(f"{byte:02x}" for byte in body[error.start : error.end])
        raise UnreadableFile(
            path,
            f"not valid {encoding} (byte {found}); "
            "convert it to UTF-8 or declare its encoding in a coding comment",
            _line_at(body, error.start),
        ) from error
    except (LookupError, ValueError) as error:
        raise UnreadableFile(
            path, f"cannot be decoded as {encoding}; convert it to UTF-8"
        ) from error


def _line_at(data: bytes, offset: int) -> int:
    return len(_NEWLINE.findall(data, 0, offset)) + 1


def _unencodable(source: SourceFile, text: str, error: UnicodeError) -> UnencodableText:
    if not isinstance(error, UnicodeEncodeError):
        return UnencodableText(source.path, f"cannot be encoded as {source.encoding}")
    characters = text[error.start : error.end]
    line = len(re.findall(r"\r\n|\r|\n", text[: error.start])) + 1
    return UnencodableText(
        source.path,
        f"{characters!r} cannot be written in {source.encoding}, which this file declares; "
        "convert it to UTF-8",
        line,
    )
