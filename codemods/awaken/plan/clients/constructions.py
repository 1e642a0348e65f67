"""Every place of the project where an object of a class of the file is made, where all of them are known."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.plan.clients.callers import class_defined_by
from awaken.plan.clients.enclosed import runs_here, runs_to_its_end
from awaken.plan.clients.scopes import DEFINITIONS, FileScopes
from awaken.plan.names_elsewhere import other_files
from awaken.resolve.values import UNKNOWN, Bound, Defined
from awaken.syntax.names import is_name, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CHECKS = frozenset({"isinstance", "issubclass"})


@dataclass(frozen=True, slots=True)
class Construction:
    """A call of a class.

    Attributes:
        scopes: the file it stands in.
        call: the call.
    """

    scopes: FileScopes
    call: ast.Call


def constructions_of(scopes: FileScopes, node: ast.ClassDef) -> Sequence[Construction] | None:
    """Every call of a class in the project; None where there may be others.

    Args:
        scopes: the file that defines it.
        node: the class.
    """
    kind = class_defined_by(scopes, node)
    if kind is None or node.decorator_list or node.keywords or _makes_itself(node):
        return None
    found: list[Construction] = []
    for file in _files(scopes, node.name):
        if node.name in file.nodes.texts or _is_renamed(file, node.name):
            return None
        for each in (*file.nodes.names[node.name], *file.nodes.attributes[node.name]):
            value = file.value(each)
            if value not in (kind, UNKNOWN):
                continue
            call = file.tree.parent(each)
            if isinstance(call, ast.Call) and call.func is each and value == kind:
                found.append(Construction(file, call))
            elif not _only_names_it(file, each):
                return None
    return found


def _files(scopes: FileScopes, name: str) -> Iterator[FileScopes]:
    yield scopes
    for parsed in other_files(scopes.situation, name):
        yield FileScopes(replace(scopes.situation, tree=parsed.tree, index=parsed.index))


def _makes_itself(node: ast.ClassDef) -> bool:
    """`cls(...)`, `type(self)(...)` and `self.__class__(...)` in the class."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and (
            is_name(each.func, "cls") or isinstance(each.func, ast.Call)
        ):
            return True
        if isinstance(each, ast.Attribute) and each.attr == "__class__":
            return True
    return False


def _is_renamed(file: FileScopes, name: str) -> bool:
    return any(
        isinstance(each, ast.alias) and each.name == name and each.asname not in (None, name)
        for each in file.tree.nodes
    )


def _only_names_it(file: FileScopes, node: ast.expr) -> bool:
    """Whether a class is named as a type: in an annotation, or to be compared with."""
    child: ast.AST = node
    for up in file.tree.ancestors(node):
        if isinstance(up, ast.AnnAssign):
            return child is up.annotation
        if isinstance(up, ast.arg):
            return True
        if isinstance(up, DEFINITIONS):
            return child is up.returns
        if isinstance(up, ast.Call):
            return last_name(up.func) in _CHECKS and child in up.args[1:]
        if isinstance(up, ast.stmt):
            return False
        child = up
    return False


@dataclass(frozen=True, slots=True)
class Local:
    """An object that is a variable of the coroutine that makes it.

    Attributes:
        scopes: the file.
        made: the call that makes it.
        uses: every place that reads the variable.
    """

    scopes: FileScopes
    made: ast.Call
    uses: tuple[ast.Name, ...]


def objects_of_coroutines(scopes: FileScopes, kind: Defined) -> Sequence[Local] | None:
    """Every object of a class, where each is a variable of the coroutine that makes it, and nobody else gets it.

    Args:
        scopes: the file that defines the class.
        kind: the class.
    """
    node = next(
        (each for each in scopes.nodes.classes if class_defined_by(scopes, each) == kind), None
    )
    made = constructions_of(scopes, node) if node is not None else None
    found = [_in_its_coroutine(each) for each in made or ()]
    known = [each for each in found if each is not None]
    return known if known and len(known) == len(found) else None


def _in_its_coroutine(made: Construction) -> Local | None:
    scopes = made.scopes
    function = scopes.around(made.call)
    target = _target(scopes.tree.parent(made.call))
    if not isinstance(function, ast.AsyncFunctionDef) or target is None:
        return None
    if scopes.binder(target) is not function:
        return None
    names = scopes.names(function, target.id)
    uses = tuple(each for each in names if isinstance(each.ctx, ast.Load))
    stays = all(scopes.around(each) is function and _stays_here(scopes, each) for each in uses)
    return Local(scopes, made.call, uses) if stays else None


def _stays_here(scopes: FileScopes, node: ast.Name) -> bool:
    """Whether only the loop that runs a coroutine runs what is done with a variable of it."""
    member = scopes.tree.parent(node)
    call = scopes.tree.parent(member) if isinstance(member, ast.Attribute) else None
    if not isinstance(member, ast.Attribute):
        return False
    if not isinstance(call, ast.Call) or call.func is not member:
        return not isinstance(scopes.value(member), Bound)
    alone = isinstance(scopes.tree.parent(call), ast.Expr)
    return alone or runs_here(scopes, call) or _is_plain(scopes, call)


def comes_to_its_end(scopes: FileScopes, node: ast.Name) -> bool:
    """Whether what is done with such a variable is over when its coroutine goes on."""
    call = scopes.tree.parent(scopes.tree.parent(node) or node)
    if not isinstance(call, ast.Call) or call.func is not scopes.tree.parent(node):
        return True
    return runs_to_its_end(scopes, call) or _is_plain(scopes, call)


def _is_plain(scopes: FileScopes, call: ast.Call) -> bool:
    """Whether a call runs a function, and makes no coroutine."""
    value = scopes.value(call.func)
    found = scopes.situation.resolver.scope(value.function) if isinstance(value, Bound) else None
    return found is not None and not found.is_async


def _target(holder: ast.AST | None) -> ast.Name | None:
    target: ast.expr | None = None
    if isinstance(holder, ast.Assign) and len(holder.targets) == 1:
        target = holder.targets[0]
    elif isinstance(holder, ast.withitem):
        target = holder.optional_vars
    return target if isinstance(target, ast.Name) else None
