"""Who fills in `request.user`: Django alone, or code of the project as well."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Collection

    from awaken.plan.situation import Situation

_DJANGOS = "django.contrib.auth.middleware.AuthenticationMiddleware"
_DOUBLES = ("AsyncMock", "MagicMock", "Mock", "NonCallableMock", "SimpleNamespace")
_FILLED_IN = ("_acached_user", "_cached_user", "auser", "user")


def only_django_says_who(
    situation: Situation, middleware: Collection[str], harmless: Collection[str]
) -> bool:
    """Whether `request.user` is what `request.auser()` gives, in all that the project shows.

    Args:
        situation: knows the project.
        middleware: dotted names of all middleware.
        harmless: those of other packages that are known to leave the user alone.
    """
    project = situation.resolver.project
    foreign = (each for each in middleware if each not in harmless)
    own = all(project.module(each.rpartition(".")[0]) is not None for each in foreign)
    return _DJANGOS in middleware and own and not _is_filled_in(situation)


def _is_filled_in(situation: Situation) -> bool:
    """`request.user = ...`, `Mock(user=...)` for a request: wherever that stands, in tests as well."""
    return any(
        _fills_in(node)
        for parsed in situation.surroundings.mentioned_in(_FILLED_IN)
        for node in parsed.tree.nodes
    )


def _fills_in(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        sets = isinstance(node.ctx, ast.Store) and node.attr in _FILLED_IN
        return sets and _may_be_request(node.value)
    if not isinstance(node, ast.Call):
        return False
    if last_name(node.func) == "setattr":
        return any(
            isinstance(each, ast.Constant) and each.value in _FILLED_IN for each in node.args
        )
    doubles = last_name(node.func) in _DOUBLES
    return doubles and any(each.arg in _FILLED_IN for each in node.keywords)


def _may_be_request(node: ast.expr) -> bool:
    """Whether an object is called like one; many models have a `user`, too."""
    name = last_name(node).lower()
    return "req" in name or len(name) == 1
