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
from awaken.index.terms import (
    Attr,
    Call,
    Constant,
    Display,
    Imported,
    Item,
    Name,
    Scoped,
    Term,
)
from awaken.plan.windows.changes import MUTATORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import Binding, Site

_VIEWS = frozenset(("items", "keys", "values", "copy"))
_MAKERS = frozenset(("__init__", "__new__", "__post_init__", "__set_name__"))
# Their first parameter is the class, whatever it is called.
_OF_THE_CLASS = frozenset(("__new__", "__init_subclass__", "__class_getitem__"))
_OWN, _CLASS = "self.", "self.__class__."
_SETS = frozenset(("store", "change"))
_BY_NAME = {"hasattr": "look", "getattr": "read", "setattr": "store", "delattr": "store"}


@dataclass(frozen=True, slots=True)
class Touch:
    """One use of shared state.

    Attributes:
        place: `self.x`, `self.__class__.x`, the name of a variable of the module, or `name@scope` for a parameter.
        line: where.
        kind: `read`, `look` (into it, which something follows from), `store`, `change` (in place) or `iterate`.
    """

    place: str
    line: int
    kind: str

    @property
    def parameter(self) -> str:
        """The name of the parameter that it touches; empty for anything else."""
        return self.place.partition("@")[0] if "@" in self.place else ""


def touches(index: FileIndex, function: Scope) -> tuple[Touch, ...]:
    """What a function does to `self`, to its arguments and to variables of its module, in the order of the text."""
    reader = _Reader(index, function, _containers(index, function))
    found = [
        touch
        for scope in scopes_of(index, function.number)
        for site in scope.sites
        for touch in reader.of_site(site)
    ]
    module = index.scopes[0]
    found += [
        Touch(name, binding.line, "store")
        for name in function.outer
        for binding in module.bindings.get(name, ())
        if binding.scope == function.number
    ]
    return tuple(sorted(found, key=lambda touch: (touch.line, touch.kind in _SETS)))


def outlasting(found: tuple[Touch, ...], *, fresh: bool, made: frozenset[str]) -> tuple[Touch, ...]:
    """Those uses that others can see.

    Args:
        found: what a function does.
        fresh: whether nobody else has its `self`.
        made: its parameters that are given objects which nobody else has.
    """
    of_class = {
        each.place.removeprefix(_CLASS)
        for each in found
        if each.place.startswith(_CLASS) and each.kind in _SETS
    }
    return tuple(
        each
        for each in found
        if each.parameter not in made
        and not (fresh and _is_own(each.place) and each.place[len(_OWN) :] not in of_class)
    )


def _is_own(place: str) -> bool:
    return place.startswith(_OWN) and not place.startswith(_CLASS)


def windows(found: tuple[Touch, ...]) -> Iterator[tuple[str, int, int]]:
    """Places that are read and then stored, or looked into and then changed: the place, and both lines."""
    read: dict[str, int] = {}
    looked: dict[str, int] = {}
    for touch in found:
        # an object shows what its class has
        place = touch.place.replace(_CLASS, _OWN)
        before = {"store": {**read, **looked}, "change": looked}.get(touch.kind, {})
        if place in before:
            yield touch.place, before[place], touch.line
        elif touch.kind == "read":
            read.setdefault(place, touch.line)
        elif touch.kind == "look":
            looked.setdefault(place, touch.line)
        elif touch.kind == "store":
            read.pop(place, None)
            looked.pop(place, None)


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


def shown(place: str) -> str:
    """A place as somebody would write it."""
    return re.sub(r"@\d+", "", place).replace(f".{_ITEM}", _ITEM)


def is_variable(index: FileIndex, name: str) -> bool:
    """Whether a name is a variable of the module: no import, function or class, whose attributes may change."""
    bindings = index.scopes[0].bindings.get(name, ())
    return any(not isinstance(each.term, (Imported, Scoped)) for each in bindings)


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
_ITEM = "[...]"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the uses of one function.

    Attributes:
        index: the file.
        function: the function.
        containers: its parameters that it takes items of.
    """

    index: FileIndex
    function: Scope
    containers: frozenset[str]

    def of_site(self, site: Site) -> Iterator[Touch]:
        """What one use does to state that outlives the function."""
        use, term, line = site.use, site.term, site.place.line
        kind = _KINDS.get(use)
        if kind is not None:
            yield from self._touch(term, line, kind)
            if kind == "iterate":
                yield from self._viewed(term, line)
        elif use is Use.INDEX and isinstance(term, Item):
            yield from self._touch(term.base, line, "look")
        elif use is Use.CALL and isinstance(term, Call):
            yield from self._of_call(term, line)

    def _touch(self, term: Term, line: int, kind: str) -> Iterator[Touch]:
        place = self._place(term, line)
        if place:
            yield Touch(place, line, kind)

    def _viewed(self, term: Term, line: int) -> Iterator[Touch]:
        """`for k, v in self.items.items()`."""
        if isinstance(term, Call) and isinstance(term.func, Attr) and term.func.name in _VIEWS:
            yield from self._touch(term.func.base, line, "iterate")

    def _of_call(self, term: Call, line: int) -> Iterator[Touch]:
        if isinstance(term.func, Attr):
            name = term.func.name
            kind = "change" if name in MUTATORS else "look" if name in _LOOKS else "read"
            yield from self._touch(term.func.base, line, kind)
        if isinstance(term.func, Name):
            yield from self._by_name(term.func.id, term.args, line)
            if term.func.id in _AT_ONCE:
                return
        for argument in (*term.args, *(value for _, value in term.keywords)):
            yield from self._touch(argument, line, "iterate")
            yield from self._viewed(argument, line)

    def _by_name(self, builtin: str, args: tuple[Term, ...], line: int) -> Iterator[Touch]:
        """`hasattr(load, "cache")`."""
        name = args[1] if len(args) > 1 else None
        if builtin in _BY_NAME and isinstance(name, Constant) and isinstance(name.value, str):
            yield from self._touch(Attr(args[0], name.value), line, _BY_NAME[builtin])

    def _place(self, term: Term, line: int) -> str:
        """`self.x`, `variable` or `argument.x`, when a term names state that outlives the function; else empty."""
        names: list[str] = []
        while not isinstance(term, Name):
            if isinstance(term, Attr):
                names.append(term.name)
                term = term.base
            elif isinstance(term, Item):
                names.append(_ITEM)
                term = term.base
            elif isinstance(term, Call) and term.func == Name("type") and len(term.args) == 1:
                names.append("__class__")
                term = term.args[0]
            else:
                return ""
        root = self._root(term.id, line, alone=not names)
        return ".".join((root, *reversed(names))) if root else ""

    def _root(self, name: str, line: int, *, alone: bool) -> str:
        """What a place begins with; empty for what belongs to the function."""
        function = self.function
        owner = self.index.scopes[function.parent] if function.parent >= 0 else None
        method = owner is not None and owner.kind is ScopeKind.CLASS
        if method and function.parameters[:1] == (name,):
            return "" if alone else _first_parameter(function)
        if function.is_argument(name):
            shared = not alone or name in self.containers
            rebound = any(_is_new(each, line) for each in function.bindings[name])
            return f"{name}@{function.number}" if shared and not rebound else ""
        if name in function.bindings and name not in function.outer:
            return ""
        return name if not alone or is_variable(self.index, name) else ""


def _first_parameter(function: Scope) -> str:
    of_class = function.name in _OF_THE_CLASS or Name("classmethod") in function.decorators
    return _CLASS[:-1] if of_class else _OWN[:-1]


def _is_new(binding: Binding, line: int) -> bool:
    """Whether a parameter has been bound to something new above a line: `headers = dict(headers)`."""
    above = binding.column >= 0 and binding.line < line and binding.suite == 0
    return above and isinstance(binding.term, (Call, Constant, Display))


def _containers(index: FileIndex, function: Scope) -> frozenset[str]:
    """Parameters whose items a function takes or sets, so that they hold something."""
    found: set[str] = set()
    for scope in scopes_of(index, function.number):
        for site in scope.sites:
            term = site.term.base if isinstance(site.term, Item) else site.term
            if site.use in (Use.INDEX, Use.CONTAINS, Use.CHANGE) and isinstance(term, Name):
                found.add(term.id)
    return frozenset(filter(function.is_argument, found))
