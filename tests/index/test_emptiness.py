"""`next(iter(x))` behind a check that there is something in `x`."""

from __future__ import annotations

import textwrap

import pytest

from awaken.index.emptiness import filled_calls
from awaken.syntax.tree import parse


def _is_filled(body: str) -> bool:
    text = "def function(self, x, y):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    return bool(filled_calls(parse(text)))


@pytest.mark.parametrize(
    "body",
    [
        "if not x: return\nreturn next(iter(x))",
        "if x is None or not x:\n    raise KeyError\ny.append(1)\nreturn next(iter(x.values()))",
        "if len(x) == 0: return\nfor each in y:\n    print(next(iter(x)))",
        "if len(x) < 2: return\nreturn next(iter(x))",
        "if len(x) != 1: return\nreturn next(iter(x))",
        "assert x\nreturn next(iter(x))",
        "while self.x:\n    first = next(iter(self.x))\n    self.x.pop(first)",
        "if y and len(x) > 0:\n    return next(iter(x))",
        "return next(iter(x)) if x else None",
        "return None if not x else next(iter(x))",
        "return x and next(iter(x))",
        "return not x or next(iter(x))",
        "if y:\n    x.clear()\n    return\nif not x: return\nreturn next(iter(x))",
    ],
)
def test_there_is_something(body: str) -> None:
    assert _is_filled(body)


@pytest.mark.parametrize(
    "body",
    [
        "return next(iter(x))",
        "return next(iter(x()))",
        "if not y: return\nreturn next(iter(x))",
        "if x: return\nreturn next(iter(x))",
        "if x: print(1)\nreturn next(iter(x))",
        "if not x: print(1)\nreturn next(iter(x))",
        "if not x: return\nx.clear()\nreturn next(iter(x))",
        "if not x: return\nx = y\nreturn next(iter(x))",
        "if not x: return\ndel x[0]\nreturn next(iter(x))",
        "if not x: return\nempty(x)\nreturn next(iter(x))",
        "if not self.x: return\nself.load()\nreturn next(iter(self.x))",
        "if not x: return\nif y: x.pop()\nreturn next(iter(x))",
        "if not x: return\nfor each in y:\n    print(next(iter(x)))\n    x.pop()",
        "if x:\n    x.pop()\n    return next(iter(x))",
        "if x or y:\n    return next(iter(x))",
        "if not x and not y: return\nreturn next(iter(x))",
        "if len(x) > 1: return\nreturn next(iter(x))",
        "if len(x) == 1: return\nreturn next(iter(x))",
        "if len(x) >= 0:\n    return next(iter(x))",
        "if not x: return\nreturn lambda: next(iter(x))",
        "return next(iter(x)) if y else x",
        "return x or next(iter(x))",
    ],
)
def test_that_cannot_be_told(body: str) -> None:
    assert not _is_filled(body)
