"""Which scopes run on the event loop."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from awaken.index.summary import FileIndex, Scope, ScopeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

# Their bodies are part of the function around them.
_INLINE = frozenset({ScopeKind.COMPREHENSION, ScopeKind.GENERATOR, ScopeKind.CLASS})


def scopes_on_loop(index: FileIndex) -> Iterator[tuple[Scope, Scope]]:
    """Every scope whose code a coroutine runs itself, with that coroutine.

    A lambda or a nested `def` inside a coroutine is not among them: it runs wherever it is called,
    which may be a thread. A class body inside a coroutine is.
    """
    for scope in index.scopes:
        coroutine = enclosing_function(index, scope)
        if coroutine is not None and coroutine.is_async:
            yield scope, coroutine


def scopes_of(index: FileIndex, function: int) -> Iterator[Scope]:
    """The scopes whose code runs as part of a function or lambda: its own, and comprehensions in it."""
    yield index.scopes[function]
    for scope in islice(index.scopes, function + 1, None):
        if scope.parent < function:
            return  # scopes are numbered in the order of the text
        if home_of(index, scope).number == function:
            yield scope


def home_of(index: FileIndex, scope: Scope) -> Scope:
    """The function, lambda or module whose code a scope is part of."""
    while scope.kind in _INLINE and scope.parent >= 0:
        scope = index.scopes[scope.parent]
    return scope


def enclosing_function(index: FileIndex, scope: Scope) -> Scope | None:
    """The function whose body a scope belongs to, or None at module level and in lambdas."""
    current = scope
    while current.kind in _INLINE and current.parent >= 0:
        current = index.scopes[current.parent]
    return current if current.kind is ScopeKind.FUNCTION else None
