"""Calls with an async form of their own: `socket.getaddrinfo`, `subprocess.run`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awaken.plan.call_text import callee_end
from awaken.rewrite.arguments import append_arguments
from awaken.rewrite.definitions import definition
from awaken.rewrite.edit import Edit, insert
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import AwaitCall
    from awaken.rewrite.workspace import Workspace

_QUALIFIED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")


def await_call(space: Workspace, recipe: AwaitCall) -> list[Edit]:
    """`socket.getaddrinfo(h, p, f)` to `await asyncio.get_running_loop().getaddrinfo(h, p, family=f)`."""
    call = space.call(recipe.target.place)
    span = space.tree.span(call)
    callee = Span(span.start, callee_end(space.tree, call))
    edits = [
        *space.awaited(call, "", taken=recipe.result),
        Edit(callee, _callee(space, recipe), callee),
        *space.listed(recipe.target.generator),
    ]
    for number, name in recipe.named:
        start = space.tree.span(call.args[number]).start
        # In front of whatever else is put before the argument.
        edits.append(insert(start, f"{name}=", Span(start, span.end)))
    if recipe.arguments:
        edits.append(append_arguments(space, call, ", ".join(_besides(space, recipe))))
    return edits


def _callee(space: Workspace, recipe: AwaitCall) -> str:
    if recipe.definition is not None:
        return definition(space, recipe.definition)
    function, called, member = recipe.callee.partition("()")
    return f"{space.names.text(function, space.where(recipe.target))}{called}{member}"


def _besides(space: Workspace, recipe: AwaitCall) -> list[str]:
    where = space.where(recipe.target)
    spelled = [
        (name, _QUALIFIED.sub(lambda found: space.names.text(found[0], where), text))
        for name, text in recipe.arguments
    ]
    return [text if name == "*" else f"{name}={text}" for name, text in spelled]
