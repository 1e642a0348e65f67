"""`user = await request.auser()`: the user found out once, for all that a function does with `request.user`.

Django keeps what `auser()` finds apart from `request.user`: it is another object, which costs a query of its own where
somebody else asks `request.user`. Views under `login_required` and its like have that query behind them already.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from packaging.version import Version

from awaken.detect.orm.first_uses.held import plain_source
from awaken.index.summary import ScopeKind
from awaken.plan.fix import Fix, Strategy
from awaken.plan.orm.overrides.override_guard import is_stock
from awaken.plan.recipes import FetchAnew
from awaken.resolve.values import Bound, Defined, External
from awaken.syntax.evaluated_before import is_before, is_certain, suite_of
from awaken.syntax.positions import Place
from awaken.syntax.walking import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.detect.orm.first_uses.held import Held
    from awaken.plan.situation import Situation

_DECORATORS = "django.contrib.auth.decorators."
_FOR_METHODS = "django.utils.decorators.method_decorator"
_DECORATED_SINCE = Version("5.1")
# Methods that leave the user as it is.
_ASKING = frozenset(
    (
        *("check_password", "get_all_permissions", "get_full_name", "get_group_permissions"),
        *("get_short_name", "get_user_permissions", "get_username", "has_module_perms", "has_perm"),
        *("has_perms", "has_usable_password"),
    )
)
# They are given the request, and leave its user alone.
_READING = ("django.contrib.messages.", "django.http.", "django.shortcuts.", "django.template.")
# Libraries that call what looks like a view, with a request whose user is not the session's.
_OTHER_CALLERS = frozenset(
    (
        *("adrf", "ariadne", "channels", "drf_spectacular", "graphene_django", "ninja"),
        *("ninja_extra", "ninja_jwt", "oauth2_provider", "rest_framework", "strawberry"),
        "strawberry_django",
    )
)
_DJANGO = "django."
_NAMES = ("user", "request_user")
_LEAVES = (ast.Return, ast.Raise, ast.Break, ast.Continue)


def plan_anew(situation: Situation, here: Held, same: Sequence[Held]) -> Fix | None:
    """One fix for all places of a function, or None where that is not the same.

    Args:
        situation: the finding.
        here: where the object is used first.
        same: every place of the function that has it.
    """
    native = here.loading.native
    version = situation.settings.versions.get("django")
    if native is None or native.since is None or version is None or version < Version(native.since):
        return None
    tree = situation.tree
    origins = [each for each in same if plain_source(each.node) == each.origin]
    plain = all(_only_asks(situation, each) for each in same) and not _is_bound_anew(here)
    if not plain or not _is_djangos_own(situation, here) or _is_handed_on(situation, here):
        return None
    name = ""
    first = origins[0]
    if len(origins) < len(same):
        if not _is_variable(situation, origins, here):
            return None
    else:
        name = _free_name(here.function)
        first = here
        others = (each.node for each in same if each.node is not here.node)
        if not name or not all(is_before(tree, here.node, each) for each in others):
            return None
    if not is_certain(tree, first.node) or not is_stock(situation, native.families):
        return None
    holder = here.origin.rpartition(".")[0]
    uses = tuple(Place.of(each.node) for each in origins)
    recipe = FetchAnew(situation.target(first.node), native.name, holder, name, uses)
    return Fix(Strategy.NATIVE, f"await `{holder}.{native.name}` once", recipe)


def _is_bound_anew(here: Held) -> bool:
    """Whether the function gives the name of the request to something else on its way."""
    root = here.origin.partition(".")[0]
    return any(
        isinstance(node, ast.Name) and node.id == root and not isinstance(node.ctx, ast.Load)
        for node in walk(here.function)
    )


def _is_djangos_own(situation: Situation, here: Held) -> bool:
    """Whether nobody but Django and the project has a hand in how the function is called: others set users, too."""
    if situation.packages.anywhere & _OTHER_CALLERS:
        return False
    decorators = (
        each.func if isinstance(each, ast.Call) else each for each in here.function.decorator_list
    )
    own = (Defined, Bound)
    if not all(
        isinstance(value, own) or (isinstance(value, External) and value.name.startswith(_DJANGO))
        for each in decorators
        for value in situation.values_of(each)
    ):
        return False
    parent = situation.index.scopes[situation.home.parent]
    if parent.kind is not ScopeKind.CLASS:
        return True
    lineage = situation.resolver.members.lineage(Defined(situation.index.path, parent.number))
    return all(
        isinstance(base, Defined)
        or (isinstance(base, External) and base.name.startswith((_DJANGO, "builtins.")))
        for base in lineage
    )


def _only_asks(situation: Situation, held: Held) -> bool:
    """Whether a place does what can be done with another object for the same user as well."""
    tree, node = situation.tree, held.node
    # before Python 3.12 `ast` misplaces some of what stands in f-strings
    if held.given or tree.source(node) != plain_source(node):
        return False
    parent = tree.parent(node)
    if isinstance(parent, ast.Compare):
        return not any(isinstance(op, (ast.Is, ast.IsNot)) for op in parent.ops)
    if not isinstance(parent, ast.Attribute):
        called = isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name)
        return not (called and isinstance(parent, ast.Call) and ast.unparse(parent.func) == "type")
    if not isinstance(parent.ctx, ast.Load):
        return False
    call = tree.parent(parent)
    return not (isinstance(call, ast.Call) and call.func is parent) or parent.attr in _ASKING


def _is_variable(situation: Situation, origins: Sequence[Held], here: Held) -> bool:
    """`user = request.user`, with nothing in between that leaves before the first use."""
    if len(origins) != 1:
        return False
    tree = situation.tree
    assignment, use = tree.statement(origins[0].node), tree.statement(here.node)
    suite = suite_of(tree, assignment)
    if assignment not in suite or use not in suite or not is_certain(tree, here.node):
        return False
    between = suite[suite.index(assignment) + 1 : suite.index(use)]
    return not any(isinstance(node, _LEAVES) for each in between for node in walk(each))


def _free_name(function: ast.AsyncFunctionDef) -> str:
    """A name that nothing in a function has or reads."""
    nodes = list(walk(function))
    taken = {node.id for node in nodes if isinstance(node, ast.Name)}
    taken |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return next((name for name in _NAMES if name not in taken), "")


def has_asked_already(situation: Situation, function: ast.AsyncFunctionDef) -> bool:
    """Whether a decorator of a coroutine awaits `auser()`, as Django's own do from 5.1 on."""
    version = situation.settings.versions.get("django")
    recent = version is not None and version >= _DECORATED_SINCE
    return recent and _is_decorated(situation, function)


def _is_handed_on(situation: Situation, here: Held) -> bool:
    """Whether somebody may ask the request itself who the user is, for whom there would be one query more."""
    decorated = has_asked_already(situation, here.function)
    return any(not decorated or _may_be_changed(situation, node) for node in _bare(situation, here))


def _is_decorated(situation: Situation, function: ast.AsyncFunctionDef) -> bool:
    return any(_asks_who(situation, each) for each in function.decorator_list)


def _asks_who(situation: Situation, decorator: ast.expr) -> bool:
    """Whether a decorator is one of Django's about users: `@login_required`, `@method_decorator(login_required)`."""
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    names = {each.name for each in situation.values_of(node) if isinstance(each, External)}
    if isinstance(decorator, ast.Call) and decorator.args and _FOR_METHODS in names:
        return _asks_who(situation, decorator.args[0])
    return any(name.startswith(_DECORATORS) for name in names)


def _bare(situation: Situation, here: Held) -> Iterator[ast.expr]:
    """Where the function has the request itself."""
    holder = here.origin.rpartition(".")[0]
    for node in walk(here.function):
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
            parent = situation.tree.parent(node)
            if plain_source(node) == holder and not isinstance(parent, ast.Attribute):
                yield node


def _may_be_changed(situation: Situation, node: ast.expr) -> bool:
    """Whether anything is given the request here that may ask for its user, or set it anew."""
    call = situation.tree.parent(node)
    if isinstance(call, ast.keyword):
        call = situation.tree.parent(call)
    if not isinstance(call, ast.Call):
        return True
    found = situation.values_of(call.func)
    return not all(isinstance(each, External) and each.name.startswith(_READING) for each in found)
