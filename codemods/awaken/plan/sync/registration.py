"""How FastAPI and Starlette come to call a function, and whether they would run a plain one in a thread.

Found out by running them (`tests/proofs/test_demotion.py`): routes, dependencies and exception handlers are run in a
thread when they are plain functions. WebSocket routes and middleware must be coroutines, and what is called at
startup runs on the loop either way.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.terms import Attr, Call
from awaken.plan.reasons import reason
from awaken.plan.sync.named_uses import named_uses
from awaken.resolve.decorator_names import ROUTERS
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External, Instance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awaken.index.terms import Term
    from awaken.plan.fix import Reason
    from awaken.plan.sync.named_uses import NamedUse, Text
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Defined

_OBJECTS = frozenset(
    (
        *(name for name in ROUTERS if name.startswith(("fastapi.", "starlette."))),
        "starlette.routing.Router",
    )
)
# Methods of those that register the function they decorate.
_DECORATORS = frozenset(
    (
        *("get", "put", "post", "delete", "options", "head", "patch", "trace"),
        *("api_route", "route", "exception_handler"),
    )
)
# Functions, and methods of those objects, that are given it, with its position and its keyword.
_GIVEN_TO = {
    "fastapi.Depends": (0, "dependency"),
    "fastapi.Security": (0, "dependency"),
    "fastapi.param_functions.Depends": (0, "dependency"),
    "fastapi.param_functions.Security": (0, "dependency"),
    "fastapi.params.Depends": (0, "dependency"),
    "fastapi.params.Security": (0, "dependency"),
    "fastapi.routing.APIRoute": (1, "endpoint"),
    "starlette.routing.Route": (1, "endpoint"),
}
_METHODS = {
    "add_api_route": (1, "endpoint"),
    "add_route": (1, "endpoint"),
    "add_exception_handler": (1, "handler"),
}
_OVERRIDES = "dependency_overrides"


def registration_refusal(
    function: Defined, called: frozenset[str], texts: Iterable[Text], resolver: Resolver
) -> Reason | None:
    """Why a function must stay a coroutine function; None where only those frameworks call it, and in a thread.

    Args:
        function: a coroutine function of the project.
        called: its name, and those that files import it under.
        texts: every file in whose text one of them stands.
        resolver: knows the project.
    """
    scope = resolver.scope(function)
    if scope is None:
        return reason("not-a-route")
    around = Where(function.path, max(scope.parent, 0))
    for decorator in scope.decorators:
        if not registers(decorator, around, resolver):
            return reason("other-decorator")
    registered = bool(scope.decorators)
    for use in named_uses(function, called, texts, resolver):
        if _is_given(use, resolver):
            registered = True
        elif not _is_overridden(use):
            place = f"{use.text.summary.path}, line {use.node.lineno}"
            return reason("called-elsewhere", place)
    return None if registered else reason("not-a-route")


def registers(decorator: Term, where: Where, resolver: Resolver) -> bool:
    """`@router.get("/")`."""
    func = decorator.func if isinstance(decorator, Call) else None
    if not isinstance(func, Attr) or func.name not in _DECORATORS:
        return False
    return _are_objects(resolver, func.base, where)


def _are_objects(resolver: Resolver, base: Term, where: Where) -> bool:
    owners = resolver.values(base, where)
    return bool(owners) and all(
        isinstance(each, Instance) and isinstance(each.of, External) and each.of.name in _OBJECTS
        for each in owners
    )


def _is_given(use: NamedUse, resolver: Resolver) -> bool:
    """`Depends(f)`, `Route("/", f)`, `app.add_api_route("/", f)`."""
    parent = use.text.tree.parent(use.node)
    call = use.text.tree.parent(parent) if isinstance(parent, ast.keyword) else parent
    if not isinstance(call, ast.Call):
        return False
    place = _place(use, call, resolver)
    if place is None:
        return False
    position, name = place
    if isinstance(parent, ast.keyword):
        return parent.arg == name
    return call.args[position : position + 1] == [use.node]


def _place(use: NamedUse, call: ast.Call, resolver: Resolver) -> tuple[int, str] | None:
    """Which argument a call registers."""
    for value in use.values(call.func, resolver):
        if isinstance(value, External) and value.name in _GIVEN_TO:
            return _GIVEN_TO[value.name]
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _METHODS:
        return None
    owners = use.values(call.func.value, resolver)
    known = all(
        isinstance(each, Instance) and isinstance(each.of, External) and each.of.name in _OBJECTS
        for each in owners
    )
    return _METHODS[call.func.attr] if known else None


def _is_overridden(use: NamedUse) -> bool:
    """`app.dependency_overrides[f] = other`."""
    parent = use.text.tree.parent(use.node)
    return (
        isinstance(parent, ast.Subscript)
        and parent.slice is use.node
        and isinstance(parent.value, ast.Attribute)
        and parent.value.attr == _OVERRIDES
    )
