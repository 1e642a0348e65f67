"""The annotations of what holds an object: they name the client then."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.reasons import reason
from awaken.plan.recipes import Replacement
from awaken.resolve.values import External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.clients.converted import Converted
    from awaken.plan.clients.flow import Flow
    from awaken.plan.fix import Reason


def annotated(flow: Flow, converted: Converted) -> list[Replacement] | Reason:
    """The class in every annotation; a reason where one is written as a string.

    Args:
        flow: the object.
        converted: what becomes of its uses.
    """
    found: list[Replacement] = []
    for annotation in flow.annotations:
        for node in ast.walk(annotation):
            if isinstance(node, ast.Constant) and _names_it(converted, node.value):
                return reason("client-elsewhere", "an annotation in quotes")
        found += _in(converted, annotation)
    return found


def _names_it(converted: Converted, value: object) -> bool:
    makes = converted.kind.object.makes
    return isinstance(value, str) and any(each.rpartition(".")[2] in value for each in makes)


def _in(converted: Converted, annotation: ast.expr) -> Iterator[Replacement]:
    for node in ast.walk(annotation):
        if isinstance(node, (ast.Name, ast.Attribute)):
            value = converted.scopes.value(node)
            if isinstance(value, External) and value.name in converted.kind.object.makes:
                span = converted.scopes.tree.span(node)
                yield Replacement(span, converted.kind.object.client)
