"""Files that run on another event loop than asyncio's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import Imported

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_FOREIGN = frozenset({"trio", "curio"})
# Runs on asyncio or on trio, as its user chooses; a file that imports asyncio too has chosen.
_EITHER = "anyio"


def uses_foreign_loop(situation: Situation) -> bool:
    """Whether the file runs, or may run, on a loop where asyncio's functions raise."""
    imported = {
        binding.term.module.split(".")[0]
        for scope in situation.index.scopes
        for bindings in scope.bindings.values()
        for binding in bindings
        if isinstance(binding.term, Imported) and not binding.term.level
    }
    if situation.settings.backend == "asyncio":
        return bool(imported & _FOREIGN)
    return bool(imported & _FOREIGN) or (_EITHER in imported and "asyncio" not in imported)
