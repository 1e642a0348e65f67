"""What a queryset is built by, call for call, from the manager on."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.detect.blocking import ROWS
from awaken.plan.names_in_scope import names_bound_by
from awaken.resolve.values import Bound, Defined, External, Instance, Method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation

_FUNCTIONS = (ast.AsyncFunctionDef, ast.FunctionDef)
_GET_QUERYSET = "get_queryset"
_MODEL = "django.db.models.base.Model"
# What a class would have to change for its querysets to give other rows than they count.
_OWN_ANSWERS = (
    *("__bool__", "__iter__", "__len__", "_fetch_all", "_iterator", "iterator"),
    *("count", "acount", "exists", "aexists", "contains", "acontains", "_chain", "_clone"),
)


@dataclass(frozen=True, slots=True)
class Chain:
    """A queryset that is built where it stands, so that nobody else has it.

    Attributes:
        calls: the methods of Django's that build it, the first one first.
        slices: whether it is a slice.
        element: the class of its rows, as far as known.
    """

    calls: tuple[ast.Call, ...]
    slices: bool
    element: object

    @property
    def names(self) -> frozenset[str]:
        """The names of those methods."""
        return frozenset(_name(call) for call in self.calls)

    def arguments(self, name: str) -> Iterator[ast.expr]:
        """What the methods of one name are given."""
        for call in self.calls:
            if _name(call) == name:
                yield from (*call.args, *(keyword.value for keyword in call.keywords))


def chain_of(situation: Situation, node: ast.expr) -> Chain | None:
    """The chain that an expression is, or None where it is not one of Django's own methods all along.

    Args:
        situation: a finding in the same file.
        node: an expression that gives a queryset.
    """
    found = rows_of(situation, node)
    return found if found is not None and found.calls else None


def rows_of(situation: Situation, node: ast.expr) -> Chain | None:
    """The same, where the expression may be a manager as well."""
    calls: list[ast.Call] = []
    slices = False
    while True:
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            slices = True
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if not isinstance(situation.value_of(node.func), Method):
                return None
            calls.append(node)
            node = node.func.value
        elif isinstance(node, ast.Name) and calls:
            assigned = only_value(situation, node)
            if assigned is None:
                break
            node = assigned
        else:
            break
    manager = situation.value_of(node)
    if not isinstance(manager, Instance) or not _is_manager_of_model(situation, node):
        return None
    if not _is_plain(situation, manager):
        return None
    return Chain(tuple(reversed(calls)), slices, manager.element)


def only_value(situation: Situation, name: ast.Name) -> ast.expr | None:
    """What a variable of the function is given, where it is given one thing only."""
    around = (up for up in situation.tree.ancestors(name) if isinstance(up, _FUNCTIONS))
    function = next(around, None)
    if function is None:
        return None
    nodes = [node for node in ast.walk(function) if _binds(node, name.id)]
    statement = situation.tree.parent(nodes[0]) if len(nodes) == 1 else None
    plain = isinstance(statement, ast.Assign) and statement.targets == nodes
    return statement.value if plain and isinstance(statement, ast.Assign) else None


def _binds(node: ast.AST, name: str) -> bool:
    """Whether a node gives a name a value, or says that it belongs elsewhere."""
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        return name in node.names
    if isinstance(node, ast.arg):
        return node.arg == name
    return name in names_bound_by(node)


def _is_manager_of_model(situation: Situation, node: ast.expr) -> bool:
    """`Book.objects`, `author.books`: an attribute of a model, or of one of its rows."""
    if not isinstance(node, ast.Attribute):
        return False
    value = situation.value_of(node.value)
    owner = value.of if isinstance(value, Instance) else value
    if not isinstance(owner, (Defined, External)):
        return False
    resolver = situation.resolver
    return any(
        isinstance(base, External)
        and any(known.name == _MODEL for known in resolver.catalogue.ancestry(base.name))
        for base in resolver.members.ancestry(owner)
    )


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _is_plain(situation: Situation, manager: Instance) -> bool:
    """Whether nothing in the project answers for the querysets of a manager in a way of its own."""
    members = situation.resolver.members
    lineage = members.lineage(manager.of)
    known = all(isinstance(base, Defined) or _is_djangos(base) for base in lineage)
    if not known or any(_is_own(situation, manager, name) for name in _OWN_ANSWERS):
        return False
    made = [each for each in members.of_instance(manager, _GET_QUERYSET) if isinstance(each, Bound)]
    return all(
        isinstance(given, Instance) and given.of != manager.of and _is_plain(situation, given)
        for each in made
        for given in situation.resolver.result(each.function, each.receiver)
    )


def _is_djangos(base: object) -> bool:
    return isinstance(base, External) and base.name.startswith((ROWS, "builtins."))


def _is_own(situation: Situation, manager: Instance, name: str) -> bool:
    found = situation.resolver.members.of_instance(manager, name)
    return any(isinstance(each, Bound) for each in found)
