"""A file that is read in front of a new `await` and written behind it, in one coroutine."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from awaken.plan.call_text import opens_for_writing
from awaken.plan.reasons import reason
from awaken.plan.windows.changes import SUSPENDS, own_nodes
from awaken.plan.windows.file_uses import READS, WRITES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.fix import Reason
    from awaken.plan.situation import Situation
    from awaken.syntax.positions import Span
    from awaken.syntax.tree import Tree

# A helper that is given the path, and whose name says what it does with it.
_WRITER = re.compile(r"write|save|dump", re.IGNORECASE)


class Use(NamedTuple):
    """A file that is read or written."""

    span: Span
    path: str
    """The expression that names the file, as source text."""
    writes: bool


def update_torn_apart(situation: Situation) -> Reason | None:
    """The difference that the finding's `await` makes to the update of a file, or None.

    `settings = json.loads(path.read_text())`, and then `path.write_text(...)`: what another task writes
    to the same path in between is lost.
    """
    tree = situation.tree
    uses, suspends = _uses(tree, situation.function())
    here = tree.span(situation.node)
    for read in uses:
        for write in uses:
            if read.writes or not write.writes or read.path != write.path:
                continue
            spans_it = read.span.start <= here.start and here.end <= write.span.end
            if read.span.end <= write.span.start and spans_it:
                between = range(read.span.end, write.span.start)
                if not any(offset in between for offset in suspends):
                    return reason("read-modify-write")
    return None


@lru_cache(maxsize=16)  # every finding of a function asks for the same
def _uses(tree: Tree, function: ast.AsyncFunctionDef) -> tuple[tuple[Use, ...], tuple[int, ...]]:
    nodes = own_nodes(function)
    suspends = tuple(tree.span(node).start for node in nodes if isinstance(node, SUSPENDS))
    calls = (node for node in nodes if isinstance(node, ast.Call))
    return tuple(use for call in calls for use in _use(tree, call)), suspends


def _use(tree: Tree, call: ast.Call) -> Iterator[Use]:
    span, func = tree.span(call), call.func
    if isinstance(func, ast.Attribute) and func.attr in READS | WRITES:
        yield Use(span, ast.unparse(func.value), func.attr in WRITES)
    elif isinstance(func, ast.Name) and func.id == "open" and call.args:
        yield Use(span, ast.unparse(call.args[0]), opens_for_writing(call, 1))
    elif isinstance(func, ast.Attribute) and func.attr == "open":
        yield Use(span, ast.unparse(func.value), opens_for_writing(call, 0))
    elif _WRITER.search(func.attr if isinstance(func, ast.Attribute) else ast.unparse(func)):
        for argument in call.args:
            if isinstance(argument, (ast.Name, ast.Attribute)):
                yield Use(span, ast.unparse(argument), writes=True)
