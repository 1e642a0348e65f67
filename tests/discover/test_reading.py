"""A file is read as CPython reads it, its bytes come back, and what cannot be read says why."""

from __future__ import annotations

import ast
import codecs
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awaken.discover.reading import (
    MAX_BYTES,
    UnencodableText,
    UnreadableFile,
    decode_source,
    encode,
    read_source,
    round_trips,
)
from awaken.discover.source import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

BOM = codecs.BOM_UTF8


def written(folder: Path, data: bytes) -> Path:
    path = folder / "module.py"
    path.write_bytes(data)
    return path


def refusal(path: Path) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read_source(path, relative="module.py")
    assert caught.value.path == path
    return caught.value


READABLE = {
    "empty": (b"", "utf-8"),
    "ASCII": (b"x = 1\n", "utf-8"),
    "UTF-8": ("x = 'é\u2028🎉'\n".encode(), "utf-8"),
    "byte-order mark": (BOM + "x = 'é'\n".encode(), "utf-8"),
    "byte-order mark and cookie": (BOM + b"# coding: utf-8\nx = 1\n", "utf-8"),
    "only a byte-order mark": (BOM, "utf-8"),
    "two byte-order marks": (BOM + BOM + b"x = 1\n", "utf-8"),
    "latin-1 cookie": (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "iso-8859-1"),
    "cookie on line two": (b"#!/usr/bin/env python\n# coding=cp1252\nx = '\x80'\n", "cp1252"),
    "cookie on line two after CR": (b"#!python\r# coding: latin-1\rx = '\xe9'\r", "iso-8859-1"),
    "cookie on line three does not count": (b"\n\n# coding: latin-1\n", "utf-8"),
    "cookie on line three after CR": (b"#\r#\r# coding: latin-1\r", "utf-8"),
    "cookie after code does not count": (b"x = 1\n# coding: latin-1\n", "utf-8"),
    "bytes beside the cookie": (b"# \xe9t\xe9 coding: latin-1\nx = 1\n", "iso-8859-1"),
    "bytes above the cookie": (b"# \xe9t\xe9\n# coding: latin-1\nx = 1\n", "iso-8859-1"),
    "Japanese": ("# coding: shift_jis\nx = '日本'\n".encode("shift_jis"), "shift_jis"),
    "CRLF": (b"x = 1\r\ny = 2\r\n", "utf-8"),
    "lone CR": (b"x = 1\ry = 2\r", "utf-8"),
    "mixed newlines": (b"a\r\nb\nc\rd\n\r", "utf-8"),
    "form feed and no newline at the end": (b"x = 1\n\x0c\ny = 2", "utf-8"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "encoding"), READABLE.values(), ids=READABLE.keys())
def test_a_file_is_decoded_without_a_change_to_its_newlines(
    data: bytes, encoding: str, tmp_path: Path
) -> None:
    source = read_source(written(tmp_path, data), relative="pkg/module.py")
    bom = data.startswith(BOM)
    body = data[3:] if bom else data
    assert source == SourceFile(
        path=tmp_path / "module.py",
        relative="pkg/module.py",
        data=data,
        text=body.decode(encoding),
        encoding=encoding,
        bom=bom,
    )
    assert encode(source, source.text) == data
    assert round_trips(source)


@pytest.mark.parametrize(
    "data",
    [
        b"x = '\xe9'\n",
        b"# coding: latin-1\nx = '\xe9'\n",
        b"# \xe9 coding: latin-1\nx = '\xe9'\n",
        b"#\r# coding: latin-1\rx = '\xe9'\r",
        b"\x0c# coding: latin-1\nx = '\xe9'\n",
        b"x = 1\n# coding: latin-1\ny = '\xe9'\n",
        b"# coding: nonsense\nx = 'e'\n",
        b"# coding: rot13\nx = 'e'\n",
        BOM + b"# coding: latin-1\nx = 'e'\n",
        b"x = 'a\0b'\n",
        b"# coding: cp1252\nx = '\x81'\n",
        b"# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
    ],
    ids=repr,
)
def test_python_itself_agrees_on_what_is_readable_and_what_it_says(
    data: bytes, tmp_path: Path
) -> None:
    path = written(tmp_path, data)
    try:
        expected = ast.dump(ast.parse(data))
    except (SyntaxError, ValueError):
        refusal(path)
    else:
        assert ast.dump(ast.parse(read_source(path, relative="module.py").text)) == expected


REFUSED = {
    "bytes that are not UTF-8": (b"x = 1\n\ny = '\xe9'\n", 3, "not valid utf-8 (byte e9)"),
    "counting CR and CRLF as newlines": (b"x\r\ny\rz\n\xff", 4, "not valid utf-8"),
    "a surrogate": (b"\xed\xa0\x80", 1, "not valid utf-8"),
    "bytes outside a declared encoding": (b"# coding: ascii\n\xe9\n", 2, "not valid ascii"),
    "an unknown encoding": (b"#!/bin/python\n# coding: klingon\n", 2, "unknown encoding: klingon"),
    "a byte-order mark that contradicts": (BOM + b"# coding: latin-1\n", 1, "encoding problem"),
    "an encoding that is not text": (b"# coding: base64\n", 1, "declares base64"),
    "an encoding that is not ASCII's": (b"# coding: utf-16-le\n\n", 1, "declares utf-16-le"),
    "UTF-16, little end first": (codecs.BOM_UTF16_LE + b"x\0", None, "UTF-16"),
    "UTF-16, big end first": (codecs.BOM_UTF16_BE + b"\0x", None, "UTF-16"),
    "UTF-32": (codecs.BOM_UTF32_BE + b"\0\0\0x", None, "UTF-32"),
    "a NUL byte": (b"x = 1\n# \0\n", 2, "NUL byte"),
    "bytes that would change": (b"# coding: utf-7\n# +AGEAYg-\n", None, "change when decoded"),
}


@pytest.mark.parametrize(("data", "line", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_cannot_be_decoded_says_where_and_why(
    data: bytes, line: int | None, message: str, tmp_path: Path
) -> None:
    error = refusal(written(tmp_path, data))
    assert message in error.message
    assert error.line == line
    place = f"{error.path}:{line}" if line else str(error.path)
    assert str(error) == f"{place}: {error.message}"


def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    largest = b"#" * (MAX_BYTES - 1) + b"\n"
    assert len(read_source(written(tmp_path, largest), relative="a").text) == MAX_BYTES
    assert "too large: over 10 MB (10,000,001 bytes)" in str(
        refusal(written(tmp_path, largest + b"\n"))
    )


def test_a_file_that_grows_while_it_is_opened_is_still_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, b"")
    status = path.stat()
    written(tmp_path, b"#" * (MAX_BYTES + 1))
    monkeypatch.setattr(os, "stat", lambda _: status)
    assert "too large" in refusal(path).message


def test_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    assert refusal(tmp_path / "module.py").message == "no longer exists; run again"


def test_a_file_without_permission_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> int:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, b"")
    monkeypatch.setattr(os, "open", refuse)
    assert "permission denied" in refusal(path).message


def test_what_is_no_regular_file_is_refused_without_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.py")
    os.mkdir("folder.py")
    os.symlink(os.devnull, "null.py")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.py")
        for name in ("pipe.py", "folder.py", "null.py", "socket.py"):
            assert "not a regular file" in refusal(tmp_path / name).message


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, b"x = 1\n")
    status = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(os, "stat", lambda _: status)
    assert read_source(path, relative="module.py").data == b""


def test_a_link_is_read_through(tmp_path: Path) -> None:
    written(tmp_path, b"x = 1\n")
    (tmp_path / "link.py").symlink_to("module.py")
    source = read_source(tmp_path / "link.py", relative="link.py")
    assert (source.text, source.path) == ("x = 1\n", tmp_path / "link.py")


def test_new_text_is_encoded_as_the_file_declares(tmp_path: Path) -> None:
    latin = decode_source(b"# coding: latin-1\n", path=tmp_path, relative="a.py")
    assert encode(latin, "é\r\n") == b"\xe9\r\n"
    marked = decode_source(BOM + b"x\n", path=tmp_path, relative="a.py")
    assert encode(marked, "é\n") == BOM + "é\n".encode()


def test_a_character_the_file_cannot_hold_is_named_with_its_line(tmp_path: Path) -> None:
    latin = decode_source(b"# coding: latin-1\n", path=tmp_path, relative="a.py")
    with pytest.raises(UnencodableText) as caught:
        encode(latin, "# coding: latin-1\r\nx = '→'\n")
    assert caught.value.line == 2
    assert caught.value.message.startswith("'→' cannot be written in iso-8859-1")


def test_text_that_no_longer_matches_its_bytes_does_not_round_trip(tmp_path: Path) -> None:
    one = SourceFile(tmp_path, "a.py", data=b"x\r\n", text="x\n", encoding="utf-8", bom=False)
    other = SourceFile(tmp_path, "a.py", data=b"x\n", text="→\n", encoding="ascii", bom=False)
    assert not round_trips(one)
    assert not round_trips(other)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=60) | st.text(alphabet="a#:é\r\n\x0c \ufeff").map(str.encode))
def test_any_bytes_either_round_trip_or_are_refused(data: bytes, tmp_path_factory: Any) -> None:
    folder: Path = tmp_path_factory.getbasetemp()
    try:
        source = decode_source(data, path=folder, relative="a.py")
    except UnreadableFile:
        return
    assert encode(source, source.text) == data
