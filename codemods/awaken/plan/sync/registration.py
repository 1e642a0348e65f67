"""How a framework comes to call a function, and whether it would run a plain one in a thread."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.terms import Attr, Call
from awaken.plan.reasons import reason
from awaken.plan.sync.named_uses import named_uses
from awaken.plan.sync.registrars import (
    DECORATORS,
    FUNCTIONS,
    METHODS,
    OBJECTS,
    WRAPPERS,
    Given,
    Home,
)
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External, Instance

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from awaken.index.terms import Term
    from awaken.plan.fix import Reason
    from awaken.plan.sync.named_uses import NamedUse, Text
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Defined, Value

_OVERRIDES = "dependency_overrides"


def registration(
    function: Defined, called: frozenset[str], texts: Iterable[Text], resolver: Resolver
) -> Home | Reason:
    """Where a framework would run a function if it were plain, or why it must stay a coroutine function.

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
    homes: set[Home] = set()
    for decorator in scope.decorators:
        home = _home_of_decorator(decorator, around, resolver)
        if home is None and not _is_wrapper(resolver.values(_function_of(decorator), around)):
            return reason("other-decorator")
        homes.update(() if home is None else (home,))
    for use in named_uses(function, called, texts, resolver):
        given = _given(use, resolver)
        if given is not None:
            homes.add(given)
        elif not _is_overridden(use):
            place = f"{use.text.summary.path}, line {use.node.lineno}"
            return reason("called-elsewhere", place)
    if not homes:
        return reason("not-a-route")
    return Home.POOL if Home.POOL in homes else Home.DJANGO


def registers(decorator: Term, where: Where, resolver: Resolver) -> bool:
    """`@router.get("/")`."""
    return _home_of_decorator(decorator, where, resolver) is not None


def _home_of_decorator(decorator: Term, where: Where, resolver: Resolver) -> Home | None:
    func = decorator.func if isinstance(decorator, Call) else None
    if not isinstance(func, Attr) or func.name not in DECORATORS:
        return None
    return _home_of_objects(resolver.values(func.base, where))


def _function_of(decorator: Term) -> Term:
    return decorator.func if isinstance(decorator, Call) else decorator


def _is_wrapper(values: Collection[Value]) -> bool:
    """`@login_required`: it asks what it is given whether that is a coroutine function."""
    return bool(values) and all(
        isinstance(each, External) and each.name.startswith(WRAPPERS) for each in values
    )


def _home_of_objects(owners: Collection[Value]) -> Home | None:
    homes = {
        OBJECTS.get(each.of.name)
        if isinstance(each, Instance) and isinstance(each.of, External)
        else None
        for each in owners
    }
    return homes.pop() if len(homes) == 1 else None


def _given(use: NamedUse, resolver: Resolver) -> Home | None:
    """`Depends(f)`, `Route("/", f)`, `app.add_api_route("/", f)`, `path("", login_required(f))`."""
    node: ast.AST = use.node
    parent = use.text.tree.parent(node)
    while isinstance(parent, ast.Call) and _is_wrapper(use.values(parent.func, resolver)):
        node, parent = parent, use.text.tree.parent(parent)
    call = use.text.tree.parent(parent) if isinstance(parent, ast.keyword) else parent
    given = _argument(use, call, resolver) if isinstance(call, ast.Call) else None
    if given is None or not isinstance(call, ast.Call):
        return None
    if isinstance(parent, ast.keyword):
        return given.home if parent.arg == given.keyword else None
    at_place = call.args[given.position : given.position + 1] == [node]
    return given.home if at_place else None


def _argument(use: NamedUse, call: ast.Call, resolver: Resolver) -> Given | None:
    """Which argument a call registers."""
    for value in use.values(call.func, resolver):
        if isinstance(value, External) and value.name in FUNCTIONS:
            return FUNCTIONS[value.name]
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in METHODS:
        return None
    home = _home_of_objects(use.values(call.func.value, resolver))
    return METHODS[call.func.attr]._replace(home=home) if home is not None else None


def _is_overridden(use: NamedUse) -> bool:
    """`app.dependency_overrides[f] = other`."""
    parent = use.text.tree.parent(use.node)
    return (
        isinstance(parent, ast.Subscript)
        and parent.slice is use.node
        and isinstance(parent.value, ast.Attribute)
        and parent.value.attr == _OVERRIDES
    )
