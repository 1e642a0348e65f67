"""The text of a call around its parentheses, which the tree does not tell."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.syntax.tree import Tree

_BETWEEN = re.compile(r"(?:[ \t\f\r\n)]|\\\r?\n|#[^\r\n]*)*")
_CLOSING_OR_COMMENT = re.compile(r"\)|#[^\r\n]*")


def opening_parenthesis(tree: Tree, call: ast.Call) -> int:
    """The offset of the `(` that begins the arguments of a call.

    Between the callee and it there may be the closing parentheses of the callee, and white space.
    """
    end = tree.span(call.func).end
    between = _BETWEEN.match(tree.text, end)
    offset = between.end() if between else end
    if tree.text[offset : offset + 1] != "(":
        raise ValueError(f"no arguments at offset {offset}")
    return offset


def callee_end(tree: Tree, call: ast.Call) -> int:
    """The offset just behind the callee, its own parentheses included."""
    end = tree.span(call.func).end
    closing = [
        match.end()
        for match in _CLOSING_OR_COMMENT.finditer(tree.text, end, opening_parenthesis(tree, call))
        if match[0] == ")"
    ]
    return closing[-1] if closing else end


def comment_in_callee(tree: Tree, call: ast.Call) -> bool:
    """Whether a comment stands inside the callee, its own parentheses included."""
    return "#" in tree.text[tree.span(call).start : callee_end(tree, call)]


def comment_before_arguments(tree: Tree, call: ast.Call) -> bool:
    """Whether a comment stands between the callee and its arguments."""
    return "#" in tree.text[callee_end(tree, call) : opening_parenthesis(tree, call)]


def opens_for_writing(call: ast.Call, place: int) -> bool:
    """Whether the mode in a call of `open` lets the file be written.

    Args:
        call: the call.
        place: which positional argument the mode is: 1 for the builtin, 0 for `Path.open`.
    """
    mode = call.args[place] if len(call.args) > place else None
    mode = next((each.value for each in call.keywords if each.arg == "mode"), mode)
    return isinstance(mode, ast.Constant) and bool(re.search("[wax+]", str(mode.value)))
