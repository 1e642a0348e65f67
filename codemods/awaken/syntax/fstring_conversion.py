"""The `!r` behind an expression in a field of an f-string."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from awaken.syntax.tree import Tree

_CONVERSION = re.compile(r"[\s)]*(![rsa])")


def conversion_of(tree: Tree, node: ast.expr) -> Span | None:
    """Where the conversion of a field stands, or None where the node is no field or has none.

    Args:
        tree: the file.
        node: what the field shows.
    """
    field = tree.parent(node)
    if not isinstance(field, ast.FormattedValue) or field.value is not node:
        return None
    found = _CONVERSION.match(tree.text, tree.span(node).end)
    return Span(*found.span(1)) if found is not None else None
