"""Whether an object was made in a function itself, or came in from outside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from awaken.index.summary import ScopeKind
from awaken.index.terms import (
    Attr,
    Awaited,
    Call,
    Declared,
    Display,
    Either,
    Element,
    Entered,
    Imported,
    Item,
    Name,
    Part,
    Scoped,
    Term,
)
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Bound, Defined, External, Instance, Method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.index.summary import Binding, FileIndex, Scope
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_WRAPPERS = (Entered, Awaited, Element, Part)
_LINKS = (Attr, Item, *_WRAPPERS)
_DEEPEST = 8
# Class decorators that leave making instances as it is.
_DATA_CLASSES = frozenset(
    ("dataclass", "dataclasses", "attr", "attrs", "define", "frozen", "final")
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Tells for the terms of one function where their values come from.

    Attributes:
        resolver: knows the project.
        index: the file.
        function: the function or lambda.
        depth: how many names and calls have been followed to get here.
        made: parameters of the function that are known to be given new objects.
    """

    resolver: Resolver
    index: FileIndex
    function: Scope
    depth: int = 0
    made: frozenset[str] = frozenset()

    def is_made(self, term: Term) -> bool:
        """Whether nobody outside of the function has what a chain of attributes, items and calls stands for."""
        start = _start(term)
        if isinstance(start, Either) and self.depth <= _DEEPEST:
            below = replace(self, depth=self.depth + 1)
            return all(below.is_made(each) for each in start.options)
        if isinstance(start, Display) and _takes_a_part(term, start):
            return self._holds_new(start)
        if not isinstance(start, Name) or self._is_foreign_product(term):
            return True
        if self.depth > _DEEPEST:
            return False
        scope = self._scope_of(start.id)
        if scope is None:
            return True  # a builtin, such as `open`
        found = scope.bindings[start.id]
        if any(isinstance(each.term, (Imported, Scoped)) for each in found):
            # A module, class or function, unless an object is imported by its name.
            call = _first_call(term)
            return call is not None and self._makes(call, taken=_takes_a_part(term, call))
        inside = scope.number == self.function.number
        return inside and all(self._is_bound_to_new(start.id, each) for each in found)

    def _is_foreign_product(self, term: Term) -> bool:
        """Whether the last call of a chain makes something new of a known library: `path.open()`."""
        call = next((each for each in _chain(term) if isinstance(each, Call)), None)
        if call is None:
            return False
        where = Where(self.index.path, self.function.number)
        values = self.resolver.values(call.func, where)
        made = [self._promised(value) for value in values]
        return bool(made) and all(each not in (None, "self", "element") for each in made)

    def _promised(self, value: Value) -> str | None:
        """What the catalogue says that calling a value gives."""
        if isinstance(value, Method):
            return value.entry.returns
        if isinstance(value, Instance) and isinstance(value.of, External):
            entry = self.resolver.catalogue.member(value.of.name, "__call__")
            return entry.returns if entry else None
        return None

    def _scope_of(self, name: str) -> Scope | None:
        """The scope whose variable a name is."""
        scope = self.function
        while name not in scope.bindings or name in scope.outer:
            parent = scope.parent
            while parent >= 0 and self.index.scopes[parent].kind is ScopeKind.CLASS:
                parent = self.index.scopes[parent].parent
            if parent < 0:
                return None
            scope = self.index.scopes[parent]
        return scope

    def _is_bound_to_new(self, name: str, binding: Binding) -> bool:
        if binding.column < 0:
            return name in self.made
        return replace(self, depth=self.depth + 1).is_made(binding.term)

    def _holds_new(self, term: Term) -> bool:
        """Whether the items of a display are as new as it is itself."""
        items = (*term.items, *term.values) if isinstance(term, Display) else ()
        return all(map(self.is_made, items))

    def _makes(self, call: Call, *, taken: bool) -> bool:
        """Whether a call gives a new object: that of a class does; a function may give one that it keeps.

        Args:
            call: the call.
            taken: whether it is about what is taken out of it.
        """
        where = Where(self.index.path, self.function.number)
        return all(self._gives_new(each, taken) for each in self.resolver.values(call.func, where))

    def _gives_new(self, value: Value, taken: bool) -> bool:
        function = value.function if isinstance(value, Bound) else value
        if not isinstance(function, Defined):
            return True
        index = self.resolver.file(function.path)
        scope = index.scopes[function.scope] if index else None
        if index is None or scope is None:
            return False
        if scope.kind is ScopeKind.CLASS:
            return not self._may_be_kept(function)
        if scope.decorators:
            return False  # such as a cache
        inner = Origin(self.resolver, index, scope, self.depth + 1)
        return bool(scope.returns) and all(
            inner.is_made(each) and (not taken or inner._holds_new(each)) for each in scope.returns
        )

    def _may_be_kept(self, owner: Defined) -> bool:
        """Whether a class may give an object that it has given before."""
        for base in self.resolver.members.ancestry(owner):
            scope = self.resolver.scope(base) if isinstance(base, Defined) else None
            if scope is None:
                continue
            named = {root_name(each) for each in scope.decorators}
            if "__new__" in scope.bindings or scope.metaclass or named - _DATA_CLASSES:
                return True
        return False


def _takes_a_part(term: Term, whole: Term) -> bool:
    """Whether a chain takes an item out of what one of its links stands for."""
    for link in _chain(term):
        if link is whole:
            return False
        if isinstance(link, (Element, Item, Part)):
            return True
    return False


def _first_call(term: Term) -> Call | None:
    """The first call in the order of evaluation."""
    calls = [each for each in _chain(term) if isinstance(each, Call)]
    return calls[-1] if calls else None


def _start(term: Term) -> Term:
    """What a chain starts with."""
    *_, start = _chain(term)
    return start


def _chain(term: Term) -> Iterator[Term]:
    """The links of a chain of attributes, items and calls, the last one first."""
    while True:
        yield term
        if isinstance(term, Declared):
            term = term.value
        elif isinstance(term, Call):
            term = term.func
        elif isinstance(term, _LINKS):
            term = term.base
        else:
            return


def root_name(term: Term) -> str:
    """The name that a chain of attributes, items and calls starts with; empty for any other start."""
    start = _start(term)
    return start.id if isinstance(start, Name) else ""
