"""What a use of a value comes down to in the catalogue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from awaken.catalogue.builtin import files_by_root
from awaken.detect.consumers import consumer_of
from awaken.detect.finding import Shape
from awaken.detect.lazy_properties import lazy_property
from awaken.detect.quiet import is_quiet
from awaken.index.summary import Site, Use
from awaken.index.terms import Attr, Call, Constant, Display, Item, Term, slice_protocol
from awaken.resolve.class_attributes import has_traits
from awaken.resolve.conditions import holds
from awaken.resolve.decorators import Kind, decorated
from awaken.resolve.evaluation import Where
from awaken.resolve.values import Bound, Defined, External, Instance, Method, Value, is_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.schema import Entry
    from awaken.index.summary import Scope
    from awaken.resolve.resolver import Resolver

# Builtins that iterate, count or test their first argument before they return.
CONSUMERS = {
    **dict.fromkeys(
        ("list", "tuple", "set", "frozenset", "sorted", "sum", "min", "max", "any", "all", "dict"),
        "__iter__",
    ),
    **dict.fromkeys(("enumerate", "zip", "iter", "reversed"), "__iter__"),
    "len": "__len__",
    "bool": "__bool__",
}
# What a decorator of a library makes of a function cannot be told; who names it for a mark says that it is called.
_CALLED_AT_ONCE = (Kind.PLAIN, Kind.UNKNOWN)
# `socket.socket(SOCK_DGRAM)` is a class of the catalogue's own: people know it as `socket.socket`.
_VARIANT = re.compile(r"\(\w+\)")
_MEMORY = (External("io.BytesIO"), External("io.StringIO"))
SHAPES = {
    Use.CALL: Shape.CALL,
    Use.ITERATE: Shape.ITERATE,
    Use.TRUTH: Shape.TRUTH,
    Use.CONTAINS: Shape.CONTAINS,
    Use.INDEX: Shape.INDEX,
    Use.ENTER: Shape.ENTER,
    Use.TEXT: Shape.TEXT,
}


# What is asked for rows stands there: querysets, raw ones, and their iterators.
ROWS = "django.db.models."


class Blocking(NamedTuple):
    """One thing that a use may block on."""

    qualified: str
    entry: Entry
    value: Value
    shape: Shape


class ConsumedRows(NamedTuple):
    """A queryset that a call consumes.

    Attributes:
        place: which argument it is, by its position or its name.
        blocking: what the call does to it.
    """

    place: int | str
    blocking: Blocking


def blocking_use(resolver: Resolver, site: Site, where: Where) -> Blocking | None:
    """What `site` blocks on, or None where it does not block or is not known for certain."""
    if site.use is Use.ATTRIBUTE:
        return _read(resolver, site, where)
    if site.use not in SHAPES:
        return None
    candidates: list[Blocking | None] = []
    values = resolver.values(_used_term(site), where)
    for value in values:
        if not is_none(value):
            candidates.extend(_candidates(resolver, site, value, where))
    if not candidates or candidates[0] is None:
        return None
    first = candidates[0]
    # A name that may be two things is not guessed, unless both block in the same way.
    if any(other is None or other.qualified != first.qualified for other in candidates):
        return None
    if not first.entry.blocks or _does_not_block(first.entry, site.term):
        return None
    if not _has_traits(resolver, first):
        return None
    if _in_memory(resolver, site, where) or is_quiet(resolver, first.value, site.term, where):
        return None
    return first


def _read(resolver: Resolver, site: Site, where: Where) -> Blocking | None:
    """A property of a library that does the work when it is read."""
    found = lazy_property(resolver, site, where)
    if found is None or not found.entry.blocks:
        return None
    owner = _VARIANT.sub("", found.owner)
    blocking = Blocking(f"{owner}.{found.entry.name}", found.entry, found, Shape.PROPERTY)
    return blocking if _has_traits(resolver, blocking) else None


def _has_traits(resolver: Resolver, found: Blocking) -> bool:
    """Whether it blocks for objects of this class: some methods do for some classes only."""
    traits, value = found.entry.only_where, found.value
    if traits is None or not isinstance(value, Method) or value.receiver is None:
        return traits is None
    return has_traits(resolver, value.receiver, traits)


def _in_memory(resolver: Resolver, site: Site, where: Where) -> bool:
    """`Image.open(BytesIO(data))`: what is read stands in memory already."""
    if site.use is not Use.CALL or not isinstance(site.term, Call) or not site.term.args:
        return False
    values = resolver.values(site.term.args[0], where)
    return any(isinstance(value, Instance) and value.of in _MEMORY for value in values)


def _used_term(site: Site) -> Term:
    if site.use is Use.CALL and isinstance(site.term, Call):
        return site.term.func
    return site.term.base if isinstance(site.term, Item) and site.use is Use.INDEX else site.term


def _candidates(
    resolver: Resolver, site: Site, value: Value, where: Where
) -> Iterator[Blocking | None]:
    if site.use is not Use.CALL:
        if site.use is Use.INDEX and slice_protocol(site.term):
            yield from _sliced(resolver, site.term, value)
        else:
            yield from _protocol(resolver, value, site.use.value, SHAPES[site.use])
        return
    rows = consumed_rows(resolver, site.term, value, where) if _may_have_rows(resolver) else ()
    if rows:
        yield rows[0].blocking
        return
    consumed = "__iter__" if joins(site.term) else CONSUMERS.get(_builtin(value))
    computes = isinstance(value, External) and value.name in resolver.catalogue.computes
    if consumed and not computes and isinstance(site.term, Call) and site.term.args:
        for argument in resolver.values(site.term.args[0], where):
            yield from _protocol(resolver, argument, consumed, Shape.CONSUME)
        return
    yield callable_entry(resolver, value)


def _may_have_rows(resolver: Resolver) -> bool:
    return resolver.project.imports_from("django")


def consumed_rows(
    resolver: Resolver, term: Term, called: Value, where: Where
) -> tuple[ConsumedRows, ...]:
    """The querysets that a call goes through, copies, or turns into text, in the order of its arguments.

    Args:
        resolver: knows the project.
        term: the call.
        called: what it calls.
        where: where it stands.
    """
    consumer = consumer_of(resolver, term, called, where)
    if consumer is None or not isinstance(term, Call):
        return ()
    positions = consumer.positions(len(term.args))
    given: list[tuple[int | str, Term]] = [(place, term.args[place]) for place in positions]
    given += [
        (name, argument)
        for name, argument in term.keywords
        if name and consumer.takes_keyword(name)
    ]
    found = [(place, _rows(resolver, each, consumer.protocol, where)) for place, each in given]
    return tuple(ConsumedRows(place, rows) for place, rows in found if rows is not None)


def _rows(resolver: Resolver, argument: Term, protocol: str, where: Where) -> Blocking | None:
    """What asking an argument for its rows blocks on, where it is a queryset for certain."""
    values = [each for each in resolver.values(argument, where) if not is_none(each)]
    found = [
        each for value in values for each in _protocol(resolver, value, protocol, Shape.CONSUME)
    ]
    first = found[0] if found else None
    if first is None or not first.qualified.startswith(ROWS) or not first.entry.blocks:
        return None
    same = all(each is not None and each.qualified == first.qualified for each in found)
    return first if same else None


def _sliced(resolver: Resolver, term: Term, value: Value) -> Iterator[Blocking | None]:
    """What `rows[1:3]` and `rows[::2]` block on: most slices only say what will be asked for."""
    protocol = slice_protocol(term)
    fetches = list(_protocol(resolver, value, protocol, Shape.INDEX))
    if not fetches or None in fetches:
        yield None
    else:
        yield from _protocol(resolver, value, Use.INDEX.value, Shape.INDEX)


def callable_entry(resolver: Resolver, value: Value) -> Blocking | None:
    """What the catalogue says of calling a value; None when it says nothing."""
    if isinstance(value, Method) and not value.native and not value.entry.is_property:
        owner = _VARIANT.sub("", value.owner)
        return Blocking(f"{owner}.{value.entry.name}", value.entry, value, Shape.CALL)
    if isinstance(value, Bound):
        return _overridden(resolver, value) or _computing(resolver, value, value.function)
    if isinstance(value, Instance):
        found = resolver.members.called_object(value)
        methods = [each for each in found if isinstance(each, Method)]
        return callable_entry(resolver, methods[0]) if len(methods) == len(found) == 1 else None
    name = qualified_name(resolver, value)
    computing = _computing(resolver, value, value) if isinstance(value, Defined) else None
    if computing is not None:
        return computing
    if isinstance(value, Defined) and name.partition(".")[0] in files_by_root():
        return None  # a module of the project that has the name of one we know
    entry = resolver.catalogue.call(name) if name else None
    return Blocking(name, entry, value, Shape.CALL) if entry else None


def _computing(resolver: Resolver, value: Value, function: Defined) -> Blocking | None:
    """A function of the project that users call CPU-bound, by its own name or by that of a decorator."""
    names = resolver.catalogue.computes
    scope = resolver.scope(function) if names else None
    if scope is None or scope.is_async or scope.yields:
        return None
    own = qualified_name(resolver, function)
    marks = (own, *_decorator_names(resolver, function, scope))
    mark = next((name for name in marks if name in names), "")
    entry = resolver.catalogue.added_call(mark)
    if entry is None or decorated(resolver, function).kind not in _CALLED_AT_ONCE:
        return None
    return Blocking(own, entry, value, Shape.CALL)


def _decorator_names(resolver: Resolver, function: Defined, scope: Scope) -> Iterator[str]:
    where = Where(function.path, max(scope.parent, 0))
    for decorator in scope.decorators:
        term = decorator.func if isinstance(decorator, Call) else decorator
        for value in resolver.values(term, where):
            yield qualified_name(resolver, value)


def _overridden(resolver: Resolver, value: Bound) -> Blocking | None:
    """A project method that overrides a foreign one which still does the work (`Model.save`)."""
    scope = resolver.scope(value.function)
    if scope is None or scope.is_async:
        return None
    for base in resolver.members.ancestry(value.receiver.of):
        entry = (
            resolver.catalogue.member(base.name, scope.name) if isinstance(base, External) else None
        )
        if isinstance(base, External) and entry is not None and entry.rule == "django":
            known = resolver.catalogue.type(base.name)
            owner = known.name if known else base.name
            method = Method(owner, entry, value.receiver)
            return Blocking(f"{owner}.{scope.name}", entry, method, Shape.CALL)
    return None


def qualified_name(resolver: Resolver, value: Value) -> str:
    """The dotted name of a function or class, empty for anything else."""
    if isinstance(value, External):
        return value.name
    if isinstance(value, Defined):
        index = resolver.file(value.path)
        return f"{index.module}.{index.scopes[value.scope].qualname}" if index else ""
    return ""


def _protocol(
    resolver: Resolver, value: Value, name: str, shape: Shape
) -> Iterator[Blocking | None]:
    if not isinstance(value, Instance):
        yield None
        return
    for member in resolver.members.of_instance(value, name):
        if isinstance(member, Method):
            yield Blocking(_where_declared(resolver, member, name), member.entry, value, shape)
        else:
            yield None


def _where_declared(resolver: Resolver, member: Method, name: str) -> str:
    """The name of a special method; that of rows is the one of Django's class, whichever queryset they belong to."""
    known = resolver.catalogue.ancestry(member.owner)
    owner = next((each.name for each in known if name in each.members), member.owner)
    return f"{owner if owner.startswith(ROWS) else member.owner}.{name}"


def joins(term: Term) -> bool:
    """Whether a call goes through its argument as `", ".join(x)` does."""
    func = term.func if isinstance(term, Call) else None
    return (
        isinstance(func, Attr)
        and func.name == "join"
        and isinstance(func.base, (Constant, Display))
        and func.base.type in ("str", "bytes")
    )


def _builtin(value: Value) -> str:
    name = value.name if isinstance(value, External) else ""
    return name.removeprefix("builtins.") if name.startswith("builtins.") else ""


def _does_not_block(entry: Entry, term: Term) -> bool:
    return isinstance(term, Call) and any(
        holds(condition, term) for condition in entry.not_blocking
    )
