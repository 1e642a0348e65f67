"""The text of a call around its parentheses, which the tree does not tell."""

from __future__ import annotations

import ast
import re

from awaken.syntax.tree import Tree

_BETWEEN = re.compile(r"(?:[ \t\f\r\n)]|\\\r?\n|#[^\r\n]*)*")


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
    between = tree.text[end : opening_parenthesis(tree, call)]
    closing = between.rfind(")")
    return end + closing + 1 if closing >= 0 else end


def comment_in_callee(tree: Tree, call: ast.Call) -> bool:
    """Whether a comment stands between the start of a call and its arguments."""
    start = tree.span(call).start
    return "#" in tree.text[start : opening_parenthesis(tree, call)]
