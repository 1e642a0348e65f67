"""What calling well-known functions gives, where that depends on their arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awaken.index.terms import OPAQUE, Call, Constant, Element, Name, Term
from awaken.resolve.annotations import promised
from awaken.resolve.containers import sequence, tuple_of
from awaken.resolve.models.model_calls import MODEL_CALLS
from awaken.resolve.models.page_calls import PAGE_CALLS
from awaken.resolve.models.shortcut_calls import SHORTCUT_CALLS
from awaken.resolve.term_values import element_values
from awaken.resolve.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    Awaitable,
    Bound,
    Defined,
    External,
    Hint,
    Instance,
    Method,
    Super,
    Value,
    sole,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.index.summary import FileIndex, Scope
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver


# Each of its querysets is asked for its rows when the one before is through.
_CHAINED_ROWS = External("django.db.models.query.QuerySet.chain()")


def _getattr(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    name = _given(term, 1)
    if not isinstance(name, Constant) or not isinstance(name.value, str):
        return ANYTHING
    bases = resolver.values(term.args[0], where)
    found = frozenset[Value]().union(*(resolver.attribute(each, name.value) for each in bases))
    default = _given(term, 2)
    return found | resolver.values(default, where) if default else found


def _partial(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    """Calling `partial(f, ...)` calls `f`; with other arguments, which a fix of a foreign call would lose."""
    return frozenset(
        value if isinstance(value, (Defined, Bound)) else UNKNOWN
        for value in _first(resolver, term, where)
    )


def _super(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    """`super()`, and `super(Class, self)`, inside a method."""
    index = resolver.file(where.path)
    method = resolver.enclosing_method(where)
    if index is None or method is None or term.args not in _super_arguments(index, method):
        return ANYTHING
    owner = Defined(where.path, method.parent)
    return frozenset({Super(owner, Instance(owner, itself=True), method.is_async)})


def _super_arguments(index: FileIndex, method: Scope) -> tuple[tuple[Term, ...], ...]:
    """The arguments that `super` may have to mean the bases of the class around."""
    owner = index.scopes[method.parent]
    return ((), *((Name(owner.name), Name(first)) for first in method.parameters[:1]))


def _type(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    if len(term.args) != 1:
        return ANYTHING
    return frozenset(
        value.of if isinstance(value, Instance) else UNKNOWN
        for value in _first(resolver, term, where)
    )


def _collected(name: str) -> Callable[[Resolver, Call, Where], frozenset[Value]]:
    """A container, or an iterator, of what the first argument holds."""

    def collected(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
        return frozenset({sequence(_items(resolver, term, where), name)})

    return collected


def _filtered(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    return frozenset({sequence(_items(resolver, term, where, 1), "filter")})


def _enumerated(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    number: Value = Instance(External("builtins.int"))
    pair = tuple_of(frozenset({number}), _items(resolver, term, where))
    return frozenset({sequence(frozenset({pair}), "enumerate")})


def _zipped(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    if OPAQUE in term.args or not term.args:
        return ANYTHING
    places = (_items(resolver, term, where, place) for place in range(len(term.args)))
    return frozenset({sequence(frozenset({tuple_of(*places)}), "zip")})


def _chained(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    items = frozenset[Value]().union(
        *(_items(resolver, term, where, place) for place in range(len(term.args)))
    )
    if any(_runs_a_query(resolver, argument, where) for argument in term.args):
        element = sole(items)
        return frozenset(
            {Instance(_CHAINED_ROWS, element.of if isinstance(element, Instance) else None)}
        )
    return frozenset({sequence(items)}) if term.args else ANYTHING


def _runs_a_query(resolver: Resolver, argument: Term, where: Where) -> bool:
    """Whether going through an argument asks a database for rows."""
    for value in resolver.values(argument, where):
        found = (
            resolver.members.of_instance(value, "__iter__") if isinstance(value, Instance) else ()
        )
        if any(isinstance(each, Method) and each.entry.rule == "django" for each in found):
            return True
    return False


def _extreme(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    """`max(items)`, or `max(one, another)`."""
    if len(term.args) == 1:
        default = dict(term.keywords).get("default")
        found = _items(resolver, term, where)
        return found | resolver.values(default, where) if default else found
    return resolver.union(term.args, where) or ANYTHING


def _next(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    found = _items(resolver, term, where)
    default = _given(term, 1)
    return found | resolver.values(default, where) if default else found


def _cast(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    return promised(resolver, term.args[0], where) if term.args else ANYTHING


def _type_variable(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    bound = dict(term.keywords).get("bound")
    kinds = (bound,) if bound is not None else term.args[1:]
    found = (promised(resolver, kind, where) for kind in kinds)
    return frozenset({Hint(frozenset().union(*found) or ANYTHING)})


def _new_type(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    kind = _given(term, 1)
    return frozenset({Hint(promised(resolver, kind, where))}) if kind else ANYTHING


def _first(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    """The first argument itself."""
    given = _given(term, 0)
    return resolver.values(given, where) if given else ANYTHING


def _task(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    """A task is awaited like the coroutine that it runs."""
    return frozenset(
        value if isinstance(value, Awaitable) else Awaitable(UNKNOWN)
        for value in _first(resolver, term, where) or ANYTHING
    )


def _wrapping(name: str) -> Callable[[Resolver, Call, Where], frozenset[Value]]:
    """A context manager that gives its argument."""

    def wrapped(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
        return frozenset({Instance(External(name), None, (_first(resolver, term, where),))})

    return wrapped


def _gathered(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    if not term.args or OPAQUE in term.args or term.keywords:
        return ANYTHING
    places = (
        frozenset(
            value.result if isinstance(value, Awaitable) else UNKNOWN
            for value in resolver.values(argument, where)
        )
        for argument in term.args
    )
    return frozenset({Awaitable(tuple_of(*places))})


def _field(resolver: Resolver, term: Call, where: Where) -> frozenset[Value]:
    """A field without annotation: by its type, or by what makes its default."""
    given = dict(term.keywords)
    if "converter" in given or None in given:
        return ANYTHING
    if "type" in given:
        return promised(resolver, given["type"], where)
    factory = given.get("factory", given.get("default_factory"))
    if factory is None:
        return ANYTHING
    made = Call(factory)
    found = (resolver.called(value, made, where) for value in resolver.values(factory, where))
    return frozenset[Value]().union(*found) or ANYTHING


def _given(term: Call, place: int) -> Term | None:
    return term.args[place] if len(term.args) > place else None


def _items(resolver: Resolver, term: Call, where: Where, place: int = 0) -> frozenset[Value]:
    """What iterating over an argument gives."""
    given = _given(term, place)
    found = element_values(resolver, Element(given), where) if given else NOTHING
    return found or ANYTHING


KNOWN_CALLS: dict[str, Callable[[Resolver, Call, Where], frozenset[Value]]] = {
    "asyncio.create_task": _task,
    "asyncio.ensure_future": _task,
    "asyncio.gather": _gathered,
    "asyncio.shield": _first,
    "asyncio.wait_for": _first,
    "builtins.enumerate": _enumerated,
    "builtins.filter": _filtered,
    "builtins.frozenset": _collected("frozenset"),
    "builtins.getattr": _getattr,
    "builtins.iter": _collected("reversed"),
    "builtins.list": _collected("list"),
    "builtins.max": _extreme,
    "builtins.min": _extreme,
    "builtins.next": _next,
    "builtins.reversed": _collected("list"),
    "builtins.set": _collected("set"),
    "builtins.staticmethod": _first,
    "builtins.sorted": _collected("list"),
    "builtins.super": _super,
    "builtins.tuple": _collected("tuple"),
    "builtins.type": _type,
    "builtins.zip": _zipped,
    "contextlib.aclosing": _wrapping("contextlib.aclosing"),
    "contextlib.closing": _wrapping("contextlib.closing"),
    "contextlib.nullcontext": _wrapping("contextlib.nullcontext"),
    "copy.copy": _first,
    "copy.deepcopy": _first,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "itertools.chain": _chained,
    "itertools.islice": _collected("reversed"),
    "random.choice": _next,
    "random.choices": _collected("list"),
    "random.sample": _collected("list"),
    "typing.NewType": _new_type,
    "typing.TypeVar": _type_variable,
    "typing.cast": _cast,
    "typing_extensions.TypeVar": _type_variable,
    **MODEL_CALLS,
    **SHORTCUT_CALLS,
    **PAGE_CALLS,
    **dict.fromkeys(
        (
            "attr.attrib",
            "attr.field",
            "attr.ib",
            "attrs.field",
            "dataclasses.field",
            "pydantic.Field",
        ),
        _field,
    ),
}
"""By qualified name: the values that a call gives."""
