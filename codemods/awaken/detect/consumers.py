"""What calls do at once with an iterable that they are given: go through it, copy it, turn it into text.

A queryset runs its query when it is asked for an iterator, so `zip` and `map` count as well, although they take
nothing yet. `itertools.chain` asks only when it gets there. Source: the documentation of the modules named here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from awaken.index.terms import Attr, Call, Constant, Display
from awaken.resolve.values import External, Instance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from awaken.index.terms import Term
    from awaken.resolve.evaluation import Where
    from awaken.resolve.resolver import Resolver
    from awaken.resolve.values import Value

_FIRST, _SECOND, _REST, _ALL = slice(1), slice(1, 2), slice(1, None), slice(None)
_ROWS, _TEXT, _COPY = "__iter__", "__repr__", "__getstate__"


class Consumer(NamedTuple):
    """What a call does with its arguments.

    Attributes:
        protocol: the method that it calls on each of them.
        arguments: which positional arguments.
        alone: whether it does so only where it is given a single one.
        keywords: names of the keyword arguments; `*` for all.
    """

    protocol: str
    arguments: slice = _FIRST
    alone: bool = False
    keywords: tuple[str, ...] = ()

    def positions(self, count: int) -> range:
        """Which of so many positional arguments it takes."""
        taken = range(count)[self.arguments]
        return range(0) if self.alone and count > 1 else taken

    def takes_keyword(self, name: str | None) -> bool:
        return name is not None and (name in self.keywords or "*" in self.keywords)


_FUNCTIONS: Mapping[str, Consumer] = {
    **{
        f"builtins.{name}": Consumer(_ROWS)
        for name in (
            *("all", "any", "dict", "enumerate", "frozenset", "iter", "list", "reversed"),
            *("set", "sorted", "sum", "tuple"),
        )
    },
    **dict.fromkeys(("builtins.max", "builtins.min"), Consumer(_ROWS, alone=True)),
    "builtins.len": Consumer("__len__"),
    "builtins.bool": Consumer("__bool__"),
    "builtins.zip": Consumer(_ROWS, _ALL),
    "builtins.map": Consumer(_ROWS, _REST),
    "builtins.filter": Consumer(_ROWS, _SECOND),
    **{f"builtins.{name}": Consumer(_TEXT) for name in ("ascii", "format", "repr", "str")},
    "builtins.print": Consumer(_TEXT, _ALL),
    **{f"collections.{name}": Consumer(_ROWS) for name in ("Counter", "OrderedDict", "deque")},
    "collections.defaultdict": Consumer(_ROWS, _SECOND),
    **dict.fromkeys(("copy.copy", "pickle.dump", "pickle.dumps"), Consumer(_COPY)),
    "functools.reduce": Consumer(_ROWS, _SECOND),
    **dict.fromkeys(("heapq.nlargest", "heapq.nsmallest"), Consumer(_ROWS, _SECOND)),
    **{
        f"itertools.{name}": Consumer(_ROWS)
        for name in (
            *("accumulate", "batched", "combinations", "combinations_with_replacement", "cycle"),
            *("chain.from_iterable", "groupby", "islice", "pairwise", "permutations", "tee"),
        )
    },
    **{
        f"itertools.{name}": Consumer(_ROWS, _SECOND)
        for name in ("dropwhile", "filterfalse", "starmap", "takewhile")
    },
    **{
        f"itertools.{name}": Consumer(_ROWS, _ALL)
        for name in ("compress", "product", "zip_longest")
    },
    **dict.fromkeys(("random.choice", "random.choices"), Consumer(_ROWS)),
    **{
        f"statistics.{name}": Consumer(_ROWS)
        for name in ("fmean", "mean", "median", "mode", "multimode", "pstdev", "stdev", "variance")
    },
    **{
        f"django.http.{name}": Consumer(_ROWS, keywords=("content", "streaming_content"))
        for name in (
            *("HttpResponse", "StreamingHttpResponse"),
            *("response.HttpResponse", "response.StreamingHttpResponse"),
        )
    },
}
_LEVELS = ("critical", "debug", "error", "exception", "fatal", "info", "warn", "warning")
_SETS = (
    *("difference", "difference_update", "intersection", "intersection_update", "isdisjoint"),
    *("issubset", "issuperset", "symmetric_difference", "symmetric_difference_update"),
    *("union", "update"),
)
# By class, then by method.
_METHODS: Mapping[str, Mapping[str, Consumer]] = {
    "builtins.list": {"extend": Consumer(_ROWS)},
    "builtins.set": dict.fromkeys(_SETS, Consumer(_ROWS, _ALL)),
    "builtins.frozenset": dict.fromkeys(_SETS, Consumer(_ROWS, _ALL)),
    "builtins.dict": {"update": Consumer(_ROWS)},
    "collections.deque": {"extend": Consumer(_ROWS), "extendleft": Consumer(_ROWS)},
    "collections.Counter": {"update": Consumer(_ROWS), "subtract": Consumer(_ROWS)},
    "builtins.str": {"join": Consumer(_ROWS), "format": Consumer(_TEXT, _ALL, keywords=("*",))},
    "builtins.bytes": {"join": Consumer(_ROWS)},
    "logging.Logger": {
        **dict.fromkeys(_LEVELS, Consumer(_TEXT, _ALL)),
        "log": Consumer(_TEXT, _REST),
    },
}
_METHOD_NAMES = frozenset(name for methods in _METHODS.values() for name in methods)
_LOGGING = "logging."


def consumer_of(resolver: Resolver, term: Term, called: Value, where: Where) -> Consumer | None:
    """What a call does with the iterables that it is given, or None where it is not known to do anything.

    Args:
        resolver: knows the project.
        term: the call.
        called: what it calls.
        where: where it stands.
    """
    if not isinstance(term, Call):
        return None
    if isinstance(called, External) and (known := _of_function(called.name)) is not None:
        return known
    func = term.func
    if not isinstance(func, Attr) or func.name not in _METHOD_NAMES:
        return None
    found = [_of_method(owner, func.name) for owner in _classes(resolver, func.base, where)]
    same = all(each == found[0] for each in found)
    return found[0] if found and same else None


def _of_function(name: str) -> Consumer | None:
    if name.startswith(_LOGGING):
        return _METHODS["logging.Logger"].get(name.removeprefix(_LOGGING))
    return _FUNCTIONS.get(name)


def _of_method(owner: str, name: str) -> Consumer | None:
    return _METHODS.get(owner, {}).get(name)


def _classes(resolver: Resolver, base: Term, where: Where) -> Iterator[str]:
    """The names of the classes that an object may be of; an empty one for any that is not known."""
    if isinstance(base, (Constant, Display)):
        yield f"builtins.{base.type}"
        return
    for value in resolver.values(base, where):
        of = value.of if isinstance(value, Instance) else None
        yield of.name if isinstance(of, External) else ""
