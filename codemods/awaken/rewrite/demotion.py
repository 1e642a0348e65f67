"""A coroutine function as a plain one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awaken.rewrite.edit import Edit
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import Demote
    from awaken.rewrite.workspace import Workspace

_ASYNC = re.compile(r"async[ \t\f]+(?=def\b)")


def demote(space: Workspace, recipe: Demote) -> list[Edit]:
    """`async def f():` to `def f():`."""
    span = space.span(recipe.target.place)
    found = _ASYNC.match(space.tree.text, span.start)
    if found is None:
        raise LookupError(f"no `async def` at line {recipe.target.place.line}")
    return [Edit(Span(found.start(), found.end()), "", span)]
