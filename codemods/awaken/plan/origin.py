"""Whether an object was made in a function itself, or came in from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.index.terms import (
    Attr,
    Awaited,
    Call,
    Declared,
    Element,
    Entered,
    Imported,
    Item,
    Name,
    Part,
    Scoped,
    Term,
)

if TYPE_CHECKING:
    from awaken.index.summary import Binding, FileIndex, Scope

_WRAPPERS = (Entered, Awaited, Element, Part)
_LINKS = (Attr, Item, *_WRAPPERS)
_DEEPEST = 8


def is_made_in(index: FileIndex, function: Scope, term: Term, depth: int = 0) -> bool:
    """Whether nobody outside of a function has what a term of it stands for.

    Args:
        index: the file.
        function: the function or lambda.
        term: a chain of attributes, items and calls.
        depth: how many names have been looked up on the way.
    """
    term = _start(term)
    if not isinstance(term, Name):
        return True
    if depth > _DEEPEST:
        return False
    scope: Scope | None = function
    while scope is not None:
        found = scope.bindings.get(term.id)
        if found and term.id not in scope.outer:
            inside = scope.number == function.number
            return all(_is_made(index, function, each, depth, inside=inside) for each in found)
        scope = index.scopes[scope.parent] if scope.parent >= 0 else None
        while scope is not None and scope.kind is ScopeKind.CLASS:
            scope = index.scopes[scope.parent] if scope.parent >= 0 else None
    return True  # a builtin, such as `open`


def _is_made(
    index: FileIndex, function: Scope, binding: Binding, depth: int, *, inside: bool
) -> bool:
    if isinstance(binding.term, (Imported, Scoped)):
        return True  # a module, class or function: what it is called for is new
    if not inside or binding.column < 0:
        return False  # a variable of somebody else, or a parameter
    return is_made_in(index, function, binding.term, depth + 1)


def _start(term: Term) -> Term:
    """What a chain starts with."""
    while True:
        if isinstance(term, Declared):
            term = term.value
        elif isinstance(term, Call):
            term = term.func
        elif isinstance(term, _LINKS):
            term = term.base
        else:
            return term


def root_name(term: Term) -> str:
    """The name that a chain of attributes, items and calls starts with; empty for any other start."""
    start = _start(term)
    return start.id if isinstance(start, Name) else ""
