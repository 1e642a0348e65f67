"""What holds an object, and every place of the project that uses it, where all of them are known."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.index.expressions import plain_term
from awaken.index.summary import ScopeKind
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.plan.waits.started_here import StartedHere
from awaken.resolve.evaluation import Where
from awaken.resolve.values import UNKNOWN, Defined, External, Instance, Module, sole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.reading import ParsedFile
    from awaken.index.summary import FileIndex
    from awaken.plan.situation import Situation
    from awaken.resolve.resolver import Resolver
    from awaken.syntax.tree import Tree

_DEFINES = (*FUNCTIONS, ast.ClassDef)
# A second loop, or a way to it.
_LOOPS = ("new_event_loop", "run_coroutine_threadsafe", "set_event_loop")
_RUNS = re.compile(r"\basyncio\.run\(|\brun_until_complete\(|\bRunner\(")
_THREADS = re.compile(r"\bThread\(|\bto_thread\(|\brun_in_executor\(|\.submit\(")


@dataclass(frozen=True, slots=True)
class Owner:
    """A variable or attribute that holds one object for as long as it exists.

    Attributes:
        uses: every other place where it is read.
        scope: number of the scope in which the object is made.
        is_local: whether it is a variable of a coroutine, which one loop runs; of all others that cannot be seen.
    """

    uses: tuple[ast.expr, ...]
    scope: int
    is_local: bool


def owner_of(situation: Situation, call: ast.Call) -> Owner | None:
    """What holds the object that a call makes; None where somebody else may have it.

    Args:
        situation: a finding of the file.
        call: the value of an assignment.
    """
    tree = situation.tree
    statement = tree.parent(call)
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
    if len(targets) != 1:
        return None
    target = targets[0]
    around = next((up for up in tree.ancestors(call) if isinstance(up, _DEFINES)), None)
    if isinstance(target, ast.Name) and isinstance(around, ast.AsyncFunctionDef):
        return _local(situation, around, target)
    if isinstance(target, ast.Name) and around is None:
        return _of_module(situation, target)
    if isinstance(target, ast.Attribute) and isinstance(around, FUNCTIONS[:2]):
        return _of_class(situation, around, target)
    return None


def _scope_of(index: FileIndex, node: ast.AST) -> int:
    """The number of the scope of a function or class, by its name and line; 0 where it is not found."""
    name = getattr(node, "name", "")
    lines = {getattr(node, "lineno", 0)}
    lines |= {each.lineno for each in getattr(node, "decorator_list", ())}
    found = (each.number for each in index.scopes if each.name == name and each.line in lines)
    return next(found, 0)


def _local(situation: Situation, function: ast.AsyncFunctionDef, target: ast.Name) -> Owner | None:
    nodes = list(ast.walk(function))
    if _is_declared(nodes, target.id) or any(
        isinstance(node, ast.arg) and node.arg == target.id for node in nodes
    ):
        return None
    uses = _names(nodes, target)
    scope = _scope_of(situation.index, function)
    here = StartedHere(situation, function)
    if uses is None or not scope or not all(map(here.holds, uses)):
        return None
    return Owner(uses, scope, is_local=True)


def _of_module(situation: Situation, target: ast.Name) -> Owner | None:
    name = target.id
    index = situation.index
    bound = any(name in scope.bindings or name in scope.outer for scope in index.scopes[1:])
    uses = None if bound else _names(situation.tree.nodes, target)
    if uses is None or len(index.scopes[0].bindings.get(name, ())) != 1:
        return None
    if _names_it(situation.tree, name) or not _runs_one_loop(situation):
        return None
    others = _others(situation, name)
    if any(_reaches_module(each, name) for each in others):
        return None
    return Owner(uses, 0, is_local=False)


def _names(
    nodes: list[ast.AST] | tuple[ast.AST, ...], target: ast.Name
) -> tuple[ast.expr, ...] | None:
    """The other places of a name; None where it is bound again."""
    found = [node for node in nodes if isinstance(node, ast.Name) and node.id == target.id]
    uses = tuple(node for node in found if node is not target)
    return uses if all(isinstance(node.ctx, ast.Load) for node in uses) else None


def _is_declared(nodes: list[ast.AST], name: str) -> bool:
    return any(
        isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names for node in nodes
    )


def _of_class(situation: Situation, method: ast.AST, target: ast.Attribute) -> Owner | None:
    tree, name = situation.tree, target.attr
    owner = _class_of(situation, target)
    if not isinstance(owner, Defined) or UNKNOWN in situation.resolver.members.lineage(owner):
        return None
    if _names_it(tree, name) or not _runs_one_loop(situation):
        return None
    uses: list[ast.expr] = []
    for node in tree.nodes:
        if isinstance(node, ast.Attribute) and node.attr == name and node is not target:
            holder = _class_of(situation, node)
            if holder is None or (holder != owner and _are_related(situation, owner, holder)):
                return None
            if holder == owner:
                uses.append(node)
    if any(not isinstance(getattr(node, "ctx", None), ast.Load) for node in uses):
        return None
    if name in situation.index.scopes[owner.scope].bindings:
        return None  # the class has one, too
    if any(_reaches_class(situation, each, name, owner) for each in _others(situation, name)):
        return None
    return Owner(tuple(uses), _scope_of(situation.index, method), is_local=False)


def _class_of(situation: Situation, node: ast.Attribute) -> Defined | External | None:
    """The class of the object that an attribute of this file is read from."""
    return _class_in(situation.resolver, situation.tree, situation.index, node)


def _class_in(
    resolver: Resolver, tree: Tree, index: FileIndex, node: ast.Attribute
) -> Defined | External | None:
    """The class of the object that an attribute is read from; None where that is not known."""
    function: ast.AST | None = None
    for up in tree.ancestors(node):
        if isinstance(up, ast.ClassDef):
            scope = _scope_of(index, up)
            first = _first_parameter(function)
            mine = isinstance(node.value, ast.Name) and node.value.id == first
            if mine:
                is_class = bool(scope) and index.scopes[scope].kind is ScopeKind.CLASS
                return Defined(index.path, scope) if is_class else None
            break
        if isinstance(up, FUNCTIONS):
            function = up
    return _class_of_value(resolver, tree, index, node)


def _class_of_value(
    resolver: Resolver, tree: Tree, index: FileIndex, node: ast.Attribute
) -> Defined | External | None:
    around = next((up for up in tree.ancestors(node) if isinstance(up, FUNCTIONS)), None)
    scope = _scope_of(index, around) if around is not None else 0
    if around is not None and not scope:
        return None  # a lambda
    where = Where(index.path, scope, node.lineno, node.col_offset)
    value = sole(resolver.values(plain_term(node.value), where))
    if isinstance(value, Module):
        return External(value.path)
    return value.of if isinstance(value, Instance) else None


def _first_parameter(function: ast.AST | None) -> str:
    if not isinstance(function, FUNCTIONS[:2]):
        return ""
    given = [*function.args.posonlyargs, *function.args.args]
    plain = not any(
        isinstance(each, ast.Name) and each.id in ("classmethod", "staticmethod")
        for each in function.decorator_list
    )
    return given[0].arg if given and plain else ""


def _are_related(situation: Situation, one: Defined, other: Defined | External) -> bool:
    lineage = situation.resolver.members.lineage
    return one in lineage(other) or other in lineage(one) or UNKNOWN in lineage(other)


def _others(situation: Situation, name: str) -> Iterator[ParsedFile]:
    """The other files that name it."""
    for parsed in situation.surroundings.mentioned_in((name,)):
        if parsed.index.path != situation.index.path:
            yield parsed


def _reaches_module(parsed: ParsedFile, name: str) -> bool:
    """Whether another file may get at a variable of a module by its name."""
    return _names_it(parsed.tree, name) or any(
        (isinstance(node, ast.alias) and node.name == name)
        or (isinstance(node, ast.Attribute) and node.attr == name and not _is_self(node))
        for node in parsed.tree.nodes
    )


def _is_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def _reaches_class(situation: Situation, parsed: ParsedFile, name: str, owner: Defined) -> bool:
    """Whether another file may get at an attribute of the objects of a class by its name."""
    if _names_it(parsed.tree, name):
        return True
    for node in parsed.tree.nodes:
        if isinstance(node, ast.Attribute) and node.attr == name:
            holder = _class_in(situation.resolver, parsed.tree, parsed.index, node)
            if holder is None or _are_related(situation, owner, holder):
                return True
    return False


def _names_it(tree: Tree, name: str) -> bool:
    """Whether a string is the name, or ends with it as a dotted one does: `getattr`, `patch`, `__all__`."""
    return any(
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and (node.value == name or node.value.endswith(f".{name}"))
        for node in tree.nodes
    )


def _runs_one_loop(situation: Situation) -> bool:
    """Whether nothing in the project speaks of loops in other threads, or of several; a hint and no proof."""
    text = situation.tree.text
    if any(word in text for word in _LOOPS) or len(_RUNS.findall(text)) > 1:
        return False
    for parsed in situation.surroundings.mentioned_in((*_LOOPS, "run", "run_until_complete")):
        other = parsed.source.text
        if any(word in other for word in _LOOPS):
            return False
        if _RUNS.search(other) and _THREADS.search(other):
            return False
    return True
