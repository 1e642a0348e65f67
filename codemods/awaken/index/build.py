"""From a file's text to its summary."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.discover.notebook import SUFFIX as NOTEBOOK
from awaken.index.emptiness import filled_calls
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
    # the cells of a notebook run in a loop that runs already, and may await
    frame.executes = frame.is_async = path.endswith(NOTEBOOK)
    reader = StatementReader(frame)
    reader.handlers, reader.stars = [], []
    reader.declares_outer = "global " in tree.text or "nonlocal " in tree.text
    reader.read_body(tree.module.body)
    return FileIndex(
        path=path,
        module=module,
        is_package=path.endswith("__init__.py"),
        scopes=tuple(found.freeze(reader.growths) for found in reader.frames),
        stars=tuple(reader.stars),
        exported=_exported(tree.module, frame),
        handlers=tuple(reader.handlers),
        filled=filled_calls(tree),
        patched=frozenset(name for name in reader.dotted if not name.startswith("=")),
        assigned=frozenset(name[1:] for name in reader.dotted if name.startswith("=")),
        suppressed=suppressions(tree),
        native=tree.native,
    )


def _exported(module: ast.Module, frame: Frame) -> tuple[str, ...] | None:
    """The names in `__all__`, where one literal says them all."""
    if len(frame.bindings.get("__all__", ())) != 1 or any(map(_changes_all, module.body)):
        return None
    for statement in module.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in statement.targets
        ):
            try:
                return tuple(str(name) for name in ast.literal_eval(statement.value))
            except (ValueError, TypeError):
                return None
    return None


def _changes_all(statement: ast.stmt) -> bool:
    """`__all__.extend(...)`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    function = call.func if isinstance(call, ast.Call) else None
    owner = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id == "__all__"
