"""Who may get at a variable or an attribute by its name: other classes, other files, strings; and what loops run."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.index.expressions import plain_term
from awaken.index.summary import ScopeKind
from awaken.plan.names_in_scope import FUNCTIONS
from awaken.resolve.evaluation import Where
from awaken.resolve.values import UNKNOWN, Defined, External, Instance, Module, sole
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.reading import ParsedFile
    from awaken.index.summary import FileIndex
    from awaken.plan.situation import Situation
    from awaken.resolve.resolver import Resolver
    from awaken.syntax.tree import Tree

# A second loop, or a way to it.
_LOOPS = ("new_event_loop", "run_coroutine_threadsafe", "set_event_loop")
_RUNS = re.compile(r"\basyncio\.run\(|\brun_until_complete\(|\bRunner\(")
_THREADS = re.compile(r"\bThread\(|\bto_thread\(|\brun_in_executor\(|\.submit\(")


def scope_of(index: FileIndex, node: ast.AST) -> int:
    """The number of the scope of a function or class, by its name and line; 0 where it is not found."""
    name = getattr(node, "name", "")
    lines = {getattr(node, "lineno", 0)}
    lines |= {each.lineno for each in getattr(node, "decorator_list", ())}
    found = (each.number for each in index.scopes if each.name == name and each.line in lines)
    return next(found, 0)


def class_of(situation: Situation, node: ast.Attribute) -> Defined | External | None:
    """The class of the object that an attribute of this file is read from."""
    return class_in(situation.resolver, situation.tree, situation.index, node)


def class_in(
    resolver: Resolver, tree: Tree, index: FileIndex, node: ast.Attribute
) -> Defined | External | None:
    """The class of the object that an attribute is read from; None where that is not known."""
    function: ast.AST | None = None
    for up in tree.ancestors(node):
        if isinstance(up, ast.ClassDef):
            scope = scope_of(index, up)
            first = first_parameter(function)
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
    scope = scope_of(index, around) if around is not None else 0
    if around is not None and not scope:
        return None  # a lambda
    where = Where(index.path, scope, node.lineno, node.col_offset)
    value = sole(resolver.values(plain_term(node.value), where))
    if isinstance(value, Module):
        return External(value.path)
    if isinstance(value, External):
        return value  # a module, or a class itself: none of the project's objects
    return value.of if isinstance(value, Instance) else None


def first_parameter(function: ast.AST | None) -> str:
    """What a method calls its object; empty for what is no method of objects."""
    if not isinstance(function, FUNCTIONS[:2]):
        return ""
    given = [*function.args.posonlyargs, *function.args.args]
    plain = not any(
        isinstance(each, ast.Name) and each.id in ("classmethod", "staticmethod")
        for each in function.decorator_list
    )
    return given[0].arg if given and plain else ""


def are_related(situation: Situation, one: Defined, other: Defined | External) -> bool:
    """Whether one class is, or may be, a base of the other."""
    lineage = situation.resolver.members.lineage
    return one in lineage(other) or other in lineage(one) or UNKNOWN in lineage(other)


def other_files(situation: Situation, name: str) -> Iterator[ParsedFile]:
    """The other files that name it."""
    return situation.surroundings.mentioned_in((name,), situation.index.path)


@dataclass(frozen=True, slots=True)
class Reach:
    """How a file may get at something by its name.

    Attributes:
        path: the file.
        by_text: whether a string is the name.
        of_module: whether it may be a variable of another module: imported, or an attribute of anything but `self`.
        holders: the classes of the objects whose attribute of that name it uses; None for what is not known.
    """

    path: str
    by_text: bool
    of_module: bool
    holders: frozenset[Defined | External | None]


def is_reached_in_module(situation: Situation, name: str) -> bool:
    """Whether another file may get at a variable of the module by its name."""
    return any(each.by_text or each.of_module for each in _reaches(situation, name))


def is_reached_in_class(situation: Situation, name: str, owner: Defined) -> bool:
    """Whether another file may get at an attribute of the objects of a class by its name."""
    return any(
        each.by_text
        or any(holder is None or are_related(situation, owner, holder) for holder in each.holders)
        for each in _reaches(situation, name)
    )


def _reaches(situation: Situation, name: str) -> Iterator[Reach]:
    """Of the other files; each is read once for a name."""
    known = situation.surroundings.by_name.setdefault(situation.resolver, {})
    situation.surroundings.depend_on_all()
    if name not in known:
        files = situation.surroundings.mentioned_in((name,))
        known[name] = tuple(_reach(situation.resolver, each, name) for each in files)
    return (each for each in known[name] if each.path != situation.index.path)


def _reach(resolver: Resolver, parsed: ParsedFile, name: str) -> Reach:
    nodes = parsed.tree.nodes
    attributes = [each for each in nodes if isinstance(each, ast.Attribute) and each.attr == name]
    imported = any(isinstance(each, ast.alias) and each.name in (name, "*") for each in nodes)
    return Reach(
        parsed.index.path,
        names_it(parsed.tree, name),
        imported or not all(map(_is_self, attributes)),
        frozenset(class_in(resolver, parsed.tree, parsed.index, each) for each in attributes),
    )


def _is_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def names_it(tree: Tree, name: str) -> bool:
    """Whether a string is the name, or ends with it as a dotted one does: `getattr`, `patch`, `__all__`."""
    return name in naming_texts(tree)


def naming_texts(tree: Tree) -> frozenset[str]:
    """What strings of a file may name, the last part of those with dots among them.

    Keys and values of dictionaries, and what is compared, are data.
    """
    texts = {
        node.value
        for node in tree.nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and not _is_data(tree, node)
    }
    return frozenset(texts | {each.rpartition(".")[2] for each in texts})


def _is_data(tree: Tree, node: ast.Constant) -> bool:
    parent = tree.parent(node)
    if isinstance(parent, ast.Assign):
        return all(isinstance(each, ast.Subscript) for each in parent.targets)
    if isinstance(parent, ast.Subscript):
        return parent.slice is node and last_name(parent.value) != "__dict__"
    return isinstance(parent, (ast.Dict, ast.Compare))


def runs_one_loop(situation: Situation) -> bool:
    """Whether nothing in the project speaks of loops in other threads, or of several; a hint and no proof."""
    text = situation.tree.text
    if any(word in text for word in _LOOPS) or len(_RUNS.findall(text)) > 1:
        return False
    surroundings = situation.surroundings
    surroundings.depend_on_all()
    if surroundings.several_loops is None:
        named = surroundings.mentioned_in((*_LOOPS, "run", "run_until_complete"))
        surroundings.several_loops = any(_speaks_of_loops(each.source.text) for each in named)
    return not surroundings.several_loops


def _speaks_of_loops(text: str) -> bool:
    if any(word in text for word in _LOOPS):
        return True
    return _RUNS.search(text) is not None and _THREADS.search(text) is not None
