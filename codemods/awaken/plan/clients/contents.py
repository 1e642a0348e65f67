"""What is read from what may hold an object, and what is put into it: as far as the file shows all of that."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.plan.clients.callers import (
    attributes_of,
    calls_of,
    declaration_in,
    is_kind_of,
    is_plain_class,
    others_may_have,
)
from awaken.plan.clients.constructions import constructions_of
from awaken.plan.clients.holders import Attribute, Holder, Variable
from awaken.plan.clients.parameters import default_of, parameter, passed
from awaken.plan.clients.scopes import DEFINITIONS, FileScopes, Function, parameter_names
from awaken.plan.names_elsewhere import is_reached_in_module
from awaken.plan.names_in_scope import names_bound_by, own_nodes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awaken.plan.clients.holders import Result

_FRAME_READERS = frozenset({"locals", "vars", "eval", "exec", "globals"})


@dataclass(slots=True)
class Contents:
    """What is known of a holder.

    Attributes:
        reads: the expressions that give what it holds.
        given: those of them that are calls of a function of the file, or properties that are read.
        values: the expressions whose values it may hold.
        annotations: its annotations.
        lost: what else may be read from it, or be in it, in words.
    """

    reads: list[ast.expr] = field(default_factory=list)
    given: list[ast.expr] = field(default_factory=list)
    values: list[ast.expr] = field(default_factory=list)
    annotations: list[ast.expr] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def contents_of(scopes: FileScopes, holder: Holder) -> Contents:
    """Everything that is done with a holder.

    Args:
        scopes: the file.
        holder: a variable, an attribute, or the result of a function of the file.
    """
    contents = Contents()
    if isinstance(holder, Variable):
        _variable(scopes, holder, contents)
    elif isinstance(holder, Attribute):
        _attribute(scopes, holder, contents)
    else:
        _result(scopes, holder, contents)
    return contents


def _named(scopes: FileScopes, node: ast.Name | ast.Attribute, contents: Contents) -> None:
    """One place where a variable or attribute is read or set."""
    parent = scopes.tree.parent(node)
    if isinstance(node.ctx, ast.Load):
        contents.reads.append(node)
    elif isinstance(parent, ast.AnnAssign):
        contents.annotations.append(parent.annotation)
        contents.values += [parent.value] if parent.value is not None else []
    elif isinstance(parent, ast.NamedExpr) or (
        isinstance(parent, ast.Assign) and parent.targets == [node]
    ):
        contents.values.append(parent.value)
    elif isinstance(parent, ast.withitem):
        contents.values.append(parent.context_expr)
    else:
        contents.lost.append(f"`{scopes.tree.source(node)}` stands for something else, too")


# -- variables


def _variable(scopes: FileScopes, holder: Variable, contents: Contents) -> None:
    name = holder.name
    _check_bindings(holder, contents)
    for node in scopes.names(holder.of, name):
        _named(scopes, node, contents)
    if isinstance(holder.of, DEFINITIONS):
        _parameter(scopes, holder.of, name, contents)
    elif name in scopes.nodes.texts or is_reached_in_module(scopes.situation, name):
        contents.lost.append(f"`{name}` may be used in other files")


def _check_bindings(holder: Variable, contents: Contents) -> None:
    """Only assignments may bind the variable, and nobody may get at it in other ways."""
    for statement in getattr(holder.of, "body", []):
        for node in own_nodes_of(statement):
            if not isinstance(node, ast.Name) and holder.name in names_bound_by(node):
                contents.lost.append(f"`{holder.name}` stands for something else, too")
    names = (node.id for node in ast.walk(holder.of) if isinstance(node, ast.Name))
    if any(name in _FRAME_READERS for name in names):
        contents.lost.append(f"`{holder.name}` may be read in other ways")


def _parameter(scopes: FileScopes, function: Function, name: str, contents: Contents) -> None:
    """What the callers of a function give it, where the variable is a parameter."""
    if name not in parameter_names(function):
        return
    declared = parameter(function, name)
    calls = _calls(scopes, function, name)
    if calls is None or declared is None:
        contents.lost.append(f"not every call of `{function.name}` is known")
        return
    default = default_of(function, name)
    contents.annotations += [declared.annotation] if declared.annotation is not None else []
    contents.values += [default] if default is not None else []
    for call in calls:
        given = passed(scopes.tree, function, call) if isinstance(call, ast.Call) else None
        if given is None or (name not in given and default is None):
            contents.lost.append(f"what `{function.name}` is given is not known")
        elif name in given:
            contents.values.append(given[name])


def _calls(scopes: FileScopes, function: Function, name: str) -> Sequence[ast.expr] | None:
    """The calls that may give a parameter its value; None where those are not all in this file."""
    owner = scopes.tree.parent(function)
    if function.name != "__init__" or not isinstance(owner, ast.ClassDef):
        return calls_of(scopes, function)
    made = constructions_of(scopes, owner)
    elsewhere = [each for each in made or () if each.scopes is not scopes]
    given = [passed(scopes.tree, function, each.call) for each in elsewhere]
    if made is None or any(each is None or name in each for each in given):
        return None
    return [each.call for each in made if each.scopes is scopes]


# -- attributes


def _attribute(scopes: FileScopes, holder: Attribute, contents: Contents) -> None:
    for node in scopes.nodes.classes:
        if holder.name in scopes.bound_by(node):
            _declared(scopes, node, holder, contents)
    for found in attributes_of(scopes, holder.of, holder.name):
        _named(scopes, found, contents)
    if others_may_have(scopes, holder.of, holder.name):
        contents.lost.append(f"`.{holder.name}` may be used where it is not known whose it is")


def _declared(
    scopes: FileScopes, node: ast.ClassDef, holder: Attribute, contents: Contents
) -> None:
    """A class of that kind may annotate the attribute and do nothing else, where nothing comes of annotations."""
    if not is_kind_of(scopes, node, holder.of):
        return
    declared = declaration_in(node, holder.name)
    if declared is None or not is_plain_class(scopes, node):
        contents.lost.append(f"`{holder.name}` is set in a class, too")
    else:
        contents.annotations.append(declared)


# -- results


def _result(scopes: FileScopes, holder: Result, contents: Contents) -> None:
    function = holder.of
    calls = calls_of(scopes, function)
    if not calls:
        contents.lost.append(f"not every call of `{function.name}` is known")
    contents.annotations += [function.returns] if function.returns is not None else []
    for statement in function.body:
        for node in own_nodes_of(statement):
            if isinstance(node, (ast.Yield, ast.YieldFrom)):
                contents.lost.append(f"`{function.name}` is a generator")
            elif isinstance(node, ast.Return) and node.value is not None:
                contents.values.append(node.value)
    for call in calls or ():
        given = _awaited(scopes, function, call)
        if given is None:
            contents.lost.append(f"`{function.name}` is not awaited where it is called")
        else:
            contents.given.append(given)


def _awaited(scopes: FileScopes, function: Function, call: ast.expr) -> ast.expr | None:
    """What gives the result of a call: the call, or the `await` in front of it."""
    if not isinstance(function, ast.AsyncFunctionDef):
        return call
    parent = scopes.tree.parent(call)
    return parent if isinstance(parent, ast.Await) else None
