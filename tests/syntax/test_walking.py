"""Our walk gives what that of `ast` gives, without what stands nowhere."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from awaken.syntax.walking import children, walk

_SHARED = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)
_OWN = sorted(Path(__file__).parents[2].glob("codemods/awaken/*/*.py"))
_EVERYTHING = """
import a.b as c, d
from e import f as g
@h(i)
def j(k, /, l: m = 1, *n: o, p, q=2, **r: s) -> t:
    global u
    nonlocal v
    return {**w, x: y}, {z for a in b if c}, {d: e for f in g}
async def h():
    async with i as j, k: pass
    async for l in m: await n
    else: yield from o
    return lambda *p, q=1: (yield)
class R(S, metaclass=T):
    u: v = w
    x += y[1:2, ...]
    del z, a.b
try: assert a, b
except C as d: raise e from f
except G: pass
else: pass
finally: pass
match a:
    case [1, *b] | {"c": d, **e} | F(g, h=i) as j if k: pass
    case None | -1 | l.m: pass
    case _: pass
while (a := not b) and c < d <= e if f else g: continue
print(f"{a!r:>{b}} {c=}", *d, **e)
"""


def _listed(text: str) -> None:
    tree = ast.parse(text)
    expected = [node for node in ast.walk(tree) if not isinstance(node, _SHARED)]
    assert list(walk(tree)) == expected
    for node in expected:
        below = [each for each in ast.iter_child_nodes(node) if not isinstance(each, _SHARED)]
        assert children(node) == below


def test_every_kind_of_node_is_walked() -> None:
    _listed(_EVERYTHING)


@pytest.mark.parametrize("path", _OWN[::10], ids=lambda path: path.name)
def test_real_code_is_walked(path: Path) -> None:
    _listed(path.read_text())


@pytest.mark.skipif(not hasattr(ast, "TypeAlias"), reason="needs Python 3.12")
def test_newer_nodes_are_walked() -> None:
    _listed("type A[B: C, *D, **E] = F\nclass G[H]: pass\ndef i[J](): pass\n")
