"""Every place where a function of a file is called, where all that is done with it is to call it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.names_elsewhere import (
    are_related,
    is_reached_in_class,
    is_reached_in_module,
    scope_of,
)
from awaken.plan.names_in_scope import bound_names
from awaken.resolve.values import UNKNOWN, Defined, External
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from awaken.plan.clients.scopes import FileScopes, Function

_PROPERTY = "property"
_PLAIN_BASES = (External("builtins.object"), External("abc.ABC"))
_PLAIN = frozenset({"staticmethod", "classmethod"})


def is_property(function: Function) -> bool:
    """Whether reading an attribute calls the function."""
    return [last_name(each) for each in function.decorator_list] == [_PROPERTY]


def calls_of(scopes: FileScopes, function: Function) -> Sequence[ast.expr] | None:
    """Every call of a function; of a property every place where it is read. None where there may be others.

    Args:
        scopes: the file.
        function: a function of it.
    """
    decorators = {last_name(each) for each in function.decorator_list}
    owner = scopes.tree.parent(function)
    if function.name in scopes.nodes.texts:
        return None
    if isinstance(owner, ast.ClassDef):
        return _of_method(scopes, owner, function, decorators)
    return None if function.decorator_list else _of_function(scopes, function)


def _of_function(scopes: FileScopes, function: Function) -> Sequence[ast.expr] | None:
    around = scopes.around(function) or scopes.tree.module
    same = scopes.nodes.defined(function.name)
    if any(each is not function and _stands_in(scopes, each, around) for each in same):
        return None
    found: list[ast.expr] = []
    for node in scopes.names(around, function.name):
        call = scopes.tree.parent(node)
        if not isinstance(call, ast.Call) or call.func is not node:
            return None
        found.append(call)
    of_module = around is scopes.tree.module
    reached = of_module and is_reached_in_module(scopes.situation, function.name)
    return None if reached else found


def _stands_in(scopes: FileScopes, node: ast.AST, around: ast.AST) -> bool:
    """Whether something of that name is bound in a function itself, or in the module."""
    inside = isinstance(scopes.tree.parent(node), ast.ClassDef)
    return not inside and (scopes.around(node) or scopes.tree.module) is around


def _of_method(
    scopes: FileScopes, owner: ast.ClassDef, function: Function, decorators: set[str]
) -> Sequence[ast.expr] | None:
    kind = class_defined_by(scopes, owner)
    read = is_property(function)
    if kind is None or function.name.startswith("__") or not (read or decorators <= _PLAIN):
        return None
    if _is_overridden(scopes, kind, function):
        return None
    if others_may_have(scopes, kind, function.name):
        return None
    nodes = attributes_of(scopes, kind, function.name)
    found = list(nodes) if read else [_called(scopes, node) for node in nodes]
    known = [each for each in found if each is not None]
    return known if len(known) == len(found) else None


def _called(scopes: FileScopes, node: ast.Attribute) -> ast.Call | None:
    call = scopes.tree.parent(node)
    return call if isinstance(call, ast.Call) and call.func is node else None


def _is_overridden(scopes: FileScopes, kind: Defined, function: Function) -> bool:
    """Whether a class above or below in this file has a method of that name, too."""
    for node in scopes.nodes.defined(function.name):
        if node is not function:
            owner = scopes.tree.parent(node)
            if isinstance(owner, ast.ClassDef):
                other = class_defined_by(scopes, owner)
                if other is None or are_related(scopes.situation, kind, other):
                    return True
    return False


def class_defined_by(scopes: FileScopes, node: ast.ClassDef) -> Defined | None:
    """The class that a statement of the file defines."""
    number = scope_of(scopes.situation.index, node)
    return Defined(scopes.situation.index.path, number) if number else None


def is_kind_of(scopes: FileScopes, node: ast.ClassDef, kind: Defined) -> bool:
    """Whether a statement defines a class, or one above or below it."""
    found = class_defined_by(scopes, node)
    return found is None or are_related(scopes.situation, kind, found)


def declaration_in(node: ast.ClassDef, name: str) -> ast.expr | None:
    """The annotation of an attribute that a class body declares, and does nothing else with."""
    found = [each for each in node.body for name_ in names_bound_in(each) if name_ == name]
    only = found[0] if len(found) == 1 else None
    declares = isinstance(only, ast.AnnAssign) and only.value is None
    return only.annotation if declares and isinstance(only, ast.AnnAssign) else None


def names_bound_in(statement: ast.stmt) -> frozenset[str]:
    """The names that a statement of a class body binds."""
    return frozenset(bound_names([statement]))


def is_plain_class(scopes: FileScopes, node: ast.ClassDef) -> bool:
    """Whether nobody makes anything of the annotations of a class: no decorator, and no base of a library."""
    kind = class_defined_by(scopes, node)
    lineage = scopes.situation.resolver.members.lineage(kind) if kind is not None else (UNKNOWN,)
    bases = all(isinstance(each, Defined) or each in _PLAIN_BASES for each in lineage)
    return bases and not node.decorator_list and not node.keywords


def property_of(scopes: FileScopes, lineage: Sequence[Defined], name: str) -> Function | None:
    """The property of that name which a class or one of its bases has."""
    for node in scopes.nodes.functions[name]:
        if is_property(node):
            owner = scopes.tree.parent(node)
            if isinstance(owner, ast.ClassDef) and class_defined_by(scopes, owner) in lineage:
                return node
    return None


def attributes_of(scopes: FileScopes, kind: Defined, name: str) -> Iterator[ast.Attribute]:
    """Every place of the file where an attribute of a class's objects is named, as far as that is known.

    Args:
        scopes: the file.
        kind: a class of it.
        name: the attribute.
    """
    for node in scopes.nodes.attributes[name]:
        holder = scopes.class_of(node)
        if holder is not None and are_related(scopes.situation, kind, holder):
            yield node


def others_may_have(scopes: FileScopes, kind: Defined, name: str) -> bool:
    """Whether such an attribute may be named elsewhere: of objects that are not known, by strings, in other files."""
    situation = scopes.situation
    if UNKNOWN in situation.resolver.members.lineage(kind) or name in scopes.nodes.texts:
        return True
    if any(scopes.class_of(each) is None for each in scopes.nodes.attributes[name]):
        return True
    return is_reached_in_class(situation, name, kind)
