"""Arguments that a rewritten call is given besides its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.rewrite.edit import Edit, insert
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    import ast

    from awaken.rewrite.workspace import Workspace


def append_arguments(space: Workspace, call: ast.Call, text: str, deeper: str = "") -> Edit:
    """Arguments behind the last one, whether it ends with a comma or not.

    On a line of their own they go `deeper`, as the lines around them do.
    """
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    last = max(space.tree.offsets.span(node).end for node in given)
    end = space.tree.span(call).end
    tail = space.tree.text[last : end - 1]
    comma = tail.find(",")
    if comma >= 0 and "#" not in tail[:comma]:
        offset = last + comma + 1
        rest = space.tree.text[offset : end - 1]
        if "\n" in rest or "\r" in rest:
            line = space.tree.offsets.line_start(last)
            head = space.tree.text[line:last]
            margin = head[: len(head) - len(head.lstrip())]
            return insert(offset, f"{space.newline}{margin}{deeper}{text},", Span(line, offset))
        return insert(offset, f" {text}", Span(last, offset))
    return insert(last, f", {text}", Span(space.tree.span(call).start, last))
