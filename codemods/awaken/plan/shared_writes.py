"""State that outlives a function of the project, and what the function does to it.

In a thread a function runs beside the loop and beside itself, so what used to be one step is not one any more.
Storing a new object is still one step; reading something, deciding, and then storing is not, nor is going through
a container that somebody changes in place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.detect.loop_context import scopes_of
from awaken.index.summary import FileIndex, Scope, ScopeKind, Use
from awaken.index.terms import Attr, Call, Imported, Name, Scoped, Term
from awaken.plan.changes import MUTATORS

if TYPE_CHECKING:
    from collections.abc import Iterator

_VIEWS = frozenset(("items", "keys", "values", "copy"))
_MAKERS = frozenset(("__init__", "__new__", "__post_init__", "__set_name__"))


@dataclass(frozen=True, slots=True)
class Touch:
    """One use of shared state.

    Attributes:
        place: `self.x`, or the name of a variable of the module.
        line: where.
        kind: `read`, `look` (into it, which something follows from), `store`, `change` (in place) or `iterate`.
    """

    place: str
    line: int
    kind: str


def touches(index: FileIndex, function: Scope) -> tuple[Touch, ...]:
    """What a function does to `self` and to variables of its module, in the order of the text."""
    found = [
        touch
        for scope in scopes_of(index, function.number)
        for site in scope.sites
        for touch in _of_site(index, function, site.use, site.term, site.place.line)
    ]
    module = index.scopes[0]
    found += [
        Touch(name, binding.line, "store")
        for name in function.outer
        for binding in module.bindings.get(name, ())
        if binding.scope == function.number
    ]
    return tuple(sorted(found, key=lambda touch: (touch.line, touch.kind == "store")))


def windows(found: tuple[Touch, ...]) -> Iterator[tuple[str, int, int]]:
    """Places that are read and then stored, or looked into and then changed: the place, and both lines."""
    read: dict[str, int] = {}
    looked: dict[str, int] = {}
    for touch in found:
        before = {"store": {**read, **looked}, "change": looked}.get(touch.kind, {})
        if touch.place in before:
            yield touch.place, before[touch.place], touch.line
        elif touch.kind == "read":
            read.setdefault(touch.place, touch.line)
        elif touch.kind == "look":
            looked.setdefault(touch.place, touch.line)
        elif touch.kind == "store":
            read.pop(touch.place, None)
            looked.pop(touch.place, None)


def file_touches(index: FileIndex) -> dict[str, set[str]]:
    """How the functions of a file use each place, constructors aside."""
    found: dict[str, set[str]] = {}
    for scope in index.scopes:
        if scope.kind is ScopeKind.FUNCTION and scope.name not in _MAKERS:
            for touch in touches(index, scope):
                found.setdefault(touch.place, set()).add(touch.kind)
    return found


def is_maker(function: Scope) -> bool:
    """Whether a function makes the object that it works on, which nobody else has yet."""
    return function.name in _MAKERS


def _of_site(index: FileIndex, function: Scope, use: Use, term: Term, line: int) -> Iterator[Touch]:
    kind = _KINDS.get(use)
    if kind is not None:
        place = place_of(index, function, term)
        if place:
            yield Touch(place, line, kind)
        if kind == "iterate":
            yield from _viewed(index, function, term, line)
    elif use is Use.CALL and isinstance(term, Call):
        yield from _of_call(index, function, term, line)


def _viewed(index: FileIndex, function: Scope, term: Term, line: int) -> Iterator[Touch]:
    """`for k, v in self.items.items()`."""
    if isinstance(term, Call) and isinstance(term.func, Attr) and term.func.name in _VIEWS:
        place = place_of(index, function, term.func.base)
        if place:
            yield Touch(place, line, "iterate")


def _of_call(index: FileIndex, function: Scope, term: Call, line: int) -> Iterator[Touch]:
    if isinstance(term.func, Attr):
        place = place_of(index, function, term.func.base)
        if place:
            name = term.func.name
            kind = "change" if name in MUTATORS else "look" if name in _LOOKS else "read"
            yield Touch(place, line, kind)
    if isinstance(term.func, Name) and term.func.id in _AT_ONCE:
        return
    for argument in (*term.args, *(value for _, value in term.keywords)):
        place = place_of(index, function, argument)
        if place:
            yield Touch(place, line, "iterate")
        yield from _viewed(index, function, argument, line)


# They ask one thing of what they are given, in one step of the interpreter.
_AT_ONCE = frozenset(
    (
        *("len", "bool", "isinstance", "issubclass", "id", "type", "hash", "getattr", "hasattr"),
        *("list", "tuple", "dict", "set", "frozenset", "callable", "print", "int", "float"),
    )
)
_LOOKS = frozenset(("get", "index", "count", "__contains__"))
_KINDS = {
    Use.ATTRIBUTE: "read",
    Use.READ: "read",
    Use.TRUTH: "look",
    Use.CONTAINS: "look",
    Use.STORE: "store",
    Use.CHANGE: "change",
    Use.ITERATE: "iterate",
}


def place_of(index: FileIndex, function: Scope, term: Term) -> str:
    """`self.x` or `variable`, when a term names state that outlives the function; else empty."""
    names: list[str] = []
    while isinstance(term, Attr):
        names.append(term.name)
        term = term.base
    if not isinstance(term, Name):
        return ""
    owner = index.scopes[function.parent] if function.parent >= 0 else None
    method = owner is not None and owner.kind is ScopeKind.CLASS
    if method and function.parameters[:1] == (term.id,):
        return ".".join(("self", *reversed(names))) if names else ""
    if function.is_argument(term.id):
        return ".".join((f"{term.id}@{function.number}", *reversed(names))) if names else ""
    local = term.id in function.bindings and term.id not in function.outer
    if local or not (names or is_variable(index, term.id)):
        return ""
    return ".".join((term.id, *reversed(names)))


def shown(place: str) -> str:
    """A place as somebody would write it."""
    return re.sub(r"@\d+", "", place)


def is_variable(index: FileIndex, name: str) -> bool:
    """Whether a name is a variable of the module: no import, function or class, whose attributes may change."""
    bindings = index.scopes[0].bindings.get(name, ())
    return any(not isinstance(each.term, (Imported, Scoped)) for each in bindings)
