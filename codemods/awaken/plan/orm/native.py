"""Whether Django's async form exists for this project, and does what the sync one does here."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from packaging.version import Version

from awaken.detect.loop_context import enclosing_function
from awaken.plan.orm.first_uses.fetched_anew import has_asked_already
from awaken.plan.orm.overrides.managers import MANAGER, is_manager, methods_of_managers
from awaken.plan.orm.overrides.override_guard import is_stock
from awaken.resolve.models.model_managers import RELATED
from awaken.resolve.values import UNKNOWN, Bound, Defined, External, Instance, Method

if TYPE_CHECKING:
    from awaken.catalogue.schema import Native
    from awaken.plan.situation import Situation

_ASYNC_ITERATION = Version("4.1")
_USER_MANAGER = "django.contrib.auth.models.UserManager"
_STOCK_USERS = ("django.contrib.auth.models.User",)
_USERS = "users"
_REQUESTS = "requests"
_RELATED = External(RELATED)


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


def takes_the_arguments(native: Native, call: ast.Call) -> bool:
    """Whether a call gives nothing that the async form takes otherwise."""
    if not native.parameters:
        return True
    names = {*native.parameters, *native.keywords}
    return (
        len(call.args) <= len(native.parameters)
        and not any(isinstance(each, ast.Starred) for each in call.args)
        and all(each.arg in names for each in call.keywords)
    )


def means_the_same(situation: Situation) -> bool:
    """Whether the async method comes down to the sync one that is called here.

    It does not inside its own definition, where the project defines it, where a manager overrides the sync
    method, because a manager's async methods go straight to the queryset, and where Django's async code is a copy
    that overrides are passed by (`override_guard.py`).
    """
    value, native = situation.finding.value, situation.finding.entry.native
    if native is None or not is_stock(situation, native.families):
        return False
    if _REQUESTS in native.families and not has_asked_already(situation, situation.function()):
        return False  # it would find out once more who asks, apart from what `request.user` knows
    if not isinstance(value, Method) or value.receiver is None:
        return True
    function = enclosing_function(situation.index, situation.scope)
    if function is not None and function.name == native.name:
        return False
    if _defined_in_project(situation, value.receiver, native.name):
        return False
    owners = _defined_in_project(situation, value.receiver, value.entry.name)
    if any(is_manager(situation, owner) for owner in owners):
        return False
    return _is_a_queryset(situation, value) or _is_that_manager(situation, value)


def _is_a_queryset(situation: Situation, value: Method) -> bool:
    """Whether the method belongs to anything but a manager: overrides elsewhere are called by their async form."""
    known = situation.resolver.catalogue.ancestry(value.owner)
    return not any(each.name == MANAGER for each in known)


def _is_that_manager(situation: Situation, value: Method) -> bool:
    """Whether a manager is of the very class that it is known by, or no manager overrides the method.

    The manager of a relation inherits from the default one of the model at the other side, where that is known; what
    a function is given may be any subclass; and the settings say whose `get_user_model().objects` is.
    """
    element = value.receiver.element if value.receiver is not None else None
    if _is_of_some_user_model(situation, value.owner, element):
        users = situation.resolver.catalogue.family(_USERS, value.owner)
        named = situation.surroundings.django.strings(users.setting) if users else None
        if users is None or named is None or not named <= set(users.stock):
            return False
    func = situation.call.func if isinstance(situation.node, ast.Call) else None
    holder = _holder(func)
    model = situation.value_of(holder) if holder is not None else UNKNOWN
    if isinstance(model, Defined) and UNKNOWN in situation.resolver.members.lineage(model):
        return False
    of_class = isinstance(model, (Defined, External))
    of_relation = value.receiver is not None and value.receiver.of == _RELATED
    exact = isinstance(element, Defined) if of_relation else of_class
    return exact or value.entry.name not in methods_of_managers(situation)


def _is_of_some_user_model(situation: Situation, owner: str, element: object) -> bool:
    managed = isinstance(element, External) and element.name not in _STOCK_USERS
    return managed and any(
        each.name == _USER_MANAGER for each in situation.resolver.catalogue.ancestry(owner)
    )


def _holder(func: ast.expr | None) -> ast.expr | None:
    """`Book` of `Book.objects.get`."""
    manager = func.value if isinstance(func, ast.Attribute) else None
    return manager.value if isinstance(manager, ast.Attribute) else None


def _defined_in_project(situation: Situation, receiver: Instance, name: str) -> list[Defined]:
    """The project's classes that define a method of the receiver."""
    found = situation.resolver.members.of_instance(receiver, name)
    owners = []
    for method in found:
        scope = situation.resolver.scope(method.function) if isinstance(method, Bound) else None
        if isinstance(method, Bound) and scope is not None:
            owners.append(Defined(method.function.path, scope.parent))
    return owners
