"""What statements go through: a list is there already, a generator or a cursor does its work then and there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.expressions import plain_term
from awaken.plan.blocks.made_inside import made_inside, root_of
from awaken.resolve.values import External, Instance, Value, is_none
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

# Which of their arguments they go through.
_CONSUMERS = {
    **dict.fromkeys(
        ("list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "any", "all"), slice(1)
    ),
    **dict.fromkeys(("enumerate", "reversed", "iter"), slice(1)),
    **dict.fromkeys(("join", "extend", "writelines", "writerows", "fromkeys"), slice(1)),
    **dict.fromkeys(("map", "filter"), slice(1, None)),
    "zip": slice(None),
}
# They hold their elements; what a type from `collections.abc` promises is as good.
_HOLDERS = frozenset(
    (
        *("list", "tuple", "set", "frozenset", "dict", "str", "bytes", "bytearray", "range"),
        *("Sequence", "Mapping", "Collection", "MutableSequence", "MutableMapping", "Set"),
        *("List", "Tuple", "Dict", "FrozenSet", "deque", "defaultdict", "OrderedDict", "Counter"),
    )
)
_MODULES = ("builtins", "typing", "collections", "collections.abc")


def goes_through_unknown(situation: Situation, node: ast.AST, block: ast.Module) -> bool:
    """Whether a node goes through something that may do anything while it is gone through.

    Args:
        situation: a finding near it.
        node: any node of the block.
        block: the statements that would be carried to another thread.
    """
    made = made_inside(block)
    return any(not _is_held(situation, each, made) for each in _gone_through(node))


def _gone_through(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, (ast.For, ast.comprehension)):
        yield node.iter
    elif isinstance(node, ast.Starred) and isinstance(node.ctx, ast.Load):
        yield node.value
    elif isinstance(node, ast.Call):
        name = last_name(node.func)
        yield from node.args[_CONSUMERS[name]] if name in _CONSUMERS else ()
        yield from node.args if name in ("min", "max") and len(node.args) == 1 else ()


def _is_held(situation: Situation, node: ast.expr, made: frozenset[str]) -> bool:
    """Whether an expression gives something that holds its elements, or makes them in the block."""
    if isinstance(node, ast.BoolOp):
        return all(_is_held(situation, each, made) for each in node.values)
    if isinstance(node, ast.IfExp):
        return all(_is_held(situation, each, made) for each in (node.body, node.orelse))
    root = root_of(node)
    if not isinstance(root, ast.Name) or root.id in made:
        return True
    if isinstance(node, ast.Call):
        return True  # the call is looked at by itself
    if not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        return True
    found = situation.resolver.values(plain_term(node), situation.where._replace(line=None))
    return all(_holds_elements(value) for value in found if not is_none(value))


def _holds_elements(value: Value) -> bool:
    if not isinstance(value, Instance) or not isinstance(value.of, External):
        return False
    module, _, name = value.of.name.rpartition(".")
    return module in _MODULES and name in _HOLDERS
