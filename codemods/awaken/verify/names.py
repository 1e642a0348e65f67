"""Names that nothing binds, and imports that nothing uses, in one file."""

from __future__ import annotations

import ast
import builtins

from awaken.index.summary import FileIndex, ScopeKind
from awaken.index.terms import Imported
from awaken.rewrite.removals import loaded_names

_KNOWN = frozenset(dir(builtins)) | {
    "__file__", "__name__", "__doc__", "__path__", "__spec__", "__package__", "__loader__",
    "__builtins__", "__annotations__", "__class__", "__module__", "__qualname__", "__debug__",
    "__dict__", "__all__", "reveal_type", "WindowsError",
}  # fmt: skip


def unbound_names(module: ast.Module, index: FileIndex) -> frozenset[str]:
    """Names that are read somewhere in the file and bound nowhere in it."""
    bound: set[str] = set(_KNOWN)
    for scope in index.scopes:
        bound.update(scope.bindings)
        bound.update(scope.outer)
    read = {
        node.id
        for node in ast.walk(module)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    return frozenset() if index.stars else frozenset(read - bound)


def unused_imports(module: ast.Module, index: FileIndex) -> frozenset[str]:
    """Names that top-level imports bind and nothing in the file reads."""
    used = loaded_names(module) | set(index.exported or ())
    return frozenset(
        name
        for scope in index.scopes
        if scope.kind in (ScopeKind.MODULE, ScopeKind.FUNCTION)
        for name, bindings in scope.bindings.items()
        if any(isinstance(binding.term, Imported) for binding in bindings) and name not in used
    )
