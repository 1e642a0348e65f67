"""What the settings of a Django project say, as far as that can be read without running them."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from awaken.plan.doubles.files_of_tests import is_of_tests
from awaken.resolve.resolver import absolute_name
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from awaken.index.reading import ParsedFile
    from awaken.resolve.resolver import Resolver
    from awaken.syntax.tree import Tree

# Every project sets it; an application that is there to be reused does in its tests and examples only.
_MARK = "INSTALLED_APPS"
_EXAMPLES = frozenset(("demo", "docs", "example", "examples", "sandbox", "testproject"))
_ADDING = frozenset(("append", "extend", "insert"))
# What sets names that nobody can see.
_HIDDEN = frozenset(("exec", "globals", "include", "locals", "setattr", "vars"))
_HANDS_ON = (ast.Assign, ast.AnnAssign, ast.Call, ast.NamedExpr, ast.Return, ast.keyword)
_READING = frozenset(("getattr", "hasattr"))
_SWAPPABLE = "swappable"


class DjangoSettings:
    """The settings modules of a project, found by what they set.

    Args:
        mentioning: gives every file of the project in whose text one of some words stands.
        depend_on_all: notes that what is being worked out depends on every file.
        resolver: knows the project.
    """

    def __init__(
        self,
        mentioning: Callable[[Iterable[str]], Iterable[ParsedFile]],
        depend_on_all: Callable[[], None],
        resolver: Resolver,
    ) -> None:
        self._mentioning = mentioning
        self._depend = depend_on_all
        self._resolver = resolver
        self._strings: dict[str, frozenset[str] | None] = {}
        self._below: dict[tuple[str, str], frozenset[str] | None] = {}

    @cached_property
    def _in_view(self) -> bool:
        """Whether the project has settings of its own, and nothing sets any of them unseen."""
        modules = [each for each in self._mentioning((_MARK,)) if _is_settings(each.tree)]
        own = [each for each in modules if not _is_tried_out(each.index.path)]
        return bool(own) and not any(self._hides(each) for each in own)

    def strings(self, name: str) -> frozenset[str] | None:
        """Every string that a setting may hold, wherever in the project that is said.

        Args:
            name: the setting.

        Returns:
            None where not all of them can be told, as in a package that is there to be used by other projects;
            nothing where the project leaves the setting alone.
        """
        self._depend()
        if name not in self._strings:
            self._strings[name] = self._find(name) if self._in_view else None
        return self._strings[name]

    def _find(self, name: str) -> frozenset[str] | None:
        found = [_strings_in(each.tree, name) for each in self._mentioning((name,))]
        known = [each for each in found if each is not None]
        return frozenset().union(*known) if len(known) == len(found) else None

    def under(self, name: str, key: str) -> frozenset[str] | None:
        """Every string that stands under a key of the dictionaries that a setting holds by name.

        Args:
            name: the setting.
            key: such as `BACKEND`.

        Returns:
            None where one of them cannot be told; nothing where the project leaves the setting alone.
        """
        self._depend()
        if (name, key) not in self._below:
            self._below[name, key] = self._find_under(name, key) if self._in_view else None
        return self._below[name, key]

    def _find_under(self, name: str, key: str) -> frozenset[str] | None:
        found: set[str] = set()
        for module in self._mentioning((name,)):
            for node in module.tree.nodes:
                for given in _given(module.tree, node, name):
                    strings = _under(given, key)
                    if strings is None:
                        return None
                    found |= strings
        return frozenset(found)

    def _hides(self, module: ParsedFile) -> bool:
        """Whether a settings module takes settings from where nobody can look."""
        for star in module.index.stars:
            name = absolute_name(star, module.index)
            if name is None or not name.startswith("django."):
                path = self._resolver.project.module(name, module.index.path) if name else None
                if path is None:
                    return True
        return any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in _HIDDEN
            for node in module.tree.nodes
        )


def _is_settings(tree: Tree) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == _MARK and isinstance(node.ctx, ast.Store)
        for node in tree.nodes
    )


def _is_tried_out(path: str) -> bool:
    """Whether settings say nothing of those that others run with."""
    return is_of_tests(path) or not _EXAMPLES.isdisjoint(path.split("/")[:-1])


def _under(node: ast.expr | None, key: str) -> frozenset[str] | None:
    """The strings under a key of the dictionaries in a dictionary; None where one is made up elsewhere."""
    if not isinstance(node, ast.Dict) or None in node.keys:
        return None
    found: set[str] = set()
    for each in node.values:
        if not isinstance(each, ast.Dict) or None in each.keys:
            return None
        for name, value in zip(each.keys, each.values, strict=True):
            if not isinstance(name, ast.Constant):
                return None
            if name.value == key:
                if not isinstance(value, ast.Constant):
                    return None
                found.add(str(value.value))
    return frozenset(found)


def _strings_in(tree: Tree, name: str) -> frozenset[str] | None:
    """The strings that a file gives to a setting; None where one of them is computed."""
    found: set[str] = set()
    for node in tree.nodes:
        for given in _given(tree, node, name):
            strings = _literal(given, name) if given is not None else None
            if strings is None:
                return None
            found |= strings
    return frozenset(found)


def _given(tree: Tree, node: ast.AST, name: str) -> Iterator[ast.expr | None]:
    """What a mention of a setting sets it to; None where that cannot be told, nothing where it is only read."""
    if isinstance(node, ast.keyword) and node.arg == name:
        yield node.value
    elif isinstance(node, ast.Constant) and node.value == name:
        if not _is_read(tree.parent(node), node):
            yield None
    elif (isinstance(node, ast.Name) and node.id == name) or (
        isinstance(node, ast.Attribute) and node.attr == name
    ):
        yield from _of_reference(tree, node)


def _is_read(parent: ast.AST | None, node: ast.Constant) -> bool:
    """`getattr(settings, "AUTH_USER_MODEL")`, and `swappable = "AUTH_USER_MODEL"` of a model or its migration."""
    if isinstance(parent, ast.Call):
        return last_name(parent.func) in _READING
    if isinstance(parent, ast.Assign):
        return [last_name(each) for each in parent.targets] == [_SWAPPABLE]
    keys = parent.keys if isinstance(parent, ast.Dict) else []
    values = parent.values if isinstance(parent, ast.Dict) else []
    return any(
        value is node and isinstance(key, ast.Constant) and key.value == _SWAPPABLE
        for key, value in zip(keys, values, strict=True)
    )


def _of_reference(tree: Tree, node: ast.Name | ast.Attribute) -> Iterator[ast.expr | None]:
    parent = tree.parent(node)
    if isinstance(node.ctx, ast.Store):
        sets = isinstance(parent, (ast.Assign, ast.AnnAssign, ast.AugAssign))
        value = (
            parent.value if isinstance(parent, (ast.Assign, ast.AnnAssign, ast.AugAssign)) else None
        )
        if not isinstance(parent, ast.AnnAssign) or value is not None:
            yield value if sets else None
    elif isinstance(parent, ast.Attribute):
        call = tree.parent(parent)
        if isinstance(call, ast.Call) and call.func is parent and parent.attr in _ADDING:
            yield from (each for each in call.args if not _is_number(each))
    elif isinstance(parent, ast.Subscript) and not isinstance(parent.ctx, ast.Load):
        yield None
    elif isinstance(node, ast.Name) and isinstance(parent, _HANDS_ON):
        yield None  # whoever has the list may add to it


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _literal(node: ast.expr, name: str) -> frozenset[str] | None:
    """The strings of a literal, which may be built with the setting itself: `A = [*A, "x"]`."""
    if isinstance(node, ast.Constant):
        return frozenset({node.value}) if isinstance(node.value, str) else frozenset()
    if isinstance(node, ast.Name) and node.id == name:
        return frozenset()
    parts: list[ast.expr] = []
    if isinstance(node, (ast.List, ast.Tuple)):
        parts = node.elts
    elif isinstance(node, ast.Starred):
        parts = [node.value]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [node.left, node.right]
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    else:
        return None
    found = [_literal(each, name) for each in parts]
    known = [each for each in found if each is not None]
    return frozenset().union(*known) if len(known) == len(found) else None
