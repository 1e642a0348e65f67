"""From an annotation to the values that it promises."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from awaken.index.expressions import parsed_annotation
from awaken.index.summary import ScopeKind
from awaken.index.terms import Attr, Call, Constant, Display, Item, Name, Operation, Term, last_part
from awaken.resolve.containers import is_container
from awaken.resolve.values import (
    ANYTHING,
    NONE,
    UNKNOWN,
    Awaitable,
    Defined,
    External,
    Hint,
    Instance,
    Value,
    is_none,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver

_SAYS_NOTHING = frozenset(
    {"Any", "ClassVar", "Final", "Optional", "Union", "Annotated", "Callable", "Type", "object"}
)
_TRANSPARENT = frozenset(
    {"Optional", "Annotated", "Final", "ClassVar", "Required", "NotRequired", "Mapped", "ReadOnly"}
)
_TYPING = ("typing.", "typing_extensions.", "collections.abc.", "asyncio.")


def promised(resolver: Resolver, term: Term, where: Where) -> frozenset[Value]:
    """The values that something annotated with `term` may be; UNKNOWN among them where it does not tell.

    `Optional[X]`, `X | None`, `Union[X, Y]`, `Annotated[X, ...]`, strings, aliases, bounds of type variables
    are looked through. None is left out where something else is promised, too.
    """
    found = frozenset(_promised(resolver, term, where._replace(typing=True, line=None)))
    return frozenset(value for value in found if not is_none(value)) or found or ANYTHING


def alias(resolver: Resolver, term: Item | Operation, where: Where) -> Hint | None:
    """What a subscript or a `|` stands for where it names a type (`Maybe = Optional[Path]`), else None."""
    if isinstance(term, Operation):
        sides = [resolver.values(side, where) for side in (term.left, term.right)]
        classes = all(side and all(_is_type(resolver, value) for value in side) for side in sides)
        return Hint(promised(resolver, term, where)) if classes else None
    bases = resolver.values(term.base, where)
    if bases and all(_takes_arguments(resolver, base) for base in bases):
        return Hint(promised(resolver, term, where))
    return None


def annotated_with(term: Term) -> tuple[Call, ...]:
    """The calls in the metadata of `Annotated[X, f(...)]`."""
    if isinstance(term, Constant) and isinstance(term.value, str):
        term = _quoted(term.value) or term
    if isinstance(term, Item) and last_part(term.base) == "Annotated":
        return tuple(each for each in _arguments(term)[1:] if isinstance(each, Call))
    return ()


def _promised(resolver: Resolver, term: Term, where: Where) -> Iterator[Value]:
    if isinstance(term, Constant) and isinstance(term.value, str):
        quoted = _quoted(term.value)
        yield from _promised(resolver, quoted, where) if quoted else (UNKNOWN,)
    elif isinstance(term, Constant) and term.type == "NoneType":
        yield NONE
    elif isinstance(term, Operation) and term.operator == "BitOr":
        yield from _promised(resolver, term.left, where)
        yield from _promised(resolver, term.right, where)
    elif isinstance(term, Item):
        yield from _subscripted(resolver, term, where)
    elif isinstance(term, (Name, Attr)) and last_part(term) == "Self":
        yield _own_instance(resolver, where)
    elif isinstance(term, (Name, Attr)) and last_part(term) not in _SAYS_NOTHING:
        for value in resolver.values(term, where):
            yield from _instances(resolver, value, (), where)
    else:
        yield UNKNOWN


def _subscripted(resolver: Resolver, term: Item, where: Where) -> Iterator[Value]:
    name = last_part(term.base)
    arguments = _arguments(term)
    if not arguments:
        yield UNKNOWN
    elif name == "Union":
        for argument in arguments:
            yield from _promised(resolver, argument, where)
    elif name in _TRANSPARENT:
        yield from _promised(resolver, arguments[0], where)
    elif name in _ABOUT and _is_form(resolver, term.base, where):
        place, made = _ABOUT[name]
        given = arguments[place] if place < len(arguments) else Constant("ellipsis")
        yield from map(made, promised(resolver, given, where))
    else:
        for value in resolver.values(term.base, where):
            yield from _instances(resolver, value, arguments, where)


def _is_form(resolver: Resolver, base: Term, where: Where) -> bool:
    """Whether a name is that of a form of `typing`, and not of another thing: `concurrent.futures.Future`."""
    return all(
        value.name.startswith((*_TYPING, "builtins."))
        if isinstance(value, External)
        else not isinstance(value, Defined)
        for value in resolver.values(base, where)
    )


def _class_of(value: Value) -> Value:
    return value.of if isinstance(value, Instance) else UNKNOWN


def _giving(value: Value) -> Value:
    """Something that gives a value when it is called."""
    return Hint(frozenset({value}))


# Which argument they are about, and what they promise of it.
_ABOUT: Mapping[str, tuple[int, Callable[[Value], Value]]] = {
    "Type": (0, _class_of),
    "type": (0, _class_of),
    "Callable": (1, _giving),
    "Awaitable": (0, Awaitable),
    "Future": (0, Awaitable),
    "Task": (0, Awaitable),
    "Coroutine": (2, Awaitable),
}
_FORMS = _TRANSPARENT | {"Union"} | _ABOUT.keys()


def _instances(
    resolver: Resolver, value: Value, arguments: tuple[Term, ...], where: Where
) -> Iterator[Value]:
    """The instances of one class that an annotation names, with its type arguments."""
    if isinstance(value, Hint):
        yield from value.instances
    elif isinstance(value, External):
        known = resolver.catalogue.type(value.name)
        kind = External(known.name) if known else value
        held = _held(resolver, arguments, where) if is_container(value) else ()
        yield Instance(kind, _element(resolver, arguments, where), held)
    elif isinstance(value, Defined) and resolver.is_class(value):
        yield Instance(value, _element(resolver, arguments, where))
    else:
        yield NONE if is_none(value) else UNKNOWN


def _held(
    resolver: Resolver, arguments: tuple[Term, ...], where: Where
) -> tuple[frozenset[Value], ...]:
    given = (each for each in arguments if each != Constant("ellipsis"))
    return tuple(promised(resolver, argument, where) for argument in given)


def _element(resolver: Resolver, arguments: tuple[Term, ...], where: Where) -> Value | None:
    """The class of the first type argument, where it names one only."""
    if not arguments:
        return None
    found = [
        value.of for value in promised(resolver, arguments[0], where) if isinstance(value, Instance)
    ]
    return min(found, key=repr) if found else None


def _own_instance(resolver: Resolver, where: Where) -> Value:
    """`Self`: the class around the place, or whichever inherits from it."""
    index = resolver.file(where.path)
    number = where.scope
    while index is not None and number >= 0:
        scope = index.scopes[number]
        if scope.kind is ScopeKind.CLASS:
            return Instance(Defined(index.path, number), itself=True)
        number = scope.parent
    return UNKNOWN


def _is_type(resolver: Resolver, value: Value) -> bool:
    if isinstance(value, External):
        return value.name.startswith("builtins.") or resolver.catalogue.type(value.name) is not None
    if isinstance(value, Defined):
        return resolver.is_class(value)
    return isinstance(value, Hint) or is_none(value)


def _takes_arguments(resolver: Resolver, value: Value) -> bool:
    if isinstance(value, Defined):
        return resolver.is_class(value)
    return isinstance(value, External) and (
        is_container(value)
        or (value.name.rpartition(".")[2] in _FORMS and value.name.startswith(_TYPING))
        or value.name == "builtins.type"
        or resolver.catalogue.type(value.name) is not None
    )


def _arguments(term: Item) -> tuple[Term, ...]:
    index = term.index
    return index.items if isinstance(index, Display) and index.type == "tuple" else (index,)


@cache
def _quoted(text: str) -> Term | None:
    return parsed_annotation(text)
