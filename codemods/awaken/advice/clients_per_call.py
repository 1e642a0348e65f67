"""A client, an engine or a pool that is made anew for every request, or for every turn of a loop."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

from awaken.advice.sought import Advice, advised, shown_name
from awaken.catalogue.schema import Severity
from awaken.detect.loop_context import functions_on_loop
from awaken.index.summary import ScopeKind, Use
from awaken.index.terms import Call
from awaken.plan.sync.registration import registers
from awaken.resolve.evaluation import Where
from awaken.resolve.values import External, sole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.advice.sought import Sought
    from awaken.detect.finding import Finding
    from awaken.index.summary import Scope, Site
    from awaken.resolve.values import Value
    from awaken.syntax.tree import Tree

RULE = "client-per-call"
_HINT = "Make it once, at module level or in the lifespan, and close it there."
_BUILTINS = frozenset(dir(builtins))
# Functions that run once, and tests.
_ONCE = re.compile(r"_?(async_)?(main|lifespan|startup|on_startup|setup|shutdown|run)$|test_")


def clients_per_call(sought: Sought) -> Iterator[Finding]:
    """Costly objects that a route, or a loop in a coroutine, makes and drops again."""
    for running in functions_on_loop(sought.index, sought.resolver):
        if running.function.kind is ScopeKind.MODULE or _ONCE.match(running.function.name):
            continue
        route = _is_route(sought, running.function)
        for scope in running.scopes:
            for site in scope.sites:
                advice = _advice(sought, scope, site, route=route)
                if advice is not None:
                    yield advised(sought, scope, site, advice)


def _advice(sought: Sought, scope: Scope, site: Site, *, route: bool) -> Advice | None:
    value = _costly(sought, scope, site) if site.use is Use.CALL else None
    if value is None:
        return None
    often = "for every request" if route else _in_loop(sought.tree(), site)
    if not often or not _is_dropped(sought.tree(), site) or not _could_be_shared(sought, site):
        return None
    name = shown_name(sought, value)
    return Advice(RULE, name, value, f"`{name}` is made anew {often}", Severity.MEDIUM, _HINT)


def _is_route(sought: Sought, function: Scope) -> bool:
    around = Where(sought.index.path, max(function.parent, 0))
    return any(registers(each, around, sought.resolver) for each in function.decorators)


def _costly(sought: Sought, scope: Scope, site: Site) -> Value | None:
    if not isinstance(site.term, Call):
        return None
    value = sole(sought.resolver.values(site.term.func, sought.where(scope, site)))
    entry = sought.resolver.catalogue.call(value.name) if isinstance(value, External) else None
    return value if entry is not None and entry.costly else None


def _in_loop(tree: Tree, site: Site) -> str:
    """Whether a call stands in the body of a `for`; a `while` may be there to connect again."""
    child = tree.find(site.place, (ast.Call,))
    for up in tree.ancestors(child) if child is not None else ():
        if isinstance(up, (ast.AsyncFunctionDef, ast.FunctionDef, ast.Lambda, ast.While)):
            return ""
        if isinstance(up, (ast.For, ast.AsyncFor)) and child in up.body:
            return "for every turn of the loop"
        child = up
    return ""


def _is_dropped(tree: Tree, site: Site) -> bool:
    """Whether what is made goes with the function: entered, used at once, or kept in a variable of it alone."""
    call = tree.find(site.place, (ast.Call,))
    if call is None:
        return False
    parent = tree.parent(call)
    if isinstance(parent, ast.Await):  # a pool
        parent = tree.parent(parent)
    if isinstance(parent, (ast.withitem, ast.Attribute)):
        return True
    target = (
        parent.targets[0] if isinstance(parent, ast.Assign) and not parent.targets[1:] else None
    )
    return isinstance(target, ast.Name) and not _leaves(tree, call, target.id)


def _leaves(tree: Tree, call: ast.AST, name: str) -> bool:
    """Whether a variable is global, returned, yielded, or put into something else."""
    function = next(
        up for up in tree.ancestors(call) if isinstance(up, (ast.AsyncFunctionDef, ast.FunctionDef))
    )
    for node in ast.walk(function):
        if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return True
        if not isinstance(node, ast.Name) or node.id != name or isinstance(node.ctx, ast.Store):
            continue
        parent = tree.parent(node)
        if not isinstance(parent, (ast.Attribute, ast.withitem, ast.Await, ast.Expr)):
            return True
    return False


def _could_be_shared(sought: Sought, site: Site) -> bool:
    """Whether all that it is made of is there as soon as the module is."""
    call = sought.tree().find(site.place, (ast.Call,))
    if not isinstance(call, ast.Call):
        return False
    parts = [*call.args, *(keyword.value for keyword in call.keywords)]
    names = {node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)}
    return names <= sought.index.scopes[0].bindings.keys() | _BUILTINS
