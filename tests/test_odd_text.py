"""Texts that a formatter would not leave behind: newlines, tabs, headers, encodings, odd spaces."""

# ruff: noqa: E501 - a line before and the same line after, each in one piece

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from pathlib import Path


def rewritten(folder: Path, data: bytes) -> bytes:
    """What becomes of a file of these bytes; the second run must leave it alone."""
    path = folder / "module.py"
    path.write_bytes(data)
    after = _run(folder)
    path.write_bytes(after)
    assert _run(folder) == after, "a second run changes something"
    return after


def _run(folder: Path) -> bytes:
    configuration = override(Configuration(), min_severity="low", target_python="3.11")
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)
    assert not analysis.ledger.failed, analysis.ledger.records
    after = (folder / "module.py").read_bytes()
    for plan in analysis.plans:
        result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
        if result is not None:
            assert not result.dropped, [each.reason for each in result.dropped]
            after = result.change.after
    return after


_PLAIN = """\
\"\"\"What it does.\"\"\"

import os
import time
from time import sleep


async def main(path: str) -> int:
    time.sleep(
        1,  # one
    )
    sleep(2)
    os.stat(
        path,
    )
    return os.stat(path).st_size


# the end
"""
_PLAIN_AFTER = """\
\"\"\"What it does.\"\"\"

import asyncio
import os


async def main(path: str) -> int:
    await asyncio.sleep(
        1,  # one
    )
    await asyncio.sleep(2)

    def _check_files():
        os.stat(
            path,
        )
        return os.stat(path).st_size

    return await asyncio.to_thread(_check_files)


# the end
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_new_lines_end_as_the_others_do(newline: str, tmp_path: Path) -> None:
    before = _PLAIN.replace("\n", newline).encode()
    assert rewritten(tmp_path, before) == _PLAIN_AFTER.replace("\n", newline).encode()


def test_mixed_newlines_stay_where_they_are(tmp_path: Path) -> None:
    before = b"import os\r\nimport time\nfrom x import y\r\n\nasync def f():\r\n    time.sleep(1)\n    os.stat(y)\r\n"
    after = rewritten(tmp_path, before)
    assert after == (
        b"import asyncio\r\nimport os\r\nfrom x import y\r\n\nasync def f():\r\n"
        b"    await asyncio.sleep(1)\n    await asyncio.to_thread(os.stat, y)\r\n"
    )


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n\n", b"  ", b"\n\t\n", b"  # c"])
def test_the_end_of_the_file_stays(end: bytes, tmp_path: Path) -> None:
    before = b"import time\nasync def f():\n    time.sleep(1)" + end
    after = b"import asyncio\nasync def f():\n    await asyncio.sleep(1)" + end
    assert rewritten(tmp_path, before) == after


def test_a_byte_order_mark_stays_in_front(tmp_path: Path) -> None:
    before = b"\xef\xbb\xbfimport time\nasync def f():\n    time.sleep(1)\n"
    after = b"\xef\xbb\xbfimport asyncio\nasync def f():\n    await asyncio.sleep(1)\n"
    assert rewritten(tmp_path, before) == after


def test_another_encoding_stays(tmp_path: Path) -> None:
    before = (
        "# -*- coding: latin-1 -*-\nimport time\nasync def f():\n    print('äöü'); time.sleep(1)\n"
    )
    after = before.replace("import time", "import asyncio").replace(
        "time.sleep", "await asyncio.sleep"
    )
    assert rewritten(tmp_path, before.encode("latin-1")) == after.encode("latin-1")


def test_wide_characters_in_front_of_a_call_do_not_move_it(tmp_path: Path) -> None:
    before = "import os\nasync def f(ключ):\n    return '日本語🎉', os.stat(ключ), f'é{os.stat(ключ)}ü', os.stat('ö')\n"
    after = (
        "import asyncio\nimport os\nasync def f(ключ):\n    return '日本語🎉', await asyncio.to_thread(os.stat, ключ),"
        " f'é{await asyncio.to_thread(os.stat, ключ)}ü', await asyncio.to_thread(os.stat, 'ö')\n"
    )
    assert rewritten(tmp_path, before.encode()).decode() == after


def test_form_feeds_and_tabs_stay(tmp_path: Path) -> None:
    before = b"import time\n\x0c\nasync def f():\n\tif 1:\n\t \ttime.sleep(1)\t# c\t\n\x0c\n\ttime.sleep\t(2)\n"
    after = b"import asyncio\n\x0c\nasync def f():\n\tif 1:\n\t \tawait asyncio.sleep(1)\t# c\t\n\x0c\n\tawait asyncio.sleep\t(2)\n"
    assert rewritten(tmp_path, before) == after


_HEADERS = {
    "shebang": ("#!/usr/bin/env python3\n", "#!/usr/bin/env python3\nimport asyncio\n\n"),
    "shebang and a blank line": ("#!/bin/python\n\n", "#!/bin/python\nimport asyncio\n\n"),
    "encoding": ("# coding: utf-8\n", "# coding: utf-8\nimport asyncio\n\n"),
    "licence": (
        "# Copyright 2024 Somebody\n# All rights reserved.\n\n",
        "# Copyright 2024 Somebody\n# All rights reserved.\n\nimport asyncio\n\n",
    ),
    "shebang and licence": (
        "#!/bin/python\n# SPDX-License-Identifier: MIT\n",
        "#!/bin/python\n# SPDX-License-Identifier: MIT\n\nimport asyncio\n\n",
    ),
    "comment of the function": ("# reads\n", "import asyncio\n\n# reads\n"),
    "docstring": ('"""Doc."""\n', '"""Doc."""\n\nimport asyncio\n\n'),
    "docstring with company": (
        '"""Doc."""; X = (1,\n2)\n',
        '"""Doc."""; X = (1,\n2)\n\nimport asyncio\n\n',
    ),
    "future": (
        "from __future__ import annotations\n",
        "from __future__ import annotations\n\nimport asyncio\n\n",
    ),
    "future with company": (
        '"""Doc."""\nfrom __future__ import annotations; import sys\n',
        '"""Doc."""\nfrom __future__ import annotations; import sys\n\nimport asyncio\n\n',
    ),
    "everything": (
        '#!/bin/python\n# coding: utf-8\n# Licence: MIT\n"""Doc."""\n\nfrom __future__ import annotations\n\n',
        '#!/bin/python\n# coding: utf-8\n# Licence: MIT\n"""Doc."""\n\nfrom __future__ import annotations\n\nimport asyncio\n\n',
    ),
    "blank lines": ("\n\n", "import asyncio\n\n\n"),
    "nothing": ("", "import asyncio\n\n"),
    "imports share a line": (
        "import os; import sys\n",
        "import asyncio\n\nimport os; import sys\n",
    ),
}


@pytest.mark.parametrize(("head", "expected"), _HEADERS.values(), ids=_HEADERS)
def test_the_head_of_a_file_stays_on_top(head: str, expected: str, tmp_path: Path) -> None:
    before = f"{head}async def f(path):\n    return open(path).read()\n"
    body = "async def f(path):\n    return await asyncio.to_thread(lambda: open(path).read())\n"
    assert rewritten(tmp_path, before.encode()).decode() == f"{expected}{body}"


_STATEMENTS = {
    "continued callee": ("time.\\\n        sleep(1)", "await asyncio.sleep(1)"),
    "continued arguments": ("time.sleep\\\n(1)", "await asyncio.sleep\\\n(1)"),
    "continued operator": (
        "x = time.sleep(1) \\\n    or os.stat(p) \\\n    .st_size",
        "x = await asyncio.sleep(1) \\\n    or (await asyncio.to_thread(os.stat, p)) \\\n    .st_size",
    ),
    "semicolons": (
        "time.sleep(1);time.sleep(2) ; ",
        "await asyncio.sleep(1);await asyncio.sleep(2) ; ",
    ),
    "unary": ("x = -os.stat(p).st_size", "x = -(await asyncio.to_thread(os.stat, p)).st_size"),
    "power": (
        "x = os.getpid()**os.path.getsize(p)",
        "x = os.getpid()**await asyncio.to_thread(os.path.getsize, p)",
    ),
    "power of it": (
        "x = os.path.getsize(p)**2",
        "x = await asyncio.to_thread(os.path.getsize, p)**2",
    ),
    "keyword in front": ("x = [1]or os.stat(p)", "x = [1]or await asyncio.to_thread(os.stat, p)"),
    "string in front": (
        "x = not''or not os.path.exists(p)",
        "x = not''or not await asyncio.to_thread(os.path.exists, p)",
    ),
    "starred": (
        "print(*os.listdir(p), **{})",
        "print(*await asyncio.to_thread(os.listdir, p), **{})",
    ),
    "sliced": (
        "x = os.listdir(p)[os.path.getsize(p):]",
        "x = (await asyncio.to_thread(os.listdir, p))[await asyncio.to_thread(os.path.getsize, p):]",
    ),
    "parenthesised twice": (
        "x = ((os.stat(p))).st_size",
        "x = ((await asyncio.to_thread(os.stat, p))).st_size",
    ),
    "parenthesised with others": (
        "x = (os.stat(p).st_size)",
        "x = ((await asyncio.to_thread(os.stat, p)).st_size)",
    ),
    "argument in parentheses": (
        "x = print(os.stat(p)).real",
        "x = print(await asyncio.to_thread(os.stat, p)).real",
    ),
    "only argument is a generator": (
        "os.stat(x for x in p)",
        "await asyncio.to_thread(os.stat, (x for x in p))",
    ),
    "trailing comma": ("os.stat(p,)", "await asyncio.to_thread(os.stat, p,)"),
    "space in an empty list": ("os.listdir( )", "await asyncio.to_thread(os.listdir )"),
    "comment in an empty list": (
        "os.listdir(  # here\n    )",
        "await asyncio.to_thread(os.listdir  # here\n    )",
    ),
    "comment behind the last argument": (
        "os.stat(p  # here\n    )",
        "await asyncio.to_thread(os.stat, p  # here\n    )",
    ),
    "string with a parenthesis": ("os.stat(')#')", "await asyncio.to_thread(os.stat, ')#')"),
    "triple quotes": ('os.stat("""\n)""")', 'await asyncio.to_thread(os.stat, """\n)""")'),
    "f-string of three lines": (
        'x = f"""{p}\n  {os.stat(p)}\n{os.stat(f\'{p}\')!r:>{len(p)}}"""',
        'x = f"""{p}\n  {await asyncio.to_thread(os.stat, p)}\n{await asyncio.to_thread(os.stat, f\'{p}\')!r:>{len(p)}}"""',
    ),
    "f-string beside strings": (
        "x = ('a' f'{os.stat(p)}'\n        'b' rf'\\d{os.stat(p)}{{}}')",
        "x = ('a' f'{await asyncio.to_thread(os.stat, p)}'\n        'b' rf'\\d{await asyncio.to_thread(os.stat, p)}{{}}')",
    ),
    "receiver over lines": (
        "x = (\n        os.stat(p)  # first\n        # then\n        .st_size\n    )",
        "x = (\n        (await asyncio.to_thread(os.stat, p))  # first\n        # then\n        .st_size\n    )",
    ),
}


@pytest.mark.parametrize(("before", "after"), _STATEMENTS.values(), ids=_STATEMENTS)
def test_a_statement_keeps_its_odd_text(before: str, after: str, tmp_path: Path) -> None:
    head = "import asyncio\nimport os\nimport time\nasync def f(p):\n    "
    tail = "\n    return time.monotonic()\n"
    found = rewritten(tmp_path, f"{head}{before}{tail}".encode()).decode()
    assert found == f"{head}{after}{tail}"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="no asynchronous comprehension in another")
def test_an_await_may_stand_in_a_nested_comprehension(tmp_path: Path) -> None:
    head = "import asyncio\nimport os\nasync def f(p):\n    "
    before = "return [[os.stat(y) for y in x] for x in p]\n"
    after = "return [[await asyncio.to_thread(os.stat, y) for y in x] for x in p]\n"
    assert rewritten(tmp_path, f"{head}{before}".encode()) == f"{head}{after}".encode()


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads the file")
def test_a_file_for_a_newer_python_is_left_alone(tmp_path: Path) -> None:
    """Finding a name for an import must end, though `symtable` cannot read the file."""
    text = "import time\nclass Box[T]:\n    async def f(self):\n        time.sleep(1)\n"
    text += "async def g(p):\n    with open(p) as file:\n        return file.read()\n"
    (tmp_path / "module.py").write_text(text, encoding="utf-8")
    configuration = override(Configuration(), min_severity="low", target_python="3.12")
    analysis = analyse([tmp_path], root=tmp_path, configuration=configuration, jobs=1, cache=False)
    reasons = []
    for plan in analysis.plans:
        result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
        assert result is not None
        reasons += [each.reason.code for each in result.dropped]
        assert result.change.after == text.encode()
    assert set(reasons) == {"unverified-syntax"}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="newer syntax")
def test_a_file_may_have_the_syntax_of_python_3_12(tmp_path: Path) -> None:
    head = "import asyncio\nimport os\ntype Rows = list[int]\nclass Box[T]:\n    async def f(self, p):\n        "
    before, after = "return os.stat(p)\n", "return await asyncio.to_thread(os.stat, p)\n"
    assert rewritten(tmp_path, f"{head}{before}".encode()) == f"{head}{after}".encode()
