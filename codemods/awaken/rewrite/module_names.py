"""Which module-level names a file reads: a parameter of the same name is another one."""

from __future__ import annotations

import ast
import symtable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.syntax.tree import Tree


def module_names_read(tree: Tree, names: frozenset[str]) -> set[str]:
    """Those of `names` that some code reads from the module level, in any of its functions.

    Args:
        tree: the file.
        names: names that the module level binds.
    """
    return set(names & _read_from_the_module(tree))


# Asked for every edit of a file, about the file itself and what has become of it.
@lru_cache(maxsize=2)
def _read_from_the_module(tree: Tree) -> frozenset[str]:
    """All such names; every name in the file where its scopes cannot be told apart."""
    try:
        module = symtable.symtable(tree.text, "<file>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        # Syntax that is newer than the running Python, for one.
        return frozenset(node.id for node in tree.nodes if isinstance(node, ast.Name))
    read = {
        symbol.get_name()
        for table in _tables(module)
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (_falls_through(table) or symbol.is_global())
    }
    return frozenset(read.union(_names_beside(tree)))


def _falls_through(table: symtable.SymbolTable) -> bool:
    """Whether a name bound here may still be read from the module: `time = time` in a class."""
    return table.get_type() in ("module", "class")


def _names_beside(tree: Tree) -> Iterator[str]:
    """Names that symbol tables leave out: annotations under `from __future__`, and `del`."""
    for node in tree.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
            yield node.id
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(annotation, ast.expr):
                yield from (each.id for each in ast.walk(annotation) if isinstance(each, ast.Name))


def _tables(module: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    pending = [module]
    while pending:
        table = pending.pop()
        yield table
        pending.extend(table.get_children())
