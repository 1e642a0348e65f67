"""Parameters that a framework fills, of functions that say nothing of them: whose `request` is it?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.index.terms import Call, Imported, Name
from awaken.resolve.evaluation import Where
from awaken.resolve.registered import registered_with
from awaken.resolve.values import ANYTHING, NOTHING, Defined, External, Instance, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.schema import Convention
    from awaken.index.summary import FileIndex, Scope
    from awaken.index.terms import Argument
    from awaken.resolve.resolver import Resolver


def handed(resolver: Resolver, index: FileIndex, term: Argument) -> frozenset[Value]:
    """What frameworks call a function with: as the catalogue has it, else as everybody calls it.

    Args:
        resolver: knows the project.
        index: the file that the function stands in.
        term: the parameter, which its annotation says nothing of.
    """
    function = index.scopes[term.scope]
    if function.kind is not ScopeKind.FUNCTION or Name("staticmethod") in function.decorators:
        return ANYTHING
    owner = _class_of(index, function)
    position = term.position - (owner is not None)
    if position < 0 or term.position >= len(function.parameters):
        return ANYTHING
    if owner is not None:
        known = _by_class(resolver, owner, function.name, position)
    else:
        known = _by_decorators(resolver, index, function, position)
    if known or term.annotation is not None:
        return known or ANYTHING
    return _by_file(resolver, index, function, term.position, owner) or ANYTHING


def _class_of(index: FileIndex, function: Scope) -> Defined | None:
    """The class that a function is a method of."""
    around = index.scopes[function.parent] if function.parent >= 0 else None
    if around is None or around.kind is not ScopeKind.CLASS:
        return None
    return Defined(index.path, around.number)


def _instance(types: tuple[str, ...], position: int) -> frozenset[Value]:
    name = types[position] if position < len(types) else ""
    return frozenset({Instance(External(name))}) if name else NOTHING


def _by_class(resolver: Resolver, owner: Defined, method: str, position: int) -> frozenset[Value]:
    """A handler of a class that a framework knows: `get()` of a view."""
    for base in resolver.members.ancestry(owner):
        for known in resolver.catalogue.ancestry(base.name) if isinstance(base, External) else ():
            if method in known.handed:
                return _instance(known.handed[method], position)
    return NOTHING


def _by_decorators(
    resolver: Resolver, index: FileIndex, function: Scope, position: int
) -> frozenset[Value]:
    """`@require_POST` stands above views only."""
    where = Where(index.path, max(function.parent, 0))
    for decorator in function.decorators:
        term = decorator.func if isinstance(decorator, Call) else decorator
        for value in resolver.values(term, where):
            entry = resolver.catalogue.call(value.name) if isinstance(value, External) else None
            if entry is not None and entry.handed and entry.registers is None:
                return _instance(entry.handed, position)
    return NOTHING


def _by_file(
    resolver: Resolver, index: FileIndex, function: Scope, number: int, owner: Defined | None
) -> frozenset[Value]:
    """As everybody calls it, in a file that imports the framework; else by where URLs are told."""
    conventions = resolver.kept(
        resolver.conventions, index.path, partial(_of_file, resolver, index)
    )
    if conventions is None:
        return NOTHING
    position = number - (owner is not None)
    for each in conventions:
        if (
            each.position == position
            and each.parameter in ("", function.parameters[number])
            and _is_for(index, each, function, owner)
        ):
            return _instance((each.type,), 0)
    if owner is not None:
        return NOTHING
    return _instance(registered_with(resolver, Defined(index.path, function.number)), position)


def _of_file(resolver: Resolver, index: FileIndex) -> tuple[Convention, ...] | None:
    """The conventions that hold in a file; None where it imports no library that has any."""
    imported = frozenset(_imported(index))
    roots = frozenset(name.partition(".")[0] for name in imported)
    conventions = resolver.catalogue.conventions(roots)
    if not conventions:
        return None
    return tuple(
        each
        for each in conventions
        if roots.isdisjoint(each.others) and any(_is_below(name, each.imports) for name in imported)
    )


def _imported(index: FileIndex) -> Iterator[str]:
    """Qualified names of everything foreign that a file imports, wherever that stands."""
    for scope in index.scopes:
        for bindings in scope.bindings.values():
            for binding in bindings:
                if isinstance(binding.term, Imported) and binding.term.level == 0:
                    yield ".".join(filter(None, (binding.term.module, binding.term.member)))
    yield from (star.module for star in index.stars if star.level == 0)


def _is_below(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def _is_for(
    index: FileIndex, convention: Convention, function: Scope, owner: Defined | None
) -> bool:
    if owner is None:
        return not convention.methods
    if function.name not in convention.methods:
        return False
    return not convention.made_with or convention.made_with == _made_with(index, owner)


def _made_with(index: FileIndex, owner: Defined) -> tuple[str, ...]:
    """The parameters of the `__init__` that a class defines, without `self`."""
    return next(
        (
            scope.parameters[1:]
            for scope in index.scopes
            if scope.parent == owner.scope and scope.name == "__init__"
        ),
        (),
    )
