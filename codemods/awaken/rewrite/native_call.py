"""Calls with an async form of their own: `socket.getaddrinfo`, `subprocess.run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.plan.call_text import callee_end
from awaken.rewrite.arguments import argument_edits
from awaken.rewrite.definitions import definition
from awaken.rewrite.edit import Edit
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import NativeCall
    from awaken.rewrite.workspace import Workspace


def native_call(space: Workspace, recipe: NativeCall) -> list[Edit]:
    """`socket.getaddrinfo(h, p, f)` to `await asyncio.get_running_loop().getaddrinfo(h, p, family=f)`."""
    call = space.call(recipe.target.place)
    span = space.tree.span(call)
    callee = Span(span.start, callee_end(space.tree, call))
    edits = [
        *space.awaited(call, "", taken=recipe.result),
        Edit(callee, _callee(space, recipe), callee),
        *space.listed(recipe.target.generator),
    ]
    return [*edits, *argument_edits(space, call, recipe.passed, space.where(recipe.target))]


def _callee(space: Workspace, recipe: NativeCall) -> str:
    if recipe.definition is not None:
        return definition(space, recipe.definition)
    function, called, member = recipe.callee.partition("()")
    return f"{space.names.text(function, space.where(recipe.target))}{called}{member}"
