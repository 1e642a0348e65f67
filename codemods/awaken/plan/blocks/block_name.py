"""A name for a function that is made of a block: what the block does, and to what."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from awaken.plan.call_text import opens_for_writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def block_name(
    situation: Situation, statement: ast.With | ast.For, results: tuple[str, ...]
) -> str:
    """`_read_config`: what the block does, and to what; `_each_as_completed` of a loop."""
    if isinstance(statement, ast.For):
        last = situation.finding.call.rpartition(".")[2]
        return f"_collect_{results[0].strip('_')}" if results else f"_each_{last}"
    if situation.finding.into and not results:
        entered = statement.items[0].context_expr
        callee = entered.func if isinstance(entered, ast.Call) else entered
        named = next(_names_of(callee), "block")
        return f"_with_{_WORD_START.sub('_', named).lower().strip('_')}"
    last = situation.finding.call.rpartition(".")[2]
    if situation.finding.rule == "http" and not results:
        return "_fetch_response"
    if last != "open" and not results:
        hidden = last.startswith("__") or last == "*"
        owner = situation.finding.call.split(".")[-2] if hidden else last
        return f"_with_{_WORD_START.sub('_', owner).lower()}"
    verb = "write" if _writes(statement) else "read"
    noun = results[0] if results else _noun(statement)
    return f"_{verb}_{noun.strip('_')}"


def _writes(statement: ast.With) -> bool:
    for item in statement.items:
        call = item.context_expr
        if isinstance(call, ast.Call):
            place = 0 if isinstance(call.func, ast.Attribute) and call.func.attr == "open" else 1
            if opens_for_writing(call, place):
                return True
    return False


def _noun(statement: ast.With) -> str:
    """The last name of what is opened: `self.config_path` gives `config`."""
    call = statement.items[0].context_expr
    for name in _names_of(call.args[0] if isinstance(call, ast.Call) and call.args else call):
        short = re.sub(r"_?(path|file|filename|name|dir)$", "", name.lower())
        if short:
            return short
    return "file"


def _names_of(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.Name):
        yield node.id
