"""Where the nodes of a file stand and what is around them, worked out for the parts of it that somebody asks for.

A file is cut into its statements at the top level and the members of its classes. Most questions are about a few
functions of a file: the rest is not looked through.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.syntax.positions import Place
from awaken.syntax.walking import children

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(slots=True, eq=False)
class _Region:
    """Some nodes and all that is below them.

    Attributes:
        first, last: the lines they are on.
        owner: the node around them.
        roots: the nodes.
        entered: whether it has been looked through.
    """

    first: int
    last: int
    owner: ast.AST
    roots: Sequence[ast.AST]
    entered: bool = False


class Regions:
    """The nodes of a module by their places, with their parents.

    Args:
        module: the tree.
    """

    def __init__(self, module: ast.Module) -> None:
        self._module = module
        self._parents: dict[ast.AST, ast.AST] = {}
        self._places: dict[Place, list[ast.expr]] = {}
        self._regions = sorted(self._cut(module, module.body), key=lambda region: region.first)
        self._firsts = [region.first for region in self._regions]

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node right around a node; None for the module, and for a node of another tree."""
        if node not in self._parents and node is not self._module:
            self._enter_at(getattr(node, "lineno", 0))
            if node not in self._parents:
                self._enter_all()
        return self._parents.get(node)

    def at(self, place: Place) -> Sequence[ast.expr]:
        """The expressions that stand exactly at a place, outermost first."""
        if place not in self._places:
            self._enter_at(place.line)
            if place not in self._places:
                self._enter_all()  # Python before 3.12 misplaces what is in f-strings
        return self._places.get(place, ())

    def _cut(self, owner: ast.AST, body: Sequence[ast.stmt]) -> Iterator[_Region]:
        for statement in body:
            decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
            first = min([statement.lineno, *(each.lineno for each in decorators)])
            if isinstance(statement, ast.ClassDef):
                self._parents[statement] = owner
                inside = set(statement.body)
                head = [each for each in children(statement) if each not in inside]
                yield _Region(first, statement.body[0].lineno, statement, head)
                yield from self._cut(statement, statement.body)
            else:
                yield _Region(first, statement.end_lineno or first, owner, [statement])

    def _enter_at(self, line: int) -> None:
        for number in range(bisect_right(self._firsts, line) - 1, -1, -1):
            region = self._regions[number]
            if region.last < line:
                return
            if not region.entered:
                self._enter(region)

    def _enter_all(self) -> None:
        for region in self._regions:
            if not region.entered:
                self._enter(region)

    def _enter(self, region: _Region) -> None:
        region.entered = True
        found = list(region.roots)
        self._parents.update(dict.fromkeys(found, region.owner))
        for node in found:
            if isinstance(node, ast.expr):
                self._places.setdefault(Place.of(node), []).append(node)
            below = children(node)
            self._parents.update(dict.fromkeys(below, node))
            found += below
