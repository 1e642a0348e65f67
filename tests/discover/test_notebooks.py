"""Notebooks: their code is read as one text, and only the sources that change are written anew."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from awaken.discover.reading import (
    PassedOver,
    UnencodableText,
    UnreadableFile,
    decode_source,
    encode,
)
from awaken.engine import analyse, groups_of, rewrite
from awaken.ledger import Outcome
from awaken.project.configuration import Configuration, override
from awaken.rules import RULES

if TYPE_CHECKING:
    from awaken.discover.source import SourceFile

POLL = "import time\n\nasync def poll():\n    time.sleep(1)"
POLLED = "import asyncio\n\nasync def poll():\n    await asyncio.sleep(1)"
LOOP = "async def poll():\n    time.sleep(1)\n"


def notebook(*sources: Any, **changes: Any) -> dict[str, Any]:
    """A notebook of code cells; what is given as `("markdown", text)` is of that kind."""
    cells = []
    for number, given in enumerate(sources):
        kind, source = given if isinstance(given, tuple) else ("code", given)
        cell: dict[str, Any] = {"cell_type": kind, "id": f"c{number}", "metadata": {}}
        if kind == "code":
            cell |= {"execution_count": number, "outputs": [{"text": ["time.sleep(1)\n", "é"]}]}
        cell["source"] = source.splitlines(keepends=True) if isinstance(source, str) else source
        cells.append(cell)
    kernel = {"kernelspec": {"language": "python", "name": "python3"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5, **changes}


def read(document: Any) -> SourceFile:
    data = (document if isinstance(document, str) else json.dumps(document)).encode()
    return decode_source(data, path=Path("/x/a.ipynb"), relative="a.ipynb")


def applied(document: Any, folder: Path, *, unsafe: bool = False) -> str:
    """What becomes of a notebook."""
    text = document if isinstance(document, str) else json.dumps(document)
    (folder / "a.ipynb").write_bytes(text.encode())
    configuration = override(Configuration(), min_severity="low")
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)
    assert not analysis.ledger.failed, analysis.ledger.records
    for plan in analysis.plans:
        done = rewrite(analysis, plan, groups_of(plan, unsafe=unsafe))
        if done is not None:
            return done.change.after.decode()
    return text


def sources(text: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]


@pytest.mark.parametrize("indent", [None, 1, 2, 4, "\t"])
@pytest.mark.parametrize("escapes", [True, False])
@pytest.mark.parametrize("end", ["", "\n"])
def test_only_the_lines_that_change_are_written_anew(
    tmp_path: Path, indent: Any, escapes: bool, end: str
) -> None:
    def written(*cells: Any) -> str:
        return json.dumps(notebook(*cells), indent=indent, ensure_ascii=escapes) + end

    kept = (("markdown", "time.sleep(1)"), "x = 'é'\ny = 1")
    before = written(kept[0], POLL, kept[1])
    assert applied(before, tmp_path) == written(kept[0], POLLED, kept[1])


def test_a_source_that_is_one_string_stays_one(tmp_path: Path) -> None:
    document = notebook("a = 1", "b = 2")
    document["cells"][0]["source"] = POLL
    after = applied(document, tmp_path)
    assert json.loads(after)["cells"][0]["source"] == POLLED


def test_lines_of_a_cell_end_as_they_did(tmp_path: Path) -> None:
    block = "async def load(path):\r\n    with open(path) as file:\r\n        return file.read()"
    after = sources(applied(notebook("x = 1\r", POLL.replace("\n", "\r\n"), block), tmp_path))
    assert after[0] == "x = 1\r"
    assert after[1] == POLLED.replace("\n", "\r\n")
    assert after[2] == (
        "async def load(path):\r\n    def _read_file():\r\n        with open(path) as file:\r\n"
        "            return file.read()\r\n\r\n    return await asyncio.to_thread(_read_file)"
    )


def test_each_cell_may_begin_with_what_is_to_come(tmp_path: Path) -> None:
    future = "from __future__ import annotations\n"
    after = sources(applied(notebook("%pip install x", "x = 1", f"{future}{POLL}"), tmp_path))
    assert after == ["%pip install x", "x = 1", f"{future}{POLLED}"]


def test_a_cell_that_python_cannot_compile_hides_no_other(tmp_path: Path) -> None:
    after = sources(applied(notebook("return 3", POLL), tmp_path))
    assert after == ["return 3", POLLED]


def test_spelling_of_lines_that_stay_is_kept(tmp_path: Path) -> None:
    odd = json.dumps(notebook(f"{POLL}\n# e")).replace("# e", "# \\u0065\\/")
    after = applied(odd, tmp_path)
    assert "# \\u0065\\/" in after
    assert "await asyncio.sleep(1)" in after


def test_an_import_goes_into_the_cell_that_imports(tmp_path: Path) -> None:
    after = applied(notebook("import json\nimport time", "json.loads('1')", LOOP), tmp_path)
    assert sources(after) == [
        "import asyncio\nimport json",
        "json.loads('1')",
        "async def poll():\n    await asyncio.sleep(1)\n",
    ]


@pytest.mark.parametrize(
    "magic",
    [
        "%matplotlib inline",
        "!ls {time} | grep 'x'",
        "!pip install a \\\n    b",
        "time.sleep?",
        "?time",
        "files = !ls *.py",
        "found = %sql select 1",
        "%timeit -n 1 time.sleep(0)",
        "for i in range(2):\n    !echo {i}\n    %time print(i)",
        "text = '''\n%not a magic\n!nor this\n'''\n%magic",
    ],
)
def test_lines_of_ipython_stay_as_they_are(tmp_path: Path, magic: str) -> None:
    after = applied(notebook(f"{magic}\nimport time\n{magic}", LOOP), tmp_path)
    first, second = sources(after)
    assert "await asyncio.sleep(1)" in second
    lines = [line for line in first.splitlines() if line not in ("import asyncio", "import time")]
    assert lines == f"{magic}\n{magic}".splitlines()


def test_a_name_that_a_magic_mentions_is_in_use(tmp_path: Path) -> None:
    after = applied(notebook("import time\n%timeit time.time()", LOOP), tmp_path)
    assert sources(after)[0] == "import asyncio\nimport time\n%timeit time.time()"


def test_a_magic_inside_of_a_function_stays(tmp_path: Path) -> None:
    cell = "import time\nasync def poll():\n    time.sleep(1)\n    %time work()\n    !ls\n"
    after = applied(notebook(cell), tmp_path)
    assert sources(after)[0] == (
        "import asyncio\nasync def poll():\n    await asyncio.sleep(1)\n    %time work()\n    !ls\n"
    )


def test_statements_around_a_magic_are_not_joined(tmp_path: Path) -> None:
    cell = (
        "async def load(path):\n    with open(path) as file:\n"
        "        text = file.read()\n        !ls\n        text += file.read()\n    return text"
    )
    after = sources(applied(notebook(cell), tmp_path))[0]
    assert after.splitlines()[3:9] == [
        "    file = await asyncio.to_thread(open, path)",
        "    try:",
        "        text = await asyncio.to_thread(file.read)",
        "        !ls",
        "        text += await asyncio.to_thread(file.read)",
        "    finally:",
    ]


def test_a_cell_magic_stays_the_first_line() -> None:
    source = read(notebook("%%time\nx = 1"))
    with pytest.raises(UnencodableText, match="first line"):
        encode(source, source.text.replace("_ipython_line_", "import os\n_ipython_line_", 1))


@pytest.mark.parametrize("broken", ["if x\n  y", "f(", "'''", "x = \ud83d", "\tx\n y\n"])
def test_a_cell_that_is_no_python_hides_no_other(tmp_path: Path, broken: str) -> None:
    after = applied(notebook(broken, POLL, broken), tmp_path)
    assert sources(after) == [broken, POLLED, broken]


def test_what_blocks_in_a_plain_cell_is_no_finding(tmp_path: Path) -> None:
    document = json.dumps(notebook("import time\ntime.sleep(1)\nawait poll()\nopen('x').read()"))
    assert applied(document, tmp_path) == document


def found(document: Any, folder: Path) -> list[tuple[int, str, str, str]]:
    """Cell, rule, call, and what is done, of everything that is found in a notebook."""
    (folder / "a.ipynb").write_text(json.dumps(document))
    configuration = override(Configuration(), min_severity="low")
    analysis = analyse([folder], root=folder, configuration=configuration, jobs=1, cache=False)
    told = []
    for plan in analysis.plans:
        assert plan.source.notebook is not None
        for each in plan.planned:
            cell, _ = plan.source.notebook.place(each.finding.place.line)
            done = (
                each.best.strategy.value if each.best else (each.reason and each.reason.code) or ""
            )
            told.append((cell, each.finding.rule, each.finding.call, done))
    return told


def test_what_is_odd_in_a_cell_is_found_and_put_right(tmp_path: Path) -> None:
    odd = "await asyncio.to_thread(time.sleep(1))\npoll()\nawait poll()"
    document = notebook("import asyncio, time", "async def poll():\n    pass", odd)
    assert found(document, tmp_path) == [
        (3, "called-early", "time.sleep", "thread"),
        (3, "not-awaited", "poll", "await"),
    ]
    after = sources(applied(document, tmp_path, unsafe=True))
    assert after[2] == "await asyncio.to_thread(time.sleep, 1)\nawait poll()\nawait poll()"


@pytest.mark.parametrize("first", ["%%time\n", "%autoawait off\n"])
def test_no_await_comes_into_a_cell_that_cannot_have_one(tmp_path: Path, first: str) -> None:
    document = notebook("async def poll():\n    pass", f"{first}poll()")
    (tmp_path / "a.ipynb").write_text(json.dumps(document))
    analysis = analyse(
        [tmp_path], root=tmp_path, configuration=Configuration(), jobs=1, cache=False
    )
    (plan,) = analysis.plans
    done = rewrite(analysis, plan, groups_of(plan, unsafe=True))
    assert done is not None
    assert done.change.before == done.change.after
    assert [each.reason.code for each in done.dropped] == ["not-encodable"]


def test_a_loop_that_is_run_in_a_cell_is_found(tmp_path: Path) -> None:
    poll = "import asyncio\nasync def poll():\n    return 1\ndef start():\n    asyncio.run(poll())"
    told = found(notebook(poll, "asyncio.run(poll())", "start()"), tmp_path)
    assert [(cell, call) for cell, _, call, _ in told] == [(2, "asyncio.run"), (3, "asyncio.run")]


@pytest.mark.skipif("loop" not in RULES, reason="there is no rule for it yet")
def test_what_is_given_to_a_loop_in_a_cell_is_awaited(tmp_path: Path) -> None:
    poll = "import asyncio\nasync def poll():\n    return 1"
    runs = (
        "x = asyncio.run(poll())",
        "loop = asyncio.get_event_loop()\nloop.run_until_complete(poll())",
    )
    after = applied(notebook(poll, *runs), tmp_path, unsafe=True)
    assert sources(after)[1] == "x = await poll()"
    assert sources(after)[2].endswith("await poll()")
    assert "run_until_complete" not in after


def test_a_cell_may_await(tmp_path: Path) -> None:
    cells = (
        "async with a as b:\n    await b",
        "async for x in y:\n    pass",
        "[z async for z in y]",
    )
    assert sources(applied(notebook(POLL, *cells), tmp_path)) == [POLLED, *cells]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (notebook(POLL, metadata={"kernelspec": {"language": "R"}}), "foreign-notebook"),
        (notebook(POLL, metadata={"language_info": {"name": "julia"}}), "foreign-notebook"),
        ({"worksheets": [], "nbformat": 3}, "foreign-notebook"),
    ],
)
def test_notebooks_of_others_are_passed_over(tmp_path: Path, document: Any, reason: str) -> None:
    (tmp_path / "a.ipynb").write_text(json.dumps(document))
    analysis = analyse(
        [tmp_path], root=tmp_path, configuration=Configuration(), jobs=1, cache=False
    )
    (record,) = analysis.ledger.having(Outcome.SKIPPED)
    assert record.code == reason
    with pytest.raises(PassedOver):
        read(document)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"nbformat": 4}', '{"nbformat": 4} x'])
def test_what_is_no_notebook_is_an_error(text: str) -> None:
    with pytest.raises(UnreadableFile):
        read(text)


@pytest.mark.parametrize("data", [b'{"nbformat": \xff}', '{"nbformat": 4}'.encode("utf-16")])
def test_a_notebook_in_another_encoding_is_an_error(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="not valid UTF-8"):
        decode_source(data, path=Path("/x/a.ipynb"), relative="a.ipynb")


@pytest.mark.parametrize(
    "cells", [(), ("",), ("", "x = 1", ""), ("\n\n",), (("markdown", "a"),), ("a = 1\r\nb = 2",)]
)
def test_every_notebook_comes_back_as_it_was(cells: Any) -> None:
    source = read(json.dumps(notebook(*cells), indent=1))
    assert encode(source, source.text) == source.data
    ast.parse(source.text)


def test_cells_that_cannot_be_told_apart_are_not_written() -> None:
    source = read(notebook("a = 1", "b = 2"))
    with pytest.raises(UnencodableText, match="told apart"):
        encode(source, source.text.replace("# %% awaken: cell 2\n", ""))


def test_a_magic_that_would_change_is_not_written() -> None:
    source = read(notebook("%magic\nx = 1"))
    with pytest.raises(UnencodableText, match="IPython"):
        encode(source, source.text.replace("_ipython_line_", "    _ipython_line_"))


def test_places_are_told_by_cell() -> None:
    found = read(json.dumps(notebook(("markdown", "x"), "a = 1\nb = 2", "c = 3"), indent=1))
    assert found.notebook is not None
    lines = found.text.splitlines()
    assert found.notebook.place(lines.index("b = 2") + 1) == (2, 2)
    assert found.notebook.place(lines.index("c = 3") + 1) == (3, 1)
    raw = found.data.decode().splitlines()
    assert '"b = 2"' in raw[found.notebook.line_in_file(lines.index("b = 2") + 1) - 1]


def test_what_a_notebook_imports_stays_in_the_module(tmp_path: Path) -> None:
    (tmp_path / "helpers.py").write_text("import time\n\n\nasync def f():\n    time.sleep(1)\n")
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook("from helpers import time")))
    configuration = override(Configuration(), min_severity="low")
    analysis = analyse([tmp_path], root=tmp_path, configuration=configuration, jobs=1, cache=False)
    (plan,) = analysis.plans
    done = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert done is not None
    assert done.change.after.startswith(b"import asyncio\nimport time\n")
