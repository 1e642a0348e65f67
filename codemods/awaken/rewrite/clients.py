"""An object of a sync library as one of an async library: `with` becomes `async with`, its calls are awaited."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.call_text import callee_end
from awaken.rewrite.arguments import argument_edits, spelled
from awaken.rewrite.edit import Edit, insert
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.plan.recipes import ClientCall, EnterClient
    from awaken.resolve.evaluation import Where
    from awaken.rewrite.workspace import Workspace


def enter_client(space: Workspace, recipe: EnterClient) -> list[Edit]:
    """`with smtplib.SMTP(h) as s:` to `async with aiosmtplib.SMTP(hostname=h) as s:`, and all that is done with `s`."""
    where = space.where(recipe.target)
    statement = space.span(recipe.statement)
    made = space.call(recipe.made.place)
    callee = Span(space.tree.span(made).start, callee_end(space.tree, made))
    edits = [
        insert(statement.start, "async ", statement),
        Edit(callee, space.names.text(recipe.made.name, where), callee),
        *argument_edits(space, made, recipe.made.passed, where),
    ]
    for call in recipe.calls:
        edits.extend(_member(space, call, where))
    for each in recipe.translations:
        before, _, after = spelled(space, each.template, where).partition("{}")
        edits.extend(insert(each.span.start, before, each.span) for _ in [0] if before)
        edits.append(insert(each.span.end, after, each.span))
    return edits


def _member(space: Workspace, call: ClientCall, where: Where) -> list[Edit]:
    node = space.call(call.place)
    if not isinstance(node.func, ast.Attribute):
        raise LookupError(f"no member is called at line {call.place.line}")
    end = space.tree.span(node.func).end
    name = Span(end - len(node.func.attr), end)
    return [
        *(space.awaited(node, "") if call.awaits else ()),
        *([Edit(name, call.name, name)] if call.name != node.func.attr else ()),
        *argument_edits(space, node, call.passed, where),
    ]
