"""What flows into a block and out of it: each case marks the block with `# <` and `# >`."""

from __future__ import annotations

import ast
import textwrap

import pytest

from awaken.plan.blocks.data_flow import Flow, flow_of
from awaken.syntax.suites import suites_of

_CASES = {
    "what is read behind comes back": (
        """
        # <
        data = load(path)
        size = len(data)
        # >
        return size
        """,
        "() -> size",
    ),
    "what is read before it is set goes in": (
        """
        total = 0
        # <
        total += load(path)
        # >
        return total
        """,
        "(total) -> total",
    ),
    "what is set on one way only goes in": (
        """
        kind = ""
        # <
        if path:
            kind = load(path)
        # >
        return kind
        """,
        "(kind) -> kind",
    ),
    "what raises on the other way need not": (
        """
        # <
        if path:
            kind = load(path)
        else:
            raise ValueError(path)
        # >
        return kind
        """,
        "() -> kind",
    ),
    "what may have no value in front": (
        """
        if path:
            kind = ""
        # <
        if load(path):
            kind = load(path)
        # >
        return kind
        """,
        None,
    ),
    "a loop may not run": (
        """
        # <
        for line in load(path):
            last = line
        # >
        return last
        """,
        None,
    ),
    "a loop target that is its own iterable": (
        """
        # <
        for path in path:
            load(path)
        # >
        """,
        "(path) -> ",
    ),
    "what a handler sees of a try": (
        """
        data = None
        # <
        try:
            data = load(path)
            size = len(data)
        except OSError:
            size = data
        # >
        return size
        """,
        "(data) -> size",
    ),
    "what may be suppressed is not set for certain": (
        """
        data = None
        # <
        with open(path) as file, suppress(OSError):
            data = file.read()
        # >
        return data
        """,
        "(data) -> data",
    ),
    "a walrus in a test": (
        """
        # <
        while chunk := load(path):
            last = chunk
        # >
        return chunk
        """,
        "() -> chunk",
    ),
    "a walrus that may be left out": (
        """
        # <
        if path and (size := load(path)):
            load(size)
        # >
        return size
        """,
        None,
    ),
    "names of comprehensions are their own": (
        """
        # <
        names = [line for line in load(path) if line]
        # >
        return [names for names in path]
        """,
        "() -> ",
    ),
    "what is set again is not read": (
        """
        # <
        data = load(path)
        # >
        for data in path:
            load(data)
        with open(path) as data:
            load(data)
        """,
        "() -> ",
    ),
    "an augmented assignment reads": (
        """
        # <
        data = load(path)
        # >
        data += 1
        """,
        "() -> data",
    ),
    "the next round reads": (
        """
        data = 0
        for each in path:
            print(data)
            # <
            data = load(each)
            # >
        """,
        "() -> data",
    ),
    "a handler reads what was set before the failure": (
        """
        first = 0
        try:
            # <
            first = load(path)
            second = load(first)
            # >
        except OSError:
            print(first)
        return second
        """,
        None,
    ),
    "a handler that sets it anew": (
        """
        try:
            # <
            first = load(path)
            second = load(path)
            # >
        except OSError:
            first = second = 0
        return first, second
        """,
        "() -> first second",
    ),
    "the end of a try reads": (
        """
        first = 0
        try:
            await path
        except OSError:
            # <
            first = load(path)
            second = load(first)
            # >
        finally:
            print(first)
        """,
        None,
    ),
    "a name of an except": (
        """
        # <
        try:
            load(path)
        except OSError as error:
            print(error)
        # >
        try:
            await path
        except OSError as error:
            print(error)
        """,
        "() -> ",
    ),
    "what a block gives up": (
        """
        # <
        data = load(path)
        size = len(data)
        del data
        # >
        return size
        """,
        "() -> size",
    ),
    "what a block gives up and somebody wants": (
        """
        # <
        data = load(path)
        del data
        # >
        return data
        """,
        None,
    ),
    "it returns on every way": (
        """
        # <
        if path:
            return load(path)
        try:
            return load(path)
        except OSError:
            raise ValueError(path)
        # >
        """,
        "() -> (leaves)",
    ),
    "it returns on one way": (
        """
        # <
        if path:
            return load(path)
        data = load(path)
        # >
        return data
        """,
        "() -> data",
    ),
    "a function inside reads it later": (
        """
        data = 0
        # <
        data = load(path)
        later = lambda: data
        # >
        return later
        """,
        None,
    ),
    "a function in front reads it later": (
        """
        data = 0
        def later():
            return data
        # <
        data = load(path)
        # >
        return later
        """,
        "() -> data",
    ),
    "it belongs to somebody else": (
        """
        global data
        # <
        data = load(path)
        # >
        """,
        None,
    ),
    "a function, a class and an import": (
        """
        # <
        import json
        def parse(): return json
        class Kind: pass
        # >
        return parse, Kind, json
        """,
        "() -> json parse Kind",
    ),
}


@pytest.mark.parametrize(("body", "expected"), _CASES.values(), ids=_CASES.keys())
def test_flow(body: str, expected: str | None) -> None:
    source = f"async def f(path):\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
    lines = source.splitlines()
    marks = [n for n, line in enumerate(lines, start=1) if line.strip() in ("# <", "# >")]
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.AsyncFunctionDef)
    block = next(
        found
        for node in ast.walk(function)
        for suite in suites_of(node)
        if (found := [each for each in suite if marks[0] < each.lineno < marks[1]])
    )
    assert _told(flow_of(block, function)) == expected


def _told(flow: Flow | None) -> str | None:
    if flow is None:
        return None
    end = "(leaves)" if flow.leaves else " ".join(flow.results)
    return f"({' '.join(flow.parameters)}) -> {end}"
