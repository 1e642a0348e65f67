"""Names for functions that are made of queries: what they do, and to what."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_VERBS = {
    **dict.fromkeys(("create", "bulk_create", "acreate"), "create"),
    **dict.fromkeys(("save", "get_or_create", "update_or_create", "add", "set"), "save"),
    **dict.fromkeys(("update", "bulk_update"), "update"),
    **dict.fromkeys(("delete", "remove", "clear"), "delete"),
}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def query_name(block: Sequence[ast.stmt], function: str) -> Callable[[Sequence[str]], str]:
    """`_save_order`, `_query_rows`: told by what is written, by what is given back, and by the coroutine.

    Args:
        block: the statements.
        function: name of the coroutine.
    """
    called = [
        node.func
        for each in block
        for node in ast.walk(each)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    written = [func for func in called if func.attr in _VERBS]

    def named(results: Sequence[str]) -> str:
        verb = _VERBS[written[-1].attr] if written else "query"
        about = _plain(written[-1].value) if written else ""
        noun = about or (results[0].strip("_") if results else function.strip("_"))
        return f"_{verb}_{noun}"

    return named


def _plain(node: ast.expr) -> str:
    """`order` in `order.save()`, `Order.objects.create()` and `Order(...).save()`."""
    while isinstance(node, (ast.Call, ast.Attribute, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return _HUMP.sub("_", node.id).lower().strip("_") if isinstance(node, ast.Name) else ""
