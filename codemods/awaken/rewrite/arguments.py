"""The arguments of a rewritten call: names in front of them, other names, and some more of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awaken.rewrite.edit import Edit, insert
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    import ast

    from awaken.plan.recipes import Passed
    from awaken.resolve.evaluation import Where
    from awaken.rewrite.workspace import Workspace

_QUALIFIED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")


def argument_edits(space: Workspace, call: ast.Call, passed: Passed, where: Where) -> list[Edit]:
    """Give the arguments of a call in another way.

    Args:
        space: the file.
        call: the call.
        passed: how it is given them.
        where: the place from which names are looked up.
    """
    end = space.tree.span(call).end
    edits = []
    for number, name in passed.named:
        start = space.tree.span(call.args[number]).start
        # In front of whatever else is put before the argument.
        edits.append(insert(start, f"{name}=", Span(start, end)))
    for old, new in passed.renamed:
        keyword = next(each for each in call.keywords if each.arg == old)
        start = space.tree.offsets.span(keyword).start
        edits.append(Edit(Span(start, start + len(old)), new, Span(start, start + len(old))))
    if passed.arguments:
        edits.append(append_arguments(space, call, ", ".join(_spelled(space, passed, where))))
    return edits


def _spelled(space: Workspace, passed: Passed, where: Where) -> list[str]:
    texts = [(name, spelled(space, text, where)) for name, text in passed.arguments]
    return [text if name == "*" else f"{name}={text}" for name, text in texts]


def spelled(space: Workspace, text: str, where: Where) -> str:
    """A text with its qualified names as the file writes them."""
    return _QUALIFIED.sub(lambda found: space.names.text(found[0], where), text)


def append_arguments(space: Workspace, call: ast.Call, text: str, deeper: str = "") -> Edit:
    """Arguments behind the last one, whether it ends with a comma or not.

    On a line of their own they go `deeper`, as the lines around them do.
    """
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    if not given:
        start = space.tree.span(call).end - 1
        return insert(start, text, Span(space.tree.span(call).start, start))
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
