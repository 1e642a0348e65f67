"""Files that run on another event loop than asyncio's."""

from __future__ import annotations

from awaken.index.terms import Imported
from awaken.plan.situation import Situation

_FOREIGN = frozenset({"trio", "curio"})


def uses_foreign_loop(situation: Situation) -> bool:
    """Whether the file imports trio or curio: asyncio's functions raise there."""
    return any(
        isinstance(binding.term, Imported)
        and not binding.term.level
        and binding.term.module.split(".")[0] in _FOREIGN
        for scope in situation.index.scopes
        for bindings in scope.bindings.values()
        for binding in bindings
    )
