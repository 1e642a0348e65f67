"""Managers of the project: what they override is passed by when a manager's async method goes to its queryset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.index.terms import Attr, Call
from awaken.resolve.values import Defined, External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

MANAGER = "django.db.models.manager.Manager"
# The words that a class must have among its bases, or in them, to be one: itself, or what it is made with.
_WORDS = frozenset(
    ("BaseManager", "BaseUserManager", "Manager", "UserManager", "as_manager", "from_queryset")
)


def is_manager(situation: Situation, owner: Defined) -> bool:
    """Whether a class of the project is one of managers."""
    resolver = situation.resolver
    for base in resolver.members.ancestry(owner):
        if isinstance(base, External):
            if any(known.name == MANAGER for known in resolver.catalogue.ancestry(base.name)):
                return True
            continue
        scope = resolver.scope(base)
        terms = scope.bases if scope is not None else ()
        if any(isinstance(term, Call) and _makes_manager(term) for term in terms):
            return True
    return False


def _makes_manager(term: Call) -> bool:
    return isinstance(term.func, Attr) and term.func.name == "from_queryset"


def methods_of_managers(situation: Situation) -> frozenset[str]:
    """The names of everything that the project's managers define themselves."""
    surroundings = situation.surroundings
    surroundings.depend_on_all()
    if surroundings.manager_methods is None:
        surroundings.manager_methods = frozenset(_defined(situation))
    return surroundings.manager_methods


def _defined(situation: Situation) -> Iterator[str]:
    words, looked = _WORDS, frozenset[str]()
    while words:
        found: set[str] = set()
        for parsed in situation.surroundings.mentioned_in(words):
            for scope in parsed.index.scopes:
                if scope.kind is ScopeKind.CLASS and is_manager(
                    situation, Defined(parsed.index.path, scope.number)
                ):
                    yield from scope.bindings
                    found.add(scope.name)
        looked |= words
        words = frozenset(found) - looked  # classes that derive from these
