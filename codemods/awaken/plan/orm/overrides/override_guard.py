"""Whether an async method of Django does what the sync one does in this project: nobody overrides that.

From 5.0, 5.1 and 5.2 on much of Django's async code is a copy of the sync code. A backend whose `authenticate()` lets
nobody in is not asked by `aauthenticate()`, whose copy of the stock method lets them in. What cannot be seen (a backend
of another package, settings elsewhere) counts as an override.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.catalogue.families import Family, Form
from awaken.index.summary import ScopeKind
from awaken.plan.orm.first_uses.who_asks import only_django_says_who
from awaken.plan.orm.overrides.managers import methods_of_managers
from awaken.plan.orm.overrides.receivers import has_async_receivers
from awaken.resolve.values import Defined, External
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from awaken.plan.situation import Situation

_DJANGO = "django."
# Words that stand in every other file; nobody puts methods of these names into managers from outside.
_COMMON = frozenset(("get",))
_PATCHES = frozenset(("add_to_class", "setattr"))


def is_stock(situation: Situation, families: Collection[str]) -> bool:
    """Whether nothing in the project, and nothing that it may hide, stands in for classes of some families.

    Args:
        situation: the finding whose async form is asked for.
        families: names of `[[family]]` tables.
    """
    if families and situation.settings.is_library:
        return False  # the projects that it is used in may override anything
    situation.surroundings.depend_on_all()
    return all(_is_known_stock(situation, name) for name in families)


def _is_known_stock(situation: Situation, name: str) -> bool:
    known = situation.surroundings.stock_families
    if name not in known:
        family = situation.resolver.catalogue.family(name, situation.finding.call)
        known[name] = family is not None and _CHECKS[family.form](situation, family)
    return known[name]


def _by_setting(situation: Situation, family: Family) -> bool:
    """Whether each class that a setting names is Django's, or one of the project that overrides nothing."""
    values = _values(situation, family)
    if values is None or _is_patched(situation, family):
        return False
    return all(
        value in family.stock
        or _overrides_nothing(situation, family, _named(situation, family, value))
        for value in values
    )


def _values(situation: Situation, family: Family) -> frozenset[str] | None:
    return situation.surroundings.django.strings(family.setting)


def _named(situation: Situation, family: Family, value: str) -> list[Defined]:
    """The classes of the project that a value of a setting may name."""
    if family.form is Form.MODEL:
        return _classes_called(situation, value.rpartition(".")[2])
    module, _, name = value.rpartition(".")
    module, name = (value, family.member) if family.form is Form.MODULE else (module, name)
    path = situation.resolver.project.module(module)
    found = situation.resolver.module_member(path, name) if path is not None else ()
    return [each for each in found if isinstance(each, Defined)]


def _classes_called(situation: Situation, name: str) -> list[Defined]:
    return [
        Defined(parsed.index.path, scope.number)
        for parsed in situation.surroundings.mentioned_in((name,))
        for scope in parsed.index.scopes
        if scope.kind is ScopeKind.CLASS and scope.name == name
    ]


def _overrides_nothing(situation: Situation, family: Family, classes: list[Defined]) -> bool:
    return bool(classes) and all(_is_plain(situation, family, each) for each in classes)


def _is_plain(situation: Situation, family: Family, value: Defined) -> bool:
    """Whether a class has nothing but what Django gives it, as far as a family's methods go."""
    resolver = situation.resolver
    lineage = resolver.members.lineage(value)
    for base in lineage:
        if isinstance(base, Defined):
            scope = resolver.scope(base)
            if scope is None or not _defined(family).isdisjoint(scope.bindings):
                return False
        elif not isinstance(base, External) or not base.name.startswith(_bases(family)):
            return False
    inherits = any(isinstance(base, External) for base in lineage)
    return inherits and methods_of_managers(situation).isdisjoint(family.managers)


def _bases(family: Family) -> tuple[str, ...]:
    """How the names of classes begin that may stand above one of the project."""
    stores = family.form is Form.MODULE  # some of Django's own do no better
    return (*(f"{name}." for name in family.stock),) if stores else (_DJANGO, "builtins.")


def _defined(family: Family) -> frozenset[str]:
    return frozenset((*family.methods, *(f"a{name}" for name in family.methods)))


def _is_patched(situation: Situation, family: Family) -> bool:
    """`User.check_password = ...`, `User.add_to_class("has_perm", ...)`, wherever that stands."""
    names = frozenset((*family.methods, *family.managers)) - _COMMON
    for parsed in situation.surroundings.mentioned_in(names) if names else ():
        assigned = (name.rpartition(".")[2] for name in parsed.index.assigned)
        if not names.isdisjoint(assigned):
            return True
        for node in parsed.tree.nodes:
            if isinstance(node, ast.Call) and last_name(node.func) in _PATCHES:
                given = (each.value for each in node.args if isinstance(each, ast.Constant))
                if not names.isdisjoint(given):
                    return True
    return False


def _by_middleware(situation: Situation, family: Family) -> bool:
    """Whether what Django itself finds out of who asks is what every view is told."""
    values = _values(situation, family)
    return values is not None and only_django_says_who(situation, values, family.stock)


def _by_receivers(situation: Situation, _: Family) -> bool:
    """Whether every function that the project connects to a signal is a plain one."""
    return not has_async_receivers(situation)


_CHECKS: dict[Form, Callable[[Situation, Family], bool]] = {
    Form.CLASSES: _by_setting,
    Form.MODULE: _by_setting,
    Form.MODEL: _by_setting,
    Form.MIDDLEWARE: _by_middleware,
    Form.RECEIVERS: _by_receivers,
}
