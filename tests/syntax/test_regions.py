"""Looked up by parts, nodes have the parents and the places that the whole tree gives them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from awaken.syntax.positions import Place
from awaken.syntax.regions import Regions
from awaken.syntax.walking import children, walk

_OWN = sorted(Path(__file__).parents[2].glob("codemods/awaken/plan/*.py"))
_ODD = [
    "class A(b(c)): d = e(f); g()\nh(); class_ = i; j(\nk)\n",
    "@a(b)\n@c\nclass D(e):\n    @f(g)\n    async def h(self, i=j): k\n    l = m\n\n    class N: o\np\n",
    "if a:\n    class B:\n        c = d\nelse:\n    def e(): f\n",
    "x = f'''{\n  a(\n   1)\n}{b}'''\ndef c(): d\n",
    "",
]


@pytest.mark.parametrize("text", [*_ODD, *(path.read_text(encoding="utf-8") for path in _OWN)])
def test_each_node_is_found_as_in_the_whole_tree(text: str) -> None:
    module = ast.parse(text)
    parents = {child: node for node in walk(module) for child in children(node)}
    places: dict[Place, list[ast.expr]] = {}
    for node in walk(module):
        if isinstance(node, ast.expr):
            places.setdefault(Place.of(node), []).append(node)
    regions = Regions(module)
    for place in reversed(places):
        assert list(regions.at(place)) == places[place]
    regions = Regions(module)
    for inner, parent in reversed(parents.items()):
        assert regions.parent(inner) is parent
    assert regions.parent(module) is None


def test_a_node_that_stands_elsewhere_than_it_says_is_found() -> None:
    module = ast.parse("def f():\n    a\n\ndef g():\n    b\n")
    (name,) = (node for node in walk(module) if isinstance(node, ast.Name) and node.id == "b")
    name.lineno, name.end_lineno = 2, 2
    name.col_offset, name.end_col_offset = 20, 21
    assert list(Regions(module).at(Place(2, 20, 2, 21))) == [name]
    assert isinstance(Regions(module).parent(name), ast.Expr)


def test_a_node_of_another_tree_has_no_parent_here() -> None:
    regions = Regions(ast.parse("a\n"))
    assert regions.parent(ast.parse("a\n").body[0]) is None
    assert list(regions.at(Place(7, 0, 7, 1))) == []
