"""How a name of a helper's module is written where the helper is called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.index.terms import Imported
from awaken.plan.loop.helper_body import SomethingElseError
from awaken.plan.recipes import Named, Sibling
from awaken.resolve.resolver import absolute_name
from awaken.resolve.values import UNKNOWN, Module
from awaken.syntax.positions import Place, Span

if TYPE_CHECKING:
    from awaken.plan.situation import Situation


def name_at_caller(
    situation: Situation, path: str, name: str
) -> list[str | Span | Named | Sibling]:
    """What stands for a module-level name of another file, or of this one, at the call of a finding.

    It is imported beside the helper, from the module that the helper is imported from, so that no module is
    imported that was not.

    Args:
        situation: the finding, a call of the helper.
        path: the file of the helper.
        name: the name there.

    Raises:
        SomethingElseError: it cannot be named there for certain.
    """
    resolver = situation.resolver
    wanted = resolver.module_member(path, name)
    if not wanted or UNKNOWN in wanted:
        raise SomethingElseError
    if resolver.lookup(name, situation.where) == wanted:
        return [name]
    func = situation.call.func
    if isinstance(func, ast.Attribute):
        holder = situation.value_of(func.value)
        if holder == Module(path):
            return [situation.tree.span(func.value), f".{name}"]
    if not isinstance(func, ast.Name) or path == situation.index.path:
        raise SomethingElseError
    alias = _import_of(situation, func.id)
    if alias is None or not _is_free(situation, name):
        raise SomethingElseError
    statement, beside = alias
    source = Imported(statement.module or "", name, statement.level)
    if resolver.imported(source, situation.where) != wanted or _comes_late(situation, path, name):
        raise SomethingElseError
    return [Sibling(Place.of(beside), name)]


def _import_of(situation: Situation, name: str) -> tuple[ast.ImportFrom, ast.alias] | None:
    """The one import of a file that binds a name."""
    found = [
        (node, alias)
        for node in situation.tree.nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if (alias.asname or alias.name) == name
    ]
    return found[0] if len(found) == 1 else None


def _is_free(situation: Situation, name: str) -> bool:
    return all(name not in scope.bindings for scope in situation.index.scopes)


def _comes_late(situation: Situation, path: str, name: str) -> bool:
    """Whether a module that imports the caller's binds a name behind that import: it might not be there yet."""
    index = situation.resolver.file(path)
    if index is None:
        return True
    imports = [
        each.line
        for bindings in index.scopes[0].bindings.values()
        for each in bindings
        if isinstance(each.term, Imported)
        and absolute_name(each.term, index) is not None
        and (situation.index.module in _modules(each.term, absolute_name(each.term, index) or ""))
    ]
    bound = [each.line for each in index.scopes[0].bindings.get(name, ())]
    return bool(imports) and (not bound or min(bound) > min(imports))


def _modules(term: Imported, module: str) -> tuple[str, ...]:
    return (module, f"{module}.{term.member}") if term.member else (module,)
