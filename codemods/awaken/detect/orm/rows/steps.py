"""What the methods of querysets and managers do to the rows that come of them, by their names.

Source: https://docs.djangoproject.com/en/5.2/ref/models/querysets/
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from awaken.detect.orm.rows.origin import SEPARATOR, STRANGER
from awaken.index.terms import Call, Constant

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.detect.orm.rows.origin import Origin
    from awaken.index.terms import Term

CHOOSES = (
    *("all", "filter", "exclude", "order_by", "reverse", "using", "none", "complex_filter"),
    *("get_queryset", "db_manager"),
)
"""Methods that choose rows, and change nothing about them."""
# With these a join is refused, locks further rows, or is one more thing to group or to compare by.
_BINDS = (
    *("annotate", "alias", "distinct", "extra", "select_for_update"),
    *("union", "intersection", "difference", "__or__", "__and__"),
)
GIVES_ITERATOR = frozenset(("iterator", "aiterator"))
"""Methods that end a query: nothing more can be asked of what they give."""
ONE_ROW = frozenset(("get", "first", "last", "earliest", "latest", "__getitem__"))
"""Methods that give one row of the query."""
MADE = "create"
"""The method that makes a row of what it is given."""
READS = frozenset(
    f"{prefix}{name}"
    for name in (
        *("get", "first", "last", "earliest", "latest", "in_bulk"),
        *("count", "exists", "contains", "aggregate"),
    )
    for prefix in ("", "a")
)
"""Methods that read, under the names they have for coroutines, too."""
FOUND_OR_MADE = frozenset(("get_or_create", "update_or_create"))
"""Methods that give a row and whether it is new."""


def step(name: str, rows: Origin, call: Call) -> Origin:
    """The rows of a query after one more method.

    Args:
        name: the method.
        rows: those before it.
        call: its call.
    """
    change = _STEPS.get(name)
    if change is None:
        return STRANGER
    # what is asked for in view comes along, wherever the query began
    return change(rows, call) if rows.known or name in _LOADS else rows


def _joined(rows: Origin, call: Call) -> Origin:
    """`select_related("author")`; with None all that was said before is forgotten."""
    paths = _literals(call.args)
    if paths is None or call.keywords:
        forgets = len(call.args) == 1 and _is_none(call.args[0])
        return STRANGER if not forgets else replace(rows, required=False, joinable=False)
    if not paths:
        return replace(rows, required=True, joinable=False)
    return replace(rows, required=False).with_loaded(paths)


def _fetched(rows: Origin, call: Call) -> Origin:
    """`prefetch_related("author")`, and `Prefetch("author", queryset)` where nothing else gets the rows."""
    found = rows
    for argument in call.args:
        named = argument.args[:1] if isinstance(argument, Call) else (argument,)
        elsewhere = isinstance(argument, Call) and "to_attr" in dict(argument.keywords)
        paths = _literals(named)
        if not paths or len(argument.args if isinstance(argument, Call) else named) > _PREFETCH:
            return STRANGER
        found = found if elsewhere else found.with_loaded(paths)
    return found


_PREFETCH = 2  # positional arguments of `Prefetch`; a third one is `to_attr`


def _left_out(rows: Origin, call: Call) -> Origin:
    names = _literals(call.args)
    if names is None or any(SEPARATOR in name for name in names):
        return STRANGER
    return replace(rows, deferred=rows.deferred.union(names), joinable=False)


def _asked_only(rows: Origin, call: Call) -> Origin:
    names = _literals(call.args)
    if names is None or any(SEPARATOR in name for name in names):
        return STRANGER
    return replace(rows, only=frozenset(names), joinable=False)


def _literals(terms: tuple[Term, ...]) -> tuple[str, ...] | None:
    """The texts that are given, where all of them stand there."""
    texts = [
        term.value for term in terms if isinstance(term, Constant) and isinstance(term.value, str)
    ]
    return tuple(texts) if len(texts) == len(terms) else None


def _is_none(term: Term) -> bool:
    return isinstance(term, Constant) and term.type == "NoneType"


_LOADS = frozenset(("select_related", "prefetch_related"))
_STEPS: dict[str, Callable[[Origin, Call], Origin]] = {
    **dict.fromkeys(CHOOSES, lambda rows, _: rows),
    **dict.fromkeys(_BINDS, lambda rows, _: rows.unjoinable()),
    "select_related": _joined,
    "prefetch_related": _fetched,
    "defer": _left_out,
    "only": _asked_only,
}
