"""Queries that are awaited inside a transaction: in the function that it becomes, the plain methods stand for them.

`await order.asave()` under `with transaction.atomic():` raises today, before it gets so far; the a-methods run the
plain ones in Django's thread, where the function is already.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from awaken.plan.blocks.carried_statements import waits
from awaken.plan.recipes import Replacement
from awaken.resolve.values import External, Instance, Method
from awaken.syntax.positions import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.situation import Situation

_DJANGO = "django."
_ROWS = "django.db.models."
_ASYNC = re.compile(r"\basync\s+(?=for\b)")


class PlainForms(NamedTuple):
    """What statements await, in its plain form.

    Attributes:
        nodes: what waits, and the calls that are awaited.
        replacements: other text for them.
        gone: names of the methods that are awaited no more.
    """

    nodes: frozenset[ast.AST]
    replacements: tuple[Replacement, ...]
    gone: tuple[str, ...]


def plain_forms(situation: Situation, block: Sequence[ast.stmt]) -> PlainForms | None:
    """The plain form of everything that waits in a block, or None where something has none.

    Args:
        situation: a finding in the block.
        block: the statements.
    """
    found: list[PlainForms] = []
    for node in ast.walk(ast.Module([*block], [])):
        if waits(node):
            form = _form_of(situation, node)
            if form is None:
                return None
            found.append(form)
    return PlainForms(
        frozenset(node for each in found for node in each.nodes),
        tuple(text for each in found for text in each.replacements),
        tuple(name for each in found for name in each.gone),
    )


def _form_of(situation: Situation, node: ast.AST) -> PlainForms | None:
    if isinstance(node, ast.Await):
        return _of_await(situation, node)
    if isinstance(node, (ast.AsyncFor, ast.comprehension)):
        return _of_loop(situation, node)
    return None


def _of_await(situation: Situation, node: ast.Await) -> PlainForms | None:
    """`await order.asave()` to `order.save()`."""
    call = node.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    value = situation.callee(call)
    if not isinstance(value, Method) or not value.native or not value.owner.startswith(_DJANGO):
        return None
    tree = situation.tree
    end = tree.span(call.func).end
    name = Span(end - len(call.func.attr), end)
    keyword = Span(tree.span(node).start, tree.span(call).start)
    if tree.text[keyword.start : keyword.end].split() != ["await"]:
        return None
    replacements = (Replacement(keyword, ""), Replacement(name, value.entry.name))
    return PlainForms(frozenset((node, call)), replacements, (call.func.attr,))


def _of_loop(situation: Situation, node: ast.AsyncFor | ast.comprehension) -> PlainForms | None:
    """`async for order in Order.objects.all()` to `for order in ...`."""
    tree = situation.tree
    values = situation.values_of(node.iter)
    if not values or not all(_are_rows(situation, value) for value in values):
        return None
    target = tree.span(node.target).start
    start = tree.span(node).start if isinstance(node, ast.AsyncFor) else 0
    keywords = list(_ASYNC.finditer(tree.text, start, target))
    if not keywords:
        return None
    last = keywords[-1]
    return PlainForms(frozenset((node,)), (Replacement(Span(*last.span()), ""),), ())


def _are_rows(situation: Situation, value: object) -> bool:
    return isinstance(value, Instance) and any(
        isinstance(base, External)
        and base.name.startswith(_ROWS)
        and not base.name.endswith("iterator()")
        for base in situation.resolver.members.ancestry(value.of)
    )
