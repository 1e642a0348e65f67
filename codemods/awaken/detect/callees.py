"""Which functions of the project a use of a value runs, there and then.

Source of the rules: the language reference on calls, `with`, iteration and special methods. Calling a coroutine
function or a generator function runs nothing yet, and what is handed to a thread or to a framework is not called.
"""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from awaken.detect.blocking import CONSUMERS, SHAPES, callable_entry, joins
from awaken.detect.finding import Shape
from awaken.detect.handed_functions import handed_functions
from awaken.index.summary import Scope, ScopeKind, Site, Use
from awaken.index.terms import Attr, Call, Constant, Item, Name, Term
from awaken.resolve.decorators import Kind, decorated
from awaken.resolve.evaluation import Where
from awaken.resolve.values import (
    Awaitable,
    Bound,
    Defined,
    External,
    Generated,
    Instance,
    Managed,
    Method,
    Super,
    Value,
    is_none,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from awaken.resolve.hierarchy import Hierarchy
    from awaken.resolve.resolver import Resolver

_BUILTINS = "builtins."
# Builtins that call their first argument while their result is consumed.
_APPLYING = frozenset(("builtins.map", "builtins.filter"))
# Builtins whose result goes through their arguments while it is consumed itself.
_PASSING = frozenset(("builtins.enumerate", "builtins.zip", "builtins.reversed", "builtins.iter"))
# Builtins that make a text of each of their arguments.
_SHOWING = frozenset(("builtins.str", "builtins.print"))
_CACHES = frozenset((External("functools.cache"), External("functools.lru_cache")))
_CONSTRUCTORS = ("__new__", "__init__", "__post_init__", "__attrs_post_init__", "model_post_init")


class Target(NamedTuple):
    """A function of the project that is run.

    Attributes:
        function: the function.
        owner: the class of its `self`, where that is known.
        around: whether a decorator has made it: it runs around another function, which is a target of its own.
        given: parameters that hold functions which are targets of their own.
    """

    function: Defined
    owner: Defined | None = None
    around: bool = False
    given: frozenset[str] = frozenset()


Targets = frozenset[Target]
_NONE: Targets = frozenset()


class DoubtError(Exception):
    """A value that may be anything takes part: what runs is not guessed."""


class Run(NamedTuple):
    """The functions of the project that one use runs, and how they are run."""

    targets: tuple[Target, ...]
    shape: Shape


class Own(NamedTuple):
    """A use of a method or property of `self`, which another class may override."""

    use: Use
    name: str


class Callees:
    """Answers which functions of the project run where a value is used.

    Args:
        resolver: knows the project.
        hierarchy: knows who overrides a method.
    """

    def __init__(self, resolver: Resolver, hierarchy: Hierarchy) -> None:
        self._resolver = resolver
        self._hierarchy = hierarchy

    def of(self, site: Site, where: Where) -> Run | None:
        """What a use runs, or None where it runs nothing of the project, or nobody can tell.

        Args:
            site: the use.
            where: the place from which its names are looked up.
        """
        rule = _RULES.get(site.use)
        if rule is None or site.awaited:
            return None
        try:
            targets, shape = rule(self, site.term, where)
        except DoubtError:
            return None
        return Run(tuple(sorted(targets, key=_order)), shape) if targets else None

    def on(self, owner: Defined, own: Own, behind: Defined | None) -> tuple[Target, ...]:
        """What a use of a method or property of `self` runs when `self` is of a certain class.

        Args:
            owner: the class.
            own: the use.
            behind: the class whose method uses it of `super()`; None when it is used of `self`.
        """
        instance = Instance(owner)
        members = self._resolver.members
        try:
            if behind is not None:
                values = members.of_super(Super(behind, instance, in_coroutine=False), own.name)
                found = frozenset().union(*(self.when_called(value) for value in values))
            elif own.use in (Use.ATTRIBUTE, Use.STORE):
                found = self._property(instance, own.name, sets=own.use is Use.STORE)
            else:
                values = members.of_instance(instance, own.name)
                found = frozenset().union(*(self.when_called(value) for value in values))
        except DoubtError:
            return ()
        return tuple(sorted(found, key=_order))

    def overridden(self, target: Target) -> bool:
        """Whether a class of the project has another method in the place of one that is run."""
        return bool(self._hierarchy.overrides(target.function, target.owner))

    def classes_below(self, value: Defined) -> Iterator[Defined]:
        """Every class of the project that inherits from one, near or far."""
        return self._hierarchy.below(value)

    def overriding(self, target: Target) -> tuple[Target, ...]:
        """The methods that run in the place of one where its object is of a class below the known one."""
        found: set[Target] = set()
        for each in self._hierarchy.overrides(target.function, target.owner):
            try:
                found |= self._plain(each, self._class_of(each))
            except DoubtError:
                continue
        return tuple(sorted(found, key=_order))

    def below(self, owner: Defined, own: Own) -> tuple[Target, ...]:
        """What a use runs that the class of its object does not have, but classes below it do."""
        found = (self.on(each, own, None) for each in self._hierarchy.below(owner))
        return tuple(dict.fromkeys(target for targets in found for target in targets))

    def when_called(self, value: Value) -> Targets:
        """What calling a value runs.

        Raises:
            DoubtError: when that cannot be told.
        """
        if isinstance(value, Bound):
            return self._dispatched(value)
        if isinstance(value, Defined):
            scope = self._resolver.scope(value)
            if scope is not None and scope.kind is ScopeKind.CLASS:
                return self._constructed(value)
            return self._plain(value)
        if isinstance(value, Instance) and isinstance(value.of, Defined):
            return self.special(value, "__call__")
        if isinstance(value, Method):
            return self._run_by(value)
        if isinstance(value, External) and (
            _is_standard(value.name) or callable_entry(self._resolver, value)
        ):
            return _NONE
        raise DoubtError

    def _run_by(self, value: Method) -> Targets:
        """The methods of the project that a method of a library runs (`form.clean_title` by `form.is_valid`)."""
        receiver = value.receiver
        if receiver is None or not value.entry.runs or not isinstance(receiver.of, Defined):
            return _NONE
        return self.special(receiver, *self._named(receiver.of, value.entry.runs))

    def _named(self, owner: Defined, patterns: Iterable[str]) -> Iterator[str]:
        """The names that a class of the project, or a base of it there, has of some names and beginnings."""
        for base in self._resolver.members.lineage(owner):
            scope = self._resolver.scope(base) if isinstance(base, Defined) else None
            for name in sorted(scope.bindings if scope is not None else ()):
                if any(fnmatchcase(name, pattern) for pattern in patterns):
                    yield name

    def special(self, value: Value, *names: str) -> Targets:
        """What special methods of an instance run, as far as the project defines them."""
        found: set[Target] = set()
        if isinstance(value, Instance) and isinstance(value.of, Defined):
            for name in names:
                for member in self._resolver.members.of_instance(value, name):
                    if isinstance(member, Bound):
                        found |= self._dispatched(member)
        return frozenset(found)

    # -- calls

    def _dispatched(self, value: Bound) -> Targets:
        """A method; an abstract one stands for those that implement it."""
        owner = value.receiver.of if isinstance(value.receiver.of, Defined) else None
        if not self._hierarchy.is_abstract(value.function):
            return self._plain(value.function, owner)
        implementers = self._hierarchy.overrides(value.function, owner)
        return frozenset().union(
            *(self._plain(each, self._class_of(each)) for each in implementers)
        )

    def _class_of(self, function: Defined) -> Defined | None:
        scope = self._resolver.scope(function)
        return Defined(function.path, scope.parent) if scope and scope.parent >= 0 else None

    def _plain(self, function: Defined, owner: Defined | None = None) -> Targets:
        scope = self._resolver.scope(function)
        if scope is None or scope.kind not in (ScopeKind.FUNCTION, ScopeKind.LAMBDA):
            raise DoubtError
        decoration = decorated(self._resolver, function)
        if decoration.kind is Kind.UNKNOWN:
            raise DoubtError
        runs = decoration.kind is Kind.PLAIN and not scope.is_async and not scope.yields
        runs = runs and not self._is_remembered(function, scope)
        wrappers = (Target(each, around=True) for each in decoration.wrappers)
        return frozenset((Target(function, owner), *wrappers)) if runs else _NONE

    def _is_remembered(self, function: Defined, scope: Scope) -> bool:
        """Whether a cached function has been called when its module was imported (`CONTEXT = context()`)."""
        outside = Where(function.path, max(scope.parent, 0))
        found = (self._resolver.values(each, outside) for each in scope.decorators)
        if not any(values & _CACHES for values in found):
            return False
        index = self._resolver.file(function.path)
        if index is None:
            return False
        itself = Name(scope.name)
        callers = [
            each for each in index.scopes if any(_calls(site, itself) for site in each.sites)
        ]
        names = [itself, *(Name(each.name) for each in callers)]
        terms = (each.term for found in index.scopes[0].bindings.values() for each in found)
        return any(isinstance(term, Call) and term.func in names for term in terms)

    def _constructed(self, value: Defined) -> Targets:
        """What making an object runs; it is of that class and of no other."""
        found: set[Target] = set()
        for name in _CONSTRUCTORS:
            for member in self._resolver.members.of_instance(Instance(value), name):
                if isinstance(member, Bound):
                    found |= self._plain(member.function, value)
        return frozenset(found)

    def called(self, term: Term, where: Where) -> tuple[Targets, Shape]:
        if not isinstance(term, Call):
            raise DoubtError
        values = list(self._certain(term.func, where))
        runs = [self.when_called(value) for value in values]
        names = {value.name for value in values if isinstance(value, External)}
        consumed = self._consumed(term, names, where)
        keyed = self._keyed(term, where)
        shape = Shape.CONSUME if consumed else Shape.CALL
        found = self._with_handed(frozenset().union(*runs), term, values, where)
        return found.union(consumed, keyed), shape

    def _with_handed(
        self, found: Targets, term: Call, called: Iterable[Value], where: Where
    ) -> Targets:
        """These functions, and those that are handed to them and called by them."""
        run = {each.function for each in found}
        for handed in handed_functions(self._resolver, term, called):
            if handed.to not in run:
                continue  # a coroutine function, or a generator: it calls nothing yet
            try:
                functions = self._callback(handed.argument, where)
            except DoubtError:
                continue
            if functions:
                given = frozenset((handed.parameter,))
                found = functions.union(
                    each._replace(given=each.given | given) if each.function == handed.to else each
                    for each in found
                )
        return found

    def _consumed(self, term: Call, names: Iterable[str], where: Where) -> Targets:
        """`list(rows())`, `", ".join(map(f, xs))`: what goes through the first argument."""
        protocols = {CONSUMERS.get(name.removeprefix(_BUILTINS), "") for name in names}
        if joins(term):
            protocols = {"__iter__"}
        if not term.args:
            return _NONE
        found = self.iterated(term.args[0], where) if "__iter__" in protocols else _NONE
        others = protocols - {"", "__iter__"}
        if others:
            for value in self._certain(term.args[0], where):
                found |= self.special(value, *others)
        if "functools.reduce" in names:
            found |= self._callback(term.args[0], where)
        if not _SHOWING.isdisjoint(names):
            values = (each for argument in term.args for each in self._certain(argument, where))
            found = found.union(*map(self.shown, values))
        return found

    def _keyed(self, term: Call, where: Where) -> Targets:
        """`sorted(xs, key=f)`, `xs.sort(key=f)`."""
        name = term.func.name if isinstance(term.func, Attr) else getattr(term.func, "id", "")
        key = dict(term.keywords).get("key")
        if key is None or name not in ("sorted", "min", "max", "sort"):
            return _NONE
        return self._callback(key, where)

    def _callback(self, term: Term, where: Where) -> Targets:
        if isinstance(term, Constant):
            return _NONE  # `key=None`
        runs = [self.when_called(value) for value in self._certain(term, where)]
        return frozenset().union(*runs)

    def _certain(self, term: Term, where: Where) -> Iterable[Value]:
        """Everything that a term may stand for, None aside."""
        return [value for value in self._resolver.values(term, where) if not is_none(value)]

    # -- other uses

    def iterated(self, term: Term, where: Where) -> Targets:
        """What going through a value runs."""
        if isinstance(term, Call):
            names = {
                value.name
                for value in self._resolver.values(term.func, where)
                if isinstance(value, External)
            }
            if names & _APPLYING and term.args:
                rest = (self.iterated(each, where) for each in term.args[1:])
                return self._callback(term.args[0], where).union(*rest)
            if names & _PASSING:
                return frozenset().union(*(self.iterated(each, where) for each in term.args))
        return frozenset().union(*(self._gone_through(v) for v in self._certain(term, where)))

    def _gone_through(self, value: Value) -> Targets:
        if isinstance(value, Generated):
            return frozenset((_target(value.function, value.receiver),))
        found: set[Target] = set()
        if isinstance(value, Instance) and isinstance(value.of, Defined):
            for member in self._resolver.members.of_instance(value, "__iter__"):
                if isinstance(member, Bound) and not self._is_async(member.function):
                    found.add(Target(member.function, value.of))
            if found:
                found |= self.special(value, "__next__")
        return frozenset(found)

    def _is_async(self, function: Defined) -> bool:
        scope = self._resolver.scope(function)
        return scope is None or scope.is_async

    def entered(self, value: Value) -> Targets:
        """What a `with` on a value runs."""
        if isinstance(value, Managed):
            return frozenset((_target(value.function, value.receiver),))
        return self.special(value, "__enter__", "__exit__")

    def tested(self, value: Value) -> Targets:
        return self.special(value, "__bool__") or self.special(value, "__len__")

    def contained(self, value: Value) -> Targets:
        return self.special(value, "__contains__") or self._gone_through(value)

    def shown(self, value: Value) -> Targets:
        """What making a text of a value runs; nothing where it depends on the kind of text."""
        other = self.special(value, "__repr__", "__format__")
        return self.special(value, "__str__") if not other else _NONE

    def indexed(self, value: Value) -> Targets:
        return self.special(value, "__getitem__")

    def read(self, term: Term, where: Where) -> tuple[Targets, Shape]:
        """What reading an attribute runs: a property of the project."""
        return self._accessed(term, where, sets=False)

    def stored(self, term: Term, where: Where) -> tuple[Targets, Shape]:
        """What binding an attribute anew runs: the setter of a property."""
        return self._accessed(term, where, sets=True)

    def _accessed(self, term: Term, where: Where, *, sets: bool) -> tuple[Targets, Shape]:
        if not isinstance(term, Attr) or not self._hierarchy.may_be_property(term.name):
            raise DoubtError
        bases = self._certain(term.base, where)
        runs = [self._property(value, term.name, sets=sets) for value in bases]
        return frozenset().union(*runs), Shape.ATTRIBUTE

    def _property(self, value: Value, name: str, *, sets: bool) -> Targets:
        if not isinstance(value, Instance) or not isinstance(value.of, Defined):
            return _NONE
        for base in self._resolver.members.ancestry(value.of):
            scope = self._resolver.scope(base) if isinstance(base, Defined) else None
            if scope is None or not isinstance(base, Defined):
                return _NONE
            if name in scope.bindings or f".{name}" in scope.bindings:
                bindings = scope.bindings.get(name, ())
                functions = self._resolver.bound_values(bindings, base.path)
                return frozenset(
                    Target(each, value.of)
                    for each in functions
                    if isinstance(each, Defined) and self._is_accessor(each, sets=sets)
                )
        return _NONE

    def _is_accessor(self, function: Defined, *, sets: bool) -> bool:
        scope = self._resolver.scope(function)
        if scope is None or scope.kind is not ScopeKind.FUNCTION or scope.is_async:
            return False
        takes_value = scope.parameters[1:2] != ()
        return takes_value == sets and decorated(self._resolver, function).kind is Kind.PROPERTY


def _is_standard(name: str) -> bool:
    """Whether a function is Python's own: it runs nothing of the project but what it is given to call."""
    return name.partition(".")[0] in sys.stdlib_module_names


def _calls(site: Site, function: Name) -> bool:
    return isinstance(site.term, Call) and site.term.func == function


def _order(target: Target) -> tuple[object, ...]:
    owner = target.owner
    known = (sorted(target.given), target.around)
    return (*_place(target.function), *known, *(_place(owner) if owner else ()))


def _place(value: Defined) -> tuple[str, int]:
    return value.path, value.scope


def _target(function: Defined, receiver: Instance | None) -> Target:
    owner = receiver.of if receiver else None
    return Target(function, owner if isinstance(owner, Defined) else None)


def _values_rule(
    use: Use, rule: Callable[[Callees, Value], Targets]
) -> Callable[[Callees, Term, Where], tuple[Targets, Shape]]:
    """A rule for what is done to a value, whatever the term looks like."""

    def apply(callees: Callees, term: Term, where: Where) -> tuple[Targets, Shape]:
        used = term.base if use is Use.INDEX and isinstance(term, Item) else term
        found: set[Target] = set()
        for value in callees._certain(used, where):  # noqa: SLF001 - part of the same table
            if not isinstance(value, (Instance, Generated, Managed, Awaitable)):
                raise DoubtError
            found |= rule(callees, value)
        return frozenset(found), SHAPES[use]

    return apply


_RULES: dict[Use, Callable[[Callees, Term, Where], tuple[Targets, Shape]]] = {
    Use.CALL: Callees.called,
    Use.ITERATE: lambda callees, term, where: (callees.iterated(term, where), Shape.ITERATE),
    Use.TRUTH: _values_rule(Use.TRUTH, Callees.tested),
    Use.CONTAINS: _values_rule(Use.CONTAINS, Callees.contained),
    Use.INDEX: _values_rule(Use.INDEX, Callees.indexed),
    Use.ENTER: _values_rule(Use.ENTER, Callees.entered),
    Use.TEXT: _values_rule(Use.TEXT, Callees.shown),
    Use.ATTRIBUTE: Callees.read,
    Use.STORE: Callees.stored,
}
