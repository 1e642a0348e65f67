"""The nodes of one file by what they are called: each search looks at those of a name, and not at the whole file."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING

from awaken.plan.names_elsewhere import naming_texts

if TYPE_CHECKING:
    from awaken.syntax.tree import Tree

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class NodesByName:
    """Looks through one file once.

    Args:
        tree: the file.

    Attributes:
        names: the places of each name.
        attributes: those of each attribute.
        functions: what is defined under each name.
        classes: the classes of the file.
        texts: what strings may name.
    """

    def __init__(self, tree: Tree) -> None:
        self.names: defaultdict[str, list[ast.Name]] = defaultdict(list)
        self.attributes: defaultdict[str, list[ast.Attribute]] = defaultdict(list)
        self.functions: defaultdict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]] = (
            defaultdict(list)
        )
        self.classes: list[ast.ClassDef] = []
        self.texts = naming_texts(tree)
        for node in tree.nodes:
            if isinstance(node, ast.Name):
                self.names[node.id].append(node)
            elif isinstance(node, ast.Attribute):
                self.attributes[node.attr].append(node)
            elif isinstance(node, _DEFINITIONS):
                self.functions[node.name].append(node)
            elif isinstance(node, ast.ClassDef):
                self.classes.append(node)

    def defined(self, name: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
        """The functions and classes of that name."""
        return [*self.functions[name], *(each for each in self.classes if each.name == name)]
