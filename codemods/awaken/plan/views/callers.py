"""Whether Django alone calls a view, so that nobody else sees what it gives.

Between a view and Django stand its decorators, the methods of its class, and whoever calls the function in person, as
tests do. A middleware sees a response when Django has rendered it (`django.core.handlers.base`).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind, Use
from awaken.index.terms import Attr, Call, Name
from awaken.plan.sync.named_uses import Text, named_uses
from awaken.resolve.evaluation import Where
from awaken.resolve.registered import registered_with
from awaken.resolve.values import Defined, External

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.catalogue.schema import Entry
    from awaken.index.summary import Scope
    from awaken.index.terms import Term
    from awaken.plan.situation import Situation
    from awaken.plan.sync.named_uses import NamedUse
    from awaken.resolve.values import Value

_VIEW = "django.views.generic.base.View"
_METHOD_DECORATOR = "django.utils.decorators.method_decorator"
_AS_VIEW = "as_view"
# What a class may do with the response of its handlers.
_SEES_RESPONSES = ("as_view", "dispatch")
# Bases that hand a response on as it is.
_HAND_ON = ("django.contrib.auth.mixins.", "django.views.generic.", "builtins.object")
_TEMPLATE_MIDDLEWARE = "process_template_response"


def only_django_calls(situation: Situation) -> bool:
    """Whether what the function around a finding gives goes to Django as it is."""
    scope = situation.home
    if situation.surroundings.mentions(_TEMPLATE_MIDDLEWARE):
        return False
    owner = situation.index.scopes[scope.parent] if scope.parent >= 0 else None
    if owner is None or owner.kind is ScopeKind.MODULE:
        return _is_lone_function(situation, scope)
    return owner.kind is ScopeKind.CLASS and _is_lone_handler(situation, scope, owner)


# -- functions


def _is_lone_function(situation: Situation, scope: Scope) -> bool:
    itself = Defined(situation.index.path, scope.number)
    where = Where(situation.index.path, max(scope.parent, 0))
    if not all(_is_known_decorator(situation, each, where) for each in scope.decorators):
        return False
    if not registered_with(situation.resolver, itself):
        return False
    return all(_is_routed(situation, use, use.node) for use in _uses(situation, itself))


def _uses(situation: Situation, itself: Defined) -> Iterator[NamedUse]:
    name = situation.index.scopes[itself.scope].name
    called = situation.surroundings.names_of(name)
    return named_uses(itself, called, _texts(situation, called), situation.resolver)


def _texts(situation: Situation, words: Iterable[str]) -> Iterator[Text]:
    yield Text(situation.tree, situation.index)
    for parsed in situation.surroundings.mentioned_in(words, situation.index.path):
        yield Text(parsed.tree, parsed.index)


def _is_known_decorator(situation: Situation, decorator: Term, where: Where) -> bool:
    """Whether a decorator hands a response on: those that Django has for views do."""
    term = decorator.func if isinstance(decorator, Call) else decorator
    found = situation.resolver.values(term, where)
    return bool(found) and all(_hands_on(situation, value) for value in found)


def _hands_on(situation: Situation, value: Value) -> bool:
    entry = _entry(situation, value)
    return entry is not None and bool(entry.handed) and entry.registers is None


def _entry(situation: Situation, value: Value) -> Entry | None:
    return situation.resolver.catalogue.call(value.name) if isinstance(value, External) else None


def _is_routed(situation: Situation, use: NamedUse, node: ast.AST) -> bool:
    """Whether an expression is what a call in a module of URLs is given, below decorators or not."""
    parent = use.text.tree.parent(node)
    call = use.text.tree.parent(parent) if isinstance(parent, ast.keyword) else parent
    if not isinstance(call, ast.Call) or node is call.func:
        return False
    # `cache_page(60)(view)` calls what a decorator makes.
    callee = call.func.func if isinstance(call.func, ast.Call) else call.func
    entries = [_entry(situation, value) for value in use.values(callee, situation.resolver)]
    if not entries or not all(entry is not None and entry.handed for entry in entries):
        return False
    if any(entry is not None and entry.registers is not None for entry in entries):
        return True
    return _is_routed(situation, use, call)


# -- classes


def _is_lone_handler(situation: Situation, scope: Scope, owner: Scope) -> bool:
    itself = Defined(situation.index.path, owner.number)
    resolver = situation.resolver
    lineage = resolver.members.lineage(itself)
    if not all(_is_plain_base(situation, base) for base in lineage) or not any(
        _handles(situation, base, scope.name) for base in lineage
    ):
        return False
    family = [each for each in lineage if isinstance(each, Defined)]
    family += list(situation.graph.callees.classes_below(itself))
    where = Where(situation.index.path, owner.number)
    return (
        all(_is_known_decoration(situation, each, where) for each in scope.decorators)
        and not any(_sees_responses(situation, each, scope.name) for each in family)
        and all(_is_routed_class(situation, use) for use in _uses(situation, itself))
    )


def _is_plain_base(situation: Situation, base: Value) -> bool:
    if isinstance(base, Defined):
        return True
    if not isinstance(base, External):
        return False
    known = situation.resolver.catalogue.ancestry(base.name)
    return base.name.startswith(_HAND_ON) or any(each.name == _VIEW for each in known)


def _handles(situation: Situation, base: Value, method: str) -> bool:
    """Whether Django calls a method of such a class for a request."""
    known = situation.resolver.catalogue.ancestry(base.name) if isinstance(base, External) else ()
    return method != "setup" and any(method in each.handed for each in known)


def _sees_responses(situation: Situation, value: Defined, handler: str) -> bool:
    """Whether a class of the project does something with what its handlers give."""
    index = situation.resolver.file(value.path)
    if index is None:
        return True
    where = Where(value.path, max(index.scopes[value.scope].parent, 0))
    if not all(
        _is_known_decoration(situation, each, where)
        for each in index.scopes[value.scope].decorators
    ):
        return True
    methods = [scope for scope in index.scopes if scope.parent == value.scope]
    if any(scope.name in _SEES_RESPONSES for scope in methods):
        return True
    return any(
        site.use is Use.CALL and _calls_own(site.term, handler)
        for scope in methods
        for site in scope.sites
    )


def _calls_own(term: Term, handler: str) -> bool:
    """`self.get(...)`, `super().get(...)`."""
    func = term.func if isinstance(term, Call) else None
    if not isinstance(func, Attr) or func.name != handler:
        return False
    base = func.base.func if isinstance(func.base, Call) else func.base
    return base in (Name("self"), Name("super"))


def _is_known_decoration(situation: Situation, decorator: Term, where: Where) -> bool:
    """`@method_decorator(login_required)`, with such a decorator or a list of them."""
    if not isinstance(decorator, Call) or not decorator.args:
        return False
    found = situation.resolver.values(decorator.func, where)
    given = decorator.args[0]
    listed = getattr(given, "items", (given,))
    return found == {External(_METHOD_DECORATOR)} and all(
        _is_known_decorator(situation, each, where) for each in listed
    )


def _is_routed_class(situation: Situation, use: NamedUse) -> bool:
    """`path("books/", Books.as_view())`, or a base of another class, which is looked at by itself."""
    parent = use.text.tree.parent(use.node)
    if isinstance(parent, ast.ClassDef):
        return use.node in parent.bases
    if not isinstance(parent, ast.Attribute) or parent.attr != _AS_VIEW:
        return False
    call = use.text.tree.parent(parent)
    return isinstance(call, ast.Call) and _is_routed(situation, use, call)
