"""Classes that a clause names, and what has to be beside them, or in their place, to catch the same."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.plan.http.literals import literal
from awaken.plan.reasons import reason
from awaken.resolve.values import Defined, External, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.catalogue.exchange import Caught, Exchange
    from awaken.plan.fix import Reason
    from awaken.plan.http.request import Request

CATCH_ALL = frozenset({"builtins.Exception", "builtins.BaseException"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One class in a clause.

    Attributes:
        node: how it is written; a name of a tuple stands for each of its classes.
        value: what it is.
        caught: what the client raises in its place, where it is one of the sync library.
        added: what the client raises of which it is no base any more, where it is one of Python's own.
        unpacked: whether it is one of a tuple that has a name.
    """

    node: ast.expr
    value: Value
    caught: Caught | None = None
    added: Caught | None = None
    unpacked: bool = False

    @property
    def name(self) -> str:
        """The qualified name, empty for what is not known."""
        return self.value.name if isinstance(self.value, External) else ""

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]


def kinds_of(request: Request, written: ast.expr) -> list[Kind]:
    """The classes that a clause names.

    Args:
        request: the request.
        written: the class, a tuple of classes, or the name of one.
    """
    if isinstance(written, ast.Tuple):
        return [_kind(request, node, node) for node in written.elts]
    seen = literal(request.situation, written)
    if isinstance(seen, ast.Tuple) and seen is not written:
        return [_kind(request, written, node, unpacked=True) for node in seen.elts]
    return [_kind(request, written, written)]


def _kind(request: Request, node: ast.expr, named: ast.expr, *, unpacked: bool = False) -> Kind:
    value = request.situation.value_of(named)
    name = value.name if isinstance(value, External) else ""
    exchange = request.exchange
    caught, added = exchange.exceptions.get(name), exchange.widened.get(name)
    return Kind(node, value, caught, added, unpacked)


def difference_of(
    request: Request, kind: Kind, beside: set[str], *, requests: bool, covered: bool
) -> Reason | None:
    """What a class would no longer catch, or None.

    Args:
        request: the request.
        kind: the class.
        beside: bare names of the library's classes in the same clause, and in those before.
        requests: whether the request itself is guarded, besides what is done with its response.
        covered: whether an earlier clause catches all that the client raises.
    """
    exchange = request.exchange
    written = reason("exception-handler", f"`{request.situation.tree.source(kind.node)}`")
    if isinstance(kind.value, Defined):
        return None
    if not kind.name:
        return written
    if kind.name in exchange.bases | exchange.request_bases:
        lost = not covered and (requests or kind.name in exchange.bases)
        return written if lost and kind.added is None else None
    if kind.caught is not None and not kind.caught.names:
        return written if not beside & set(kind.caught.within) else None
    return written if _may_be_passed_on(exchange, kind) else None


def _may_be_passed_on(exchange: Exchange, kind: Kind) -> bool:
    """Whether a class may be the library's under another name (`requests_async.exceptions.Timeout`)."""
    root = kind.name.partition(".")[0]
    names = {each.rpartition(".")[2] for each in exchange.exceptions}
    kin = any(root.startswith(f"{module}_") for module in exchange.modules)
    return kin and kind.last in names


def new_names(kinds: list[Kind], *, keep: bool, decodes: bool, widen: bool) -> Iterator[Kind | str]:
    """The classes of a clause after the rewrite: those that stay, and templates of new ones.

    Args:
        kinds: the classes before.
        keep: whether the library's own may still be raised.
        decodes: whether a response is decoded inside.
        widen: whether Python's own classes need others beside them.
    """
    for kind in kinds:
        found = kind.caught or (kind.added if widen else None)
        if kind.caught is None or keep or not kind.caught.names or kind.unpacked:
            yield kind
        if found is not None:
            yield from found.names
            yield from found.decoding if decodes else ()
