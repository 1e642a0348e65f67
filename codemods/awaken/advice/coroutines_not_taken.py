"""Coroutine functions where a framework calls a plain one: nobody awaits what they give, and the request fails.

What was found out by running them on Django 4.1 to 6.1, Django REST framework 3.15 to 3.18 and Celery 5 stands in the
catalogue: `coroutines` of a decorator, `not-awaited` and `handlers` of a class.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from packaging.version import Version

from awaken.advice.sought import Advice, advised_at
from awaken.index.summary import ScopeKind
from awaken.index.terms import Call, Constant
from awaken.resolve.evaluation import Where
from awaken.resolve.values import UNKNOWN, Defined, External, Method
from awaken.syntax.positions import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.advice.sought import Sought
    from awaken.catalogue.schema import Entry, NotAwaited
    from awaken.detect.finding import Finding
    from awaken.index.summary import Scope
    from awaken.index.terms import Term
    from awaken.resolve.values import Value

RULE = "coroutine-not-taken"
_FRAMEWORKS = ("celery", "django", "rest_framework")
_NEVER = "never"
_TO_SYNC = External("asgiref.sync.async_to_sync")
_TO_ASYNC = External("asgiref.sync.sync_to_async")
_ON_METHODS = External("django.utils.decorators.method_decorator")
_MARKS_ONLY = External("django.views.decorators.csrf.csrf_exempt")
_VIEW = "django.views.generic.base.View"
# `options` is the one that may be a plain function beside them.
_VERBS = frozenset(("delete", "get", "head", "patch", "post", "put", "trace"))
_OBJECT = External("builtins.object")
_MIXED_HINT = (
    "Make every handler a coroutine function, or none, those of the base class among them."
)
_FLAG = "async_capable"
_FLAG_HINT = (
    "Say `async_capable = True`, and mark the object with `asgiref.sync.markcoroutinefunction`."
)


def coroutines_not_taken(sought: Sought) -> Iterator[Finding]:
    """Decorators and bases that do not go with the coroutine functions below them."""
    if not _has_such_a_framework(sought):
        return
    for scope in sought.index.scopes:
        if scope.kind is ScopeKind.FUNCTION and scope.is_async and scope.decorators:
            yield from _under_decorators(sought, scope)
        elif scope.kind is ScopeKind.CLASS and scope.bases:
            yield from _in_class(sought, scope)
        elif scope.kind is ScopeKind.CLASS:
            yield from _without_flag(sought, scope)


def _has_such_a_framework(sought: Sought) -> bool:
    """Whether a file of the project imports something of one; where nobody knows, it may."""
    scan = sought.resolver.project.scan
    imported = scan().imported if scan is not None else ()
    return scan is None or any(name.partition(".")[0] in _FRAMEWORKS for name, _ in imported)


# -- decorators


def _under_decorators(sought: Sought, scope: Scope) -> Iterator[Finding]:
    """The first decorator, from below, that takes no coroutine function."""
    where = Where(sought.index.path, max(scope.parent, 0))
    nodes = _decorators_of(sought, scope)
    is_async = True
    for node, term in zip(reversed(nodes), reversed(scope.decorators), strict=False):
        found = sought.resolver.values(term.func if isinstance(term, Call) else term, where)
        value = next(iter(found)) if len(found) == 1 else UNKNOWN
        entry = _entry(sought, value)
        if value in (_TO_SYNC, _TO_ASYNC):
            is_async = value == _TO_ASYNC
        elif entry is None:
            return  # nobody knows what it makes of the function
        elif is_async and _refuses(sought, entry) and not _only_marks(sought, scope, term, where):
            yield _said(sought, node, scope, (entry.name, entry.hint, _since(entry)))
            return


def _entry(sought: Sought, value: Value) -> Entry | None:
    if isinstance(value, Method):
        return value.entry
    return sought.resolver.catalogue.call(value.name) if isinstance(value, External) else None


def _refuses(sought: Sought, entry: Entry) -> bool:
    """Whether a decorator takes no coroutine function in the oldest version that the project works with."""
    if entry.coroutines is None or entry.coroutines == _NEVER:
        return entry.coroutines is not None
    version = sought.settings.versions.get("django")
    return version is not None and version < Version(entry.coroutines)


def _since(entry: Entry) -> str:
    since = entry.coroutines
    return "" if since in (None, _NEVER) else f" before Django {since}"


def _only_marks(sought: Sought, scope: Scope, term: Term, where: Where) -> bool:
    """`@method_decorator(csrf_exempt)` above `dispatch` sets an attribute, which works everywhere."""
    if scope.name != "dispatch" or not isinstance(term, Call) or not term.args:
        return False
    return sought.resolver.values(term.args[0], where) == {_MARKS_ONLY}


def _decorators_of(sought: Sought, scope: Scope) -> list[ast.expr]:
    return next(
        (
            node.decorator_list
            for node in sought.tree().nodes
            if isinstance(node, (ast.AsyncFunctionDef, ast.ClassDef))
            and node.name == scope.name
            and node.lineno == scope.line
        ),
        [],
    )


# -- classes


def _in_class(sought: Sought, scope: Scope) -> Iterator[Finding]:
    coroutines = {each.name: each for each in _methods(sought, scope) if each.is_async}
    if not coroutines:
        return
    itself = Defined(sought.index.path, scope.number)
    lineage = sought.resolver.members.lineage(itself)
    if UNKNOWN in lineage or not all(_is_known(sought, base) for base in lineage):
        return  # a base that nobody knows may see to it
    node = _class_node(sought, scope)
    if node is None or not node.bases:
        return
    for base in lineage:
        known = sought.resolver.catalogue.ancestry(base.name) if isinstance(base, External) else ()
        for kind in known:
            refused = kind.not_awaited
            names = [name for name in coroutines if refused and name in refused.methods]
            if refused and names and not _sees_to_it(sought, lineage, refused, names):
                method = coroutines[names[0]]
                call = f"{kind.name}.{names[0]}"
                yield _said(sought, node.bases[0], method, (call, refused.hint, ""))
                return
    yield from _on_dispatch(sought, scope, node, lineage)
    yield from _mixed(sought, scope, node, lineage)


def _is_known(sought: Sought, base: Value) -> bool:
    if isinstance(base, External):
        return base == _OBJECT or sought.resolver.catalogue.type(base.name) is not None
    return isinstance(base, Defined)


def _class_node(sought: Sought, scope: Scope) -> ast.ClassDef | None:
    return next(
        (
            node
            for node in sought.tree().nodes
            if isinstance(node, ast.ClassDef)
            and node.name == scope.name
            and node.lineno == scope.line
        ),
        None,
    )


def _methods(sought: Sought, scope: Scope) -> Iterator[Scope]:
    for each in sought.index.scopes:
        if each.parent == scope.number and each.kind is ScopeKind.FUNCTION:
            yield each


def _sees_to_it(
    sought: Sought, lineage: tuple[Value, ...], refused: NotAwaited, names: list[str]
) -> bool:
    """Whether a class of the project has a method of its own between the framework and these."""
    between = [name for name in refused.unless if name not in names]
    return any(_defines(sought, base, name) for base in lineage for name in between)


def _defines(sought: Sought, base: Value, name: str) -> bool:
    scope = sought.resolver.scope(base) if isinstance(base, Defined) else None
    return scope is not None and name in scope.bindings


def _on_dispatch(
    sought: Sought, scope: Scope, node: ast.ClassDef, lineage: tuple[Value, ...]
) -> Iterator[Finding]:
    """`@method_decorator(login_required, name="dispatch")` on a class of coroutine functions."""
    if any(_defines(sought, base, "dispatch") for base in lineage):
        return
    handlers = [
        each
        for each in _methods(sought, scope)
        if each.is_async and _is_handler(sought, lineage, each.name)
    ]
    where = Where(sought.index.path, max(scope.parent, 0))
    for decorator, term in zip(node.decorator_list, scope.decorators, strict=False):
        if not handlers or not isinstance(term, Call) or not term.args:
            continue
        if sought.resolver.values(term.func, where) != {_ON_METHODS}:
            continue
        named = dict(term.keywords).get("name", term.args[1] if len(term.args) > 1 else None)
        for value in sought.resolver.values(term.args[0], where):
            entry = _entry(sought, value)
            if named == Constant("str", "dispatch") and entry is not None and _asks_user(entry):
                yield _said(sought, decorator, handlers[0], (entry.name, entry.hint, ""))


def _asks_user(entry: Entry) -> bool:
    asks = entry.name.startswith(("django.contrib.auth.", "django.contrib.admin."))
    return asks and entry.coroutines is not None


def _is_handler(sought: Sought, lineage: tuple[Value, ...], name: str) -> bool:
    ancestries = (
        sought.resolver.catalogue.ancestry(base.name)
        for base in lineage
        if isinstance(base, External)
    )
    views = (kind for kinds in ancestries for kind in kinds if kind.name == _VIEW)
    return name in _VERBS and any(True for _ in views)


def _mixed(
    sought: Sought, scope: Scope, node: ast.ClassDef, lineage: tuple[Value, ...]
) -> Iterator[Finding]:
    """Some handlers that are coroutine functions, and some that are not: `as_view()` refuses the class."""
    kinds: dict[str, bool | None] = {}
    for base in lineage:
        for name, is_async in _handlers(sought, base):
            kinds.setdefault(name, is_async)
    if not _is_handler(sought, lineage, "get"):
        return
    own = [each for each in _methods(sought, scope) if kinds.get(each.name) and each.is_async]
    plain = sorted(name for name, is_async in kinds.items() if is_async is False)
    if own and plain:
        told = f" while `{plain[0]}` is a plain one"
        yield _said(sought, node.bases[0], own[0], (_VIEW, _MIXED_HINT, told))


def _handlers(sought: Sought, base: Value) -> Iterator[tuple[str, bool | None]]:
    """The handlers that a class has itself, with whether each is a coroutine function; None for other values."""
    scope = sought.resolver.scope(base) if isinstance(base, Defined) else None
    index = sought.resolver.file(base.path) if isinstance(base, Defined) else None
    if scope is not None and index is not None:
        functions = {
            each.name: each.is_async for each in index.scopes if each.parent == scope.number
        }
        yield from ((name, functions.get(name)) for name in _VERBS if name in scope.bindings)
    elif isinstance(base, External):
        ancestry = sought.resolver.catalogue.ancestry(base.name)
        own = next((kind.handlers for kind in ancestry if kind.handlers), ())
        yield from ((name, False) for name in own if name in _VERBS)


def _without_flag(sought: Sought, scope: Scope) -> Iterator[Finding]:
    """A middleware whose `__call__` is a coroutine function, and that does not say so."""
    methods = {each.name: each for each in _methods(sought, scope)}
    called, made = methods.get("__call__"), methods.get("__init__")
    if called is None or not called.is_async or made is None or _FLAG in scope.bindings:
        return
    if made.parameters[1:] != ("get_response",) or not made.parameters:
        return
    node = next(
        (
            each
            for each in sought.tree().nodes
            if isinstance(each, ast.Name) and each.lineno >= made.line and each.id == "get_response"
        ),
        None,
    )
    if node is not None:
        yield _said(sought, node, called, ("get_response", _FLAG_HINT, " without `async_capable`"))


def _said(sought: Sought, node: ast.expr, scope: Scope, words: tuple[str, str, str]) -> Finding:
    call, hint, when = words
    last = call.rpartition(".")[2]
    message = f"`{scope.qualname}` is a coroutine function, which `{last}` does not take{when}"
    return advised_at(sought, Place.of(node), Advice(RULE, call, UNKNOWN, message, hint=hint))
