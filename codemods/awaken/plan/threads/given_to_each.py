"""Objects of libraries that give each thread its own: `django.db.connection`.

What belongs to a thread and is still one object of the library's module must be a way to the thread's own, or only
one thread could use the library (reference: `django.utils.connection.ConnectionProxy`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Attr, Imported, Item, Name
from awaken.resolve.values import External

if TYPE_CHECKING:
    from awaken.index.summary import FileIndex, Scope
    from awaken.index.terms import Term
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver


def is_given_to_each_thread(resolver: Resolver, index: FileIndex, where: Where, term: Term) -> bool:
    """Whether a term looks an object up that each thread has one of: `connection`, `connections["other"]`.

    Args:
        resolver: knows the project.
        index: the file.
        where: the place of the term in it.
        term: a name, or attributes and items below one.
    """
    while isinstance(term, (Name, Attr, Item)):
        name = _qualified(resolver, index, where, term)
        if name is not None and resolver.catalogue.object(name) is not None:
            return True
        if isinstance(term, Name):
            return False
        term = term.base
    return False


def _qualified(resolver: Resolver, index: FileIndex, where: Where, term: Term) -> str | None:
    """The name of something that a library's module holds, as it is written here."""
    if isinstance(term, Name):
        return _imported_as(index, index.scopes[where.scope], term.id)
    modules = resolver.values(term.base, where) if isinstance(term, Attr) else ()
    names = [each.name for each in modules if isinstance(each, External)]
    return f"{names[0]}.{term.name}" if isinstance(term, Attr) and len(names) == 1 else None


def _imported_as(index: FileIndex, scope: Scope, name: str) -> str | None:
    """What a name is imported as, where nothing else binds it."""
    while (name not in scope.bindings or name in scope.outer) and scope.parent >= 0:
        scope = index.scopes[scope.parent]
    found = {each.term for each in scope.bindings.get(name, ())}
    imported = next(iter(found)) if len(found) == 1 else None
    if not isinstance(imported, Imported) or imported.level or imported.member is None:
        return None
    return f"{imported.module}.{imported.member}"
