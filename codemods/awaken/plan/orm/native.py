"""Whether Django's async form exists for this project, and does what the sync one does here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from awaken.detect.loop_context import enclosing_function
from awaken.index.terms import Attr, Call
from awaken.resolve.values import Bound, Defined, External, Instance, Method

if TYPE_CHECKING:
    from awaken.plan.situation import Situation

_ASYNC_ITERATION = Version("4.1")
_SESSION = "django.contrib.sessions.backends.base.SessionBase"
_SESSION_STORES = "django.contrib.sessions.backends"
_USER_MANAGER = "django.contrib.auth.models.UserManager"
_USER_MANAGERS = ("BaseUserManager", "UserManager")
_MANAGER = "django.db.models.manager.Manager"


def has_native(situation: Situation) -> bool:
    """Whether the project's oldest Django has the async form of what was found."""
    entry = situation.finding.entry
    version = situation.settings.versions.get("django")
    if entry.native is None or "native" not in entry.strategies or version is None:
        return False
    return entry.native.since is None or version >= Version(entry.native.since)


def has_async_iteration(situation: Situation) -> bool:
    """Whether `async for` works on querysets."""
    version = situation.settings.versions.get("django")
    return version is not None and version >= _ASYNC_ITERATION


def means_the_same(situation: Situation) -> bool:
    """Whether the async method comes down to the sync one that is called here.

    It does not inside its own definition, where the project defines it, and where a manager
    overrides the sync method: a manager's async methods go straight to the queryset.
    """
    value, native = situation.finding.value, situation.finding.entry.native
    if not isinstance(value, Method) or value.receiver is None or native is None:
        return True
    function = enclosing_function(situation.index, situation.scope)
    if function is not None and function.name == native.name:
        return False
    if _may_be_a_subclass(situation, value.owner, value.receiver):
        return False
    if _defined_in_project(situation, value.receiver, native.name):
        return False
    return not any(
        _is_manager(situation, owner)
        for owner in _defined_in_project(situation, value.receiver, value.entry.name)
    )


def _may_be_a_subclass(situation: Situation, owner: str, receiver: Instance) -> bool:
    """Whether settings may put a class of the project in place of Django's.

    A session store or a user manager is named in the settings only; where the project imports what
    such a class derives from, its overrides must be reckoned with.
    """
    imported = situation.surroundings.imported
    if owner == _SESSION:
        return any(module.startswith(_SESSION_STORES) for module, _ in imported)
    if owner == _USER_MANAGER and isinstance(receiver.element, External):
        return any(member in _USER_MANAGERS for _, member in imported)
    return False


def _defined_in_project(situation: Situation, receiver: Instance, name: str) -> list[Defined]:
    """The project's classes that define a method of the receiver."""
    found = situation.resolver.members.of_instance(receiver, name)
    owners = []
    for method in found:
        scope = situation.resolver.scope(method.function) if isinstance(method, Bound) else None
        if isinstance(method, Bound) and scope is not None:
            owners.append(Defined(method.function.path, scope.parent))
    return owners


def _is_manager(situation: Situation, owner: Defined) -> bool:
    resolver = situation.resolver
    for base in resolver.members.ancestry(owner):
        if isinstance(base, External):
            if any(known.name == _MANAGER for known in resolver.catalogue.ancestry(base.name)):
                return True
            continue
        scope = resolver.scope(base)
        terms = scope.bases if scope is not None else ()
        if any(isinstance(term, Call) and _makes_manager(term) for term in terms):
            return True
    return False


def _makes_manager(term: Call) -> bool:
    return isinstance(term.func, Attr) and term.func.name == "from_queryset"
