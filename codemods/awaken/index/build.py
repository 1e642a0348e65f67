"""From a file's text to its summary."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.frame import Frame
from awaken.index.statements import StatementReader
from awaken.index.summary import FileIndex, ScopeKind
from awaken.index.suppressions import suppressions

if TYPE_CHECKING:
    from awaken.syntax.tree import Tree


def build_index(tree: Tree, *, path: str, module: str) -> FileIndex:
    """Summarise one parsed file.

    Args:
        tree: the parsed file.
        path: POSIX path relative to the project root.
        module: its dotted module name.
    """
    frame = Frame(0, None, ScopeKind.MODULE, "<module>", "", 1)
    reader = StatementReader(frame)
    reader.handlers, reader.stars = [], []
    reader.read_body(tree.module.body)
    return FileIndex(
        path=path,
        module=module,
        is_package=path.endswith("__init__.py"),
        scopes=tuple(found.freeze() for found in reader.frames),
        stars=tuple(reader.stars),
        exported=_exported(tree.module),
        handlers=tuple(reader.handlers),
        patched=frozenset(name for name in reader.dotted if not name.startswith("=")),
        assigned=frozenset(name[1:] for name in reader.dotted if name.startswith("=")),
        suppressed=suppressions(tree),
        native=tree.native,
    )


def _exported(module: ast.Module) -> tuple[str, ...] | None:
    for statement in module.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in statement.targets
        ):
            try:
                return tuple(str(name) for name in ast.literal_eval(statement.value))
            except (ValueError, TypeError):
                return None
    return None
